import asyncio

import pytest

from bot.store import Store

BODY = {"op": "draw", "model": "waifu@starter"}


@pytest.fixture
async def picture(store: Store) -> str:
    return (await store.recipes.add(BODY, member="qq:10001", group=None)).id


async def test_a_message_names_its_picture_and_who_asked(store: Store, picture: str) -> None:
    added = await store.sent.add("qq", "qq:30003", "-77", picture=picture, member="qq:10001")
    assert await store.sent.get("qq", "qq:30003", "-77") == added
    assert (added.picture, added.member) == (picture, "qq:10001")


async def test_an_answer_without_a_picture_is_remembered_too(store: Store) -> None:
    added = await store.sent.add("qq", "qq:30003", "1", picture=None, member="qq:10001")
    assert await store.sent.get("qq", "qq:30003", "1") == added


async def test_the_same_id_in_another_chat_is_another_message(store: Store, picture: str) -> None:
    await store.sent.add("qq", "qq:30003", "1", picture=picture, member="qq:10001")
    assert await store.sent.get("qq", "qq:30004", "1") is None
    assert await store.sent.get("discord", "qq:30003", "1") is None


async def test_an_id_that_comes_again_means_the_new_message(store: Store, picture: str) -> None:
    await store.sent.add("qq", "qq:30003", "1", picture=None, member="qq:10001")
    await store.sent.add("qq", "qq:30003", "2", picture=None, member="qq:10001")
    again = await store.sent.add("qq", "qq:30003", "1", picture=picture, member="qq:10001")
    assert await store.sent.get("qq", "qq:30003", "1") == again
    assert await store.sent.latest("qq", "qq:30003", "qq:10001") == again


async def test_an_id_that_is_added_twice_at_once_is_kept_once(store: Store, picture: str) -> None:
    added = [store.sent.add("qq", "qq:30003", "1", picture=picture, member=f"qq:{n}") for n in range(8)]
    kept = await asyncio.gather(*added)
    assert await store.sent.get("qq", "qq:30003", "1") in kept
    assert await store.sent.forget("qq", "qq:30003", "1") is True
    assert await store.sent.of_picture("qq", "qq:30003", picture) is None


async def test_the_latest_is_the_members_own_in_this_chat(store: Store) -> None:
    mine = await store.sent.add("qq", "qq:30003", "1", picture=None, member="qq:10001")
    await store.sent.add("qq", "qq:30003", "2", picture=None, member="qq:10002")
    await store.sent.add("qq", "qq:30004", "3", picture=None, member="qq:10001")
    assert await store.sent.latest("qq", "qq:30003", "qq:10001") == mine


async def test_what_is_forgotten_gives_way_to_the_one_before(store: Store) -> None:
    first = await store.sent.add("qq", "qq:30003", "1", picture=None, member="qq:10001")
    await store.sent.add("qq", "qq:30003", "2", picture=None, member="qq:10001")

    assert await store.sent.forget("qq", "qq:30003", "2") is True
    assert await store.sent.forget("qq", "qq:30003", "2") is False
    assert await store.sent.latest("qq", "qq:30003", "qq:10001") == first


async def test_a_picture_names_the_newest_message_that_shows_it(store: Store, picture: str) -> None:
    await store.sent.add("qq", "qq:30003", "1", picture=picture, member="qq:10001")
    newest = await store.sent.add("qq", "qq:30003", "2", picture=picture, member="qq:10002")
    assert await store.sent.of_picture("qq", "qq:30003", picture) == newest
    assert await store.sent.of_picture("qq", "qq:30004", picture) is None
