"""Export and forgetting on every database; what members see of it stands in tests/plugins/test_privacy.py."""

from datetime import UTC, date, datetime

from bot.store import Store
from bot.store.ban_list import banned_groups, banned_members
from bot.store.bans import Ban
from bot.store.privacy import Forgotten, export, forget, kept

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
    assert await kept(store, ME) == (6, 1)

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
    assert await kept(store, ME) == (0, 0)
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
