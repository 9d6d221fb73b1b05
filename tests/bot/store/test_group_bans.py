from datetime import UTC, datetime, timedelta

from bot.settings import Settings
from bot.store import Store
from bot.store.bans import Ban
from bot.store.group_bans import GroupBan

GROUP, OTHER, MEMBER = "qq:30003", "qq:30004", "qq:10001"


async def test_a_ban_holds_in_its_group_only(store: Store, settings: Settings) -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    assert await store.group_bans.get(GROUP, MEMBER) is None
    await store.group_bans.ban(GROUP, MEMBER, Ban(until, "spam"))
    assert await store.group_bans.get(GROUP, MEMBER) == Ban(until, "spam")
    assert await store.group_bans.get(OTHER, MEMBER) is None
    assert await store.group_bans.get(GROUP, "qq:10002") is None
    assert (await store.members.get(MEMBER)).ban is None

    again = await Store.open(settings)
    assert await again.group_bans.get(GROUP, MEMBER) == Ban(until, "spam")
    await again.close()


async def test_a_ban_replaces_the_one_before(store: Store) -> None:
    await store.group_bans.ban(GROUP, MEMBER, Ban(datetime.now(UTC), "spam"))
    await store.group_bans.ban(GROUP, MEMBER, Ban())
    assert await store.group_bans.get(GROUP, MEMBER) == Ban()


async def test_a_ban_that_is_lifted_is_gone_at_once(store: Store) -> None:
    await store.group_bans.ban(GROUP, MEMBER, Ban())
    assert await store.group_bans.get(GROUP, MEMBER) is not None
    assert await store.group_bans.unban(GROUP, MEMBER)
    assert await store.group_bans.get(GROUP, MEMBER) is None
    assert not await store.group_bans.unban(GROUP, MEMBER)


async def test_bans_are_listed_by_group_and_by_member(store: Store) -> None:
    for group, member in ((GROUP, MEMBER), (GROUP, "qq:10002"), (OTHER, MEMBER)):
        await store.group_bans.ban(group, member, Ban())
    assert [b.member for b in await store.group_bans.list(group=GROUP)] == [MEMBER, "qq:10002"]
    assert await store.group_bans.list(group=OTHER) == [GroupBan(OTHER, MEMBER, Ban())]
    assert [b.group for b in await store.group_bans.list(member=MEMBER)] == [GROUP, OTHER]
    assert len(await store.group_bans.list()) == 3
