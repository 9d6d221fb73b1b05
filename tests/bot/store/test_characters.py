import asyncio
from typing import Any

import pytest

from bot.settings import Settings
from bot.store import Store
from bot.store.characters import Character, CharactersFull, NameTaken
from bot.store.contribution import Gone
from bot.store.schema import EVERYBODY
from tests.bot.store.contributed import GROUP, ME, OTHER, YOU, character, draft, give


async def test_a_character_is_there_after_a_restart_with_all_that_was_said_of_her(
    store: Store, settings: Settings
) -> None:
    her = await store.characters.add(
        GROUP,
        member=ME,
        most=3,
        name="美琴",
        aliases=["Mikoto", "炮姐"],
        description="第三位",
        licence="CC BY 4.0",
        contributors="admins",
        review="always",
        hidden=True,
    )
    assert her.model == f"c{her.id}"
    assert all(her.is_called(name) for name in ("美琴", "MIKOTO", "炮姐"))
    again = await Store.open(settings)
    assert await again.characters.list(GROUP) == [her]
    assert await again.characters.get(her.id) == her
    assert await again.characters.all() == [her]
    assert await again.characters.of_member(ME) == [her]
    await again.close()


async def test_names_and_aliases_of_one_owner_are_all_different_in_any_case(store: Store) -> None:
    her = await store.characters.add(GROUP, member=ME, most=9, name="Mikoto", aliases=["Railgun"])
    other = await character(store, "Kuroko")
    taken: list[dict[str, Any]] = [{"name": "MIKOTO"}, {"name": "railgun"}, {"name": "x", "aliases": ["mikoto"]}]
    for columns in taken:
        with pytest.raises(NameTaken):
            await store.characters.add(GROUP, member=ME, most=9, **columns)
        with pytest.raises(NameTaken):
            await store.characters.change(other.id, **columns)
    assert await store.characters.list(GROUP) == [her, other]
    await character(store, "Mikoto", OTHER)
    changed = await store.characters.change(her.id, name="mikoto", aliases=["Misaka"])  # her own names are free to her
    assert changed is not None
    assert (changed.name, changed.aliases, changed.created) == ("mikoto", ("Misaka",), her.created)
    await character(store, "Railgun")


async def test_of_many_at_once_a_name_is_given_once_and_no_more_than_there_is_room(store: Store) -> None:
    same = await asyncio.gather(*(character(store, "Mikoto") for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(one, Character) for one in same) == 1
    many = await asyncio.gather(
        *(store.characters.add(GROUP, member=ME, most=3, name=f"n{n}") for n in range(5)), return_exceptions=True
    )
    assert sum(isinstance(one, CharactersFull) for one in many) == 3
    assert len(await store.characters.list(GROUP)) == 3


async def test_the_first_one_is_meant_where_nobody_is_named(store: Store) -> None:
    assert await store.characters.default(GROUP) is None
    everybodys = await character(store, "Biri", EVERYBODY)
    assert await store.characters.default(EVERYBODY) is None
    first, second = await character(store, "Mikoto"), await character(store, "Kuroko")
    assert await store.characters.default(GROUP) == first
    for chosen in (second, everybodys):
        await store.characters.set_default(GROUP, chosen.id)
        assert await store.characters.default(GROUP) == chosen
    await store.characters.set_default(GROUP, None)
    assert await store.characters.default(GROUP) is None
    assert await store.characters.list(GROUP, EVERYBODY) == [first, second, everybodys]


async def test_a_deleted_character_leaves_nothing_and_her_number_is_not_given_again(
    store: Store, settings: Settings
) -> None:
    her, other = await character(store, "Mikoto"), await character(store, "Kuroko")
    for n in range(3):
        await give(store, draft(other, n, YOU))
    kept = [await give(store, draft(her, n, state="accepted" if n else "waiting")) for n in range(3, 6)]
    await store.contributions.decide([kept[2].id], "refused", by=ME)
    assert await store.characters.delete(her.id) == Gone(pictures=2)
    assert await store.characters.delete(her.id) is None
    assert await store.characters.default(GROUP) is None
    assert await store.characters.change(her.id, name="back") is None
    assert await store.contributions.list(her.id) == []
    assert len(await store.contributions.list(other.id)) == 3
    assert sum(path.is_file() for path in (settings.storage_dir / "files").rglob("*")) == 3
    last = await character(store, "last")
    await store.characters.delete(last.id)
    assert (await character(store, "Mikoto")).id > last.id


async def test_who_contributes_while_she_is_deleted_is_refused_and_leaves_nothing(
    store: Store, settings: Settings
) -> None:
    her = await character(store)
    await store.consents.give(ME, 1)
    results = await asyncio.gather(
        *(give(store, draft(her, n)) for n in range(4)), store.characters.delete(her.id), return_exceptions=True
    )
    assert await store.contributions.list(her.id) == []
    assert {getattr(result, "reason", "kept") for result in results} <= {"kept", "character_gone"}
    assert not any(path.is_file() for path in (settings.storage_dir / "files").rglob("*"))
