"""Characters as members speak of them: created, found by name, changed, hidden, deleted.

Every function takes the `Actor` and refuses with `UserError` what they may not do.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Unpack

from bot.characters.acting import Actor, manages, must_manage, sees
from bot.command import Role, UserError
from bot.line.names import is_plain
from bot.line.values import quoted
from bot.store import Store
from bot.store.characters import (
    Character,
    CharacterChanges,
    CharactersFull,
    Contributors,
    NameTaken,
    Review,
    number_of,
)
from bot.store.contribution import Gone
from bot.store.schema import EVERYBODY

if TYPE_CHECKING:
    from bot.services import Services

MOST_OF_GROUP, MOST_OF_MEMBER, MOST_OF_EVERYBODY = 20, 3, 100
LONGEST_NAME, LONGEST_TEXT = 24, 300  # characters
MOST_ALIASES = 8
MOST_NAMED = 12  # characters in a sentence that says whom there is

_WORDS = frozenset({"default", "默认", "all", "全部", "none", "无"})  # that mean something else in commands


async def create(
    store: Store,
    actor: Actor,
    name: str,
    *,
    aliases: Sequence[str] = (),
    description: str = "",
    licence: str = "",
    contributors: Contributors = "everybody",
    review: Review = "auto",
    everywhere: bool = False,
) -> Character:
    """A new character of the group's, in private of the member's, or with `everywhere` everybody's, which is for
    superusers. Raises `UserError`."""
    if everywhere and actor.role < Role.SUPERUSER:
        raise UserError("character.superuser")
    if not everywhere and actor.group is not None and actor.role < Role.ADMIN:
        raise UserError("character.admin")
    owner = EVERYBODY if everywhere else actor.owner
    most = MOST_OF_EVERYBODY if everywhere else MOST_OF_GROUP if actor.group is not None else MOST_OF_MEMBER
    columns: CharacterChanges = {
        "name": name,
        "aliases": aliases,
        "description": description,
        "licence": licence,
        "contributors": contributors,
        "review": review,
    }
    try:
        return await store.characters.add(owner, member=actor.member, most=most, **_checked(columns))
    except NameTaken as taken:
        raise UserError("character.taken", name=taken.name) from None
    except CharactersFull:
        raise UserError("character.full", most=most) from None


async def listed(store: Store, actor: Actor) -> list[Character]:
    """Those that are known here, the group's own first; hidden ones for who manages them."""
    found = await store.characters.list(actor.owner, EVERYBODY)
    return [one for one in found if not one.hidden or manages(actor, one)]


async def find(store: Store, actor: Actor, typed: str | None = None) -> Character:
    """Who is meant by a name, an alias or `c12`; where nobody is named the group's default, or the only one there is.

    Raises `UserError`, which says whom there is.
    """
    one = await meant(store, actor) if typed is None else await known_as(store, actor, typed)
    if one is not None:
        return one
    here = await listed(store, actor)
    if typed is None:
        raise UserError("character.which" if here else "character.none", known=_names(here))
    raise UserError("character.unknown" if here else "character.none", name=quoted(typed), known=_names(here))


async def known_as(store: Store, actor: Actor, typed: str) -> Character | None:
    """Who is meant by a name, an alias or what her models are called (`c12`); None for nobody who is known here."""
    wanted = " ".join(typed.split())
    for one in await listed(store, actor):
        if one.is_called(wanted) or one.model == wanted.casefold():
            return one
    number = number_of(wanted.casefold())
    one = None if number is None else await store.characters.get(number)  # a superuser names another group's
    return one if one is not None and sees(actor, one) and manages(actor, one) else None


async def meant(store: Store, actor: Actor) -> Character | None:
    """Who is meant where nobody is named: the default here, else the only one there is."""
    chosen = await store.characters.default(actor.owner)
    if chosen is not None and (not chosen.hidden or manages(actor, chosen)):
        return chosen
    here = await listed(store, actor)
    return here[0] if len(here) == 1 else None


async def change(store: Store, actor: Actor, character: Character, **changes: Unpack[CharacterChanges]) -> Character:
    """Rename, describe, hide, open or close her. Raises `UserError`."""
    must_manage(actor, character)
    try:
        changed = await store.characters.change(character.id, **_checked(changes))
    except NameTaken as taken:
        raise UserError("character.taken", name=taken.name) from None
    if changed is None:
        raise UserError("character.gone", name=character.name)
    return changed


async def make_default(store: Store, actor: Actor, character: Character) -> None:
    """She is meant here from now on where nobody is named. Raises `UserError`."""
    if actor.group is not None and actor.role < Role.ADMIN:
        raise UserError("character.admin")
    if character.owner not in (actor.owner, EVERYBODY):  # a superuser sees others, but who chats here does not
        raise UserError("character.not_here", name=character.model)
    await store.characters.set_default(actor.owner, character.id)


async def delete(services: Services, actor: Actor, character: Character) -> Gone:
    """Let go of her, of every picture of her and of all that was learnt from them. Raises `UserError`."""
    must_manage(actor, character)
    gone = await services.store.characters.delete(character.id)
    if gone is None:
        raise UserError("character.gone", name=character.name)
    await services.trainings.forget(character.id)  # of what a death leaves here the night lets go
    return gone


def _checked(changes: CharacterChanges) -> CharacterChanges:
    """Tidied. Raises `UserError`."""
    checked = changes.copy()
    if "name" in changes:
        checked["name"] = _name(changes["name"])
    if "aliases" in changes:
        checked["aliases"] = _aliases(changes["aliases"], checked.get("name"))
    if "description" in changes:
        checked["description"] = _text(changes["description"])
    if "licence" in changes:
        checked["licence"] = _text(changes["licence"])
    return checked


def _text(typed: str) -> str:
    text = "".join(c for c in typed if c == "\n" or unicodedata.category(c) != "Cc").strip()
    if len(text) > LONGEST_TEXT:
        raise UserError("character.long_text", most=LONGEST_TEXT)
    return text


def _aliases(typed: Sequence[str], name: str | None) -> list[str]:
    found = {alias.casefold(): alias for alias in map(_name, typed)}
    found.pop((name or "").casefold(), None)
    if len(found) > MOST_ALIASES:
        raise UserError("character.many_aliases", most=MOST_ALIASES)
    return list(found.values())


def _name(typed: str) -> str:
    name = " ".join(typed.split())
    odd = len(name) > LONGEST_NAME or not is_plain(name) or name.isdecimal()
    if odd or name.casefold() in _WORDS or number_of(name.casefold()) is not None:
        raise UserError("character.odd_name", name=quoted(typed), most=LONGEST_NAME)
    return name


def _names(characters: Sequence[Character]) -> str:
    """One a comma, as both languages read it."""
    named = ", ".join(one.name for one in characters[:MOST_NAMED])
    return f"{named}, …" if len(characters) > MOST_NAMED else named
