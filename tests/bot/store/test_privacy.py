"""Export and forgetting on every database; what members see of it stands in tests/plugins/test_privacy.py."""

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.settings import Settings
from bot.store import Store
from bot.store.ban_list import banned_groups, banned_members
from bot.store.bans import Ban
from bot.store.contribution import NotKept
from bot.store.contributions import Contributions
from bot.store.privacy import Forgotten, export, forget, kept
from bot.store.schema import Base
from tests.bot.store.contributed import LIMITS, character, draft, give

ME, OTHER = "qq:10001", "qq:10002"
BODY = {"op": "draw", "model": "waifu@starter"}


async def _recipe(store: Store, member: str, *parents: str) -> str:
    return (await store.recipes.add(BODY, member=member, group="qq:30003", parents=parents)).id


async def test_what_others_need_stays_and_the_rest_goes(store: Store) -> None:
    saved, parent, sent, alone = [await _recipe(store, ME) for _ in range(4)]
    sheet = await _recipe(store, ME, f"{alone}.1")
    child = await _recipe(store, OTHER, f"{parent}.2")
    lonely = await _recipe(store, ME, child)
    await store.favourites.add(OTHER, saved, 1)
    await store.favourites.add(OTHER, sheet, 1)  # and so `alone`, which it shows
    await store.favourites.add(ME, lonely, 1)
    await store.sent.add("qq", "qq:30003", "1", picture=sent, member=OTHER)
    await store.sent.add("qq", "qq:30003", "2", picture=lonely, member=ME)
    await store.usage.spend(ME, date(2026, 1, 1))
    await store.members.set_locale(ME, "en")
    assert await kept(store, ME) == (6, 1, 0)

    data = await export(store, ME)
    assert {r["id"] for r in data["recipes"]} == {saved, parent, sent, alone, sheet, lonely}
    assert [f["picture"] for f in data["favourites"]] == [lonely]
    assert [a["message_id"] for a in data["answers"]] == ["2"]
    assert (data["language"], data["commands_a_day"][0]["count"]) == ("en", 1)

    assert await forget(store, ME, datetime.now(UTC)) == Forgotten(recipes=1, anonymous=5, favourites=1)
    for id in (saved, parent, sent, alone, sheet):
        found = await store.recipes.get(id)
        assert found is not None
        assert found.member == ""
    assert await store.recipes.get(lonely) is None
    assert await store.recipes.get(child) is not None
    assert await kept(store, ME) == (0, 0, 0)
    assert (await store.members.get(ME)).locale is None
    assert (await export(store, ME))["answers"] == []
    assert len((await export(store, OTHER))["favourites"]) == 2


async def test_who_is_banned_is_listed_and_stays_banned(store: Store) -> None:
    await store.members.ban(ME, None, "spam")
    await store.members.set_locale(OTHER, "en")
    await store.groups.update("qq:30003", ban=Ban(None, "ads"))
    await store.groups.update("qq:30004", locale="en")
    assert await banned_members(store.database) == [(ME, Ban(None, "spam"))]
    assert await banned_groups(store.database) == [("qq:30003", Ban(None, "ads"))]
    await forget(store, ME, datetime.now(UTC))
    assert (await store.members.get(ME)).ban == Ban(None, "spam")


async def test_what_was_contributed_is_handed_over_and_forgotten_with_its_pictures(
    store: Store, settings: Settings
) -> None:
    her = await character(store, member=ME)
    own = await store.characters.add(ME, member=ME, most=3, name="mine")
    kept_, waits = await give(store, draft(her, 1)), await give(store, draft(her, 2, state="waiting"))
    private = await give(store, draft(own, 3))
    theirs = await give(store, draft(her, 4, OTHER))
    await store.contributions.decide([theirs.id], "waiting", by=ME)
    await store.characters.set_default(ME, her.id)
    await store.refused_hashes.add("qq:30003", [bytes(32)], reason="not ours", member=ME)
    await store.refused_hashes.add(ME, [bytes(32)], reason="in private", member=ME)
    await store.consents.withdraw(ME)
    await store.consents.give(ME, 2)

    data = json.loads(json.dumps(await export(store, ME)))
    assert [(c["id"], c["state"], c["file"]) for c in data["contributions"]] == [
        (one.id, one.state, one.file) for one in (kept_, waits, private)
    ]
    assert [c["text"] for c in data["consents"]] == [1, 2]
    assert data["consents"][0]["withdrawn"] is not None
    assert [(c["name"], c["where"]) for c in data["characters"]] == [("Mikoto", "qq:30003"), ("mine", ME)]
    assert {h["reason"] for h in data["refused_pictures"]} == {"not ours", "in private"}
    assert data["default_character"] == her.id
    assert (await export(store, OTHER))["contributions"][0]["id"] == theirs.id
    assert await kept(store, ME) == (0, 0, 3)

    gone = await forget(store, ME, datetime.now(UTC))
    assert (gone.contributions, gone.versions, gone.characters) == (3, 0, 1)
    async with store.database.read() as connection:
        for table in Base.metadata.sorted_tables:
            for row in (await connection.execute(select(table))).all():
                assert ME not in repr(tuple(row)), table.name
    assert [one.id for one in await store.contributions.list(her.id)] == [theirs.id]
    assert [one.name for one in await store.characters.all()] == ["Mikoto"]
    assert len(await store.refused_hashes.list("qq:30003")) == 1
    files = [path.name for path in (settings.storage_dir / "files").rglob("*") if path.is_file()]
    assert files == [theirs.file]
    with pytest.raises(NotKept, match="no_consent"):
        await store.contributions.add(draft(her, 5), LIMITS)  # of a batch that was open meanwhile


async def test_forgetting_says_how_many_versions_were_trained_on_it(store: Store) -> None:
    async def taint(connection: AsyncConnection, contributions: Collection[int]) -> Sequence[str]:
        return ("c1@1", "c1@2") if contributions else ()

    her = await character(store)
    await give(store, draft(her, 1))
    trained = replace(store, contributions=Contributions(store.database, store.files, taint))
    gone = await forget(trained, ME, datetime.now(UTC))
    assert (gone.contributions, gone.versions) == (1, 2)
