import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.settings import Settings
from bot.store import Store
from bot.store.bans import Ban
from bot.store.database import MEMORY_SECONDS
from bot.store.members import Member
from tests.bot.store.conftest import on_postgresql

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


async def test_who_was_never_seen_is_a_member_by_default(store: Store) -> None:
    assert await store.members.get("qq:10001") == Member("qq:10001")


async def test_a_change_is_seen_by_the_next_read(store: Store) -> None:
    await store.members.get("qq:10001")  # in memory from here on
    await store.members.set_locale("qq:10001", "en")
    assert (await store.members.get("qq:10001")).locale == "en"
    await store.members.set_locale("qq:10001", None)
    assert (await store.members.get("qq:10001")).locale is None


async def test_a_ban_and_a_language_do_not_undo_each_other(store: Store) -> None:
    await store.members.set_locale("qq:10001", "en")
    await store.members.ban("qq:10001", NOON, "spam")
    assert await store.members.get("qq:10001") == Member("qq:10001", "en", Ban(NOON, "spam"))

    await store.members.unban("qq:10001")
    assert await store.members.get("qq:10001") == Member("qq:10001", "en")


async def test_members_are_kept(store: Store, settings: Settings) -> None:
    await store.members.ban("qq:10001", None, "spam")
    again = await Store.open(settings)
    assert await again.members.get("qq:10001") == Member("qq:10001", None, Ban(None, "spam"))
    await again.close()


@on_postgresql
async def test_a_ban_holds_in_every_process_a_few_seconds_later(settings: Settings) -> None:
    now = [100.0]
    here, there = await Store.open(settings, clock=lambda: now[0]), await Store.open(settings, clock=lambda: now[0])
    assert (await there.members.get("qq:10001")).ban is None
    assert (await there.groups.get("qq:30003")).ban is None
    assert await there.group_bans.get("qq:30003", "qq:10001") is None

    await here.members.ban("qq:10001")
    await here.groups.update("qq:30003", ban=Ban())
    await here.group_bans.ban("qq:30003", "qq:10001", Ban())
    now[0] += MEMORY_SECONDS
    assert (await there.members.get("qq:10001")).ban == Ban()
    assert (await there.groups.get("qq:30003")).ban == Ban()
    assert await there.group_bans.get("qq:30003", "qq:10001") == Ban()
    await here.close()
    await there.close()


async def test_a_moment_comes_back_in_utc_whatever_zone_it_was_said_in(store: Store) -> None:
    await store.members.ban("qq:10001", NOON.astimezone(timezone(timedelta(hours=8))))
    ban = (await store.members.get("qq:10001")).ban
    assert ban is not None
    assert ban.until is not None
    assert ban.until == NOON
    assert ban.until.tzinfo is UTC


async def test_a_moment_without_a_zone_is_a_mistake(store: Store) -> None:
    with pytest.raises(Exception, match="needs its time zone"):
        await store.members.ban("qq:10001", datetime(2026, 1, 1))  # noqa: DTZ001


async def test_reads_beside_writes_never_leave_an_old_value_in_memory(store: Store) -> None:
    async def read() -> None:
        for _ in range(20):
            await store.members.get("qq:10001")

    async def write() -> None:
        for i in range(20):
            await store.members.set_locale("qq:10001", f"x{i}")
            assert (await store.members.get("qq:10001")).locale == f"x{i}"

    await asyncio.gather(read(), write(), read())


def test_a_ban_holds_until_its_moment() -> None:
    assert Ban(NOON).holds(NOON - timedelta(seconds=1))
    assert not Ban(NOON).holds(NOON)
    assert Ban().holds(NOON)
