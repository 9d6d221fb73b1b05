import asyncio

from bot.settings import Settings
from bot.store import Store
from bot.store.bans import Ban
from bot.store.groups import GroupSettings


async def test_a_group_has_the_defaults_until_it_sets_something(store: Store) -> None:
    assert await store.groups.get("qq:30003") == GroupSettings("qq:30003")


async def test_an_update_changes_what_is_given_and_nothing_else(store: Store, settings: Settings) -> None:
    await store.groups.update("qq:30003", locale="en", cooldown_seconds=0.5)
    changed = await store.groups.update("qq:30003", quota_per_day=9, disabled={"waifu"}, ban=Ban(None, "spam"))
    expected = GroupSettings("qq:30003", "en", frozenset({"waifu"}), 0.5, 9, None, Ban(None, "spam"))
    assert changed == expected

    again = await Store.open(settings)
    assert await again.groups.get("qq:30003") == expected
    await again.close()


async def test_none_gives_a_setting_back_to_the_bot(store: Store) -> None:
    await store.groups.update("qq:30003", quota_per_day=9, ban=Ban())
    assert await store.groups.update("qq:30003", quota_per_day=None, ban=None) == GroupSettings("qq:30003")


async def test_an_update_of_nothing_is_a_read(store: Store) -> None:
    assert await store.groups.update("qq:30003") == GroupSettings("qq:30003")


async def test_switches_thrown_at_once_all_count(store: Store) -> None:
    names = [f"command{i}" for i in range(12)]
    await asyncio.gather(*(store.groups.switch("qq:30003", name, on=False) for name in names))
    assert (await store.groups.get("qq:30003")).disabled == frozenset(names)

    after = await store.groups.switch("qq:30003", names[0], on=True)
    assert after.disabled == frozenset(names[1:])
