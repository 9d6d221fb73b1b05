"""The pictures that were contributed, for those who may see them: lossless WebP, as they are kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.characters.acting import Actor, must_manage, must_see
from bot.store import Store
from bot.store.characters import Character
from bot.store.contribution import Contribution


async def heads(
    store: Store, actor: Actor, character: Character, contributions: Iterable[Contribution]
) -> dict[int, bytes]:
    """For who decides about them: the pictures of a character's contributions, whatever their state, by their numbers;
    those that were refused have none. Raises `UserError`."""
    must_manage(actor, character)
    return await _contents(store, [one for one in contributions if one.character == character.id])


async def sample(store: Store, actor: Actor, character: Character, most: int = 16) -> list[bytes]:
    """For everybody who knows her: the best of what was accepted, best first. Raises `UserError`."""
    must_see(actor, character)
    return [*(await _contents(store, await store.contributions.best(character.id, most))).values()]


async def _contents(store: Store, contributions: Sequence[Contribution]) -> dict[int, bytes]:
    found = {one.id: await store.files.get(one.file) for one in contributions if one.file is not None}
    return {id: content for id, content in found.items() if content is not None}
