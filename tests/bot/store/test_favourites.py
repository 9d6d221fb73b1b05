import asyncio

import pytest

from bot.store import Store

BODY = {"op": "draw", "model": "waifu@starter"}


@pytest.fixture
async def pictures(store: Store) -> list[str]:
    return [(await store.recipes.add(BODY, member="qq:10001", group=None)).id for _ in range(5)]


async def test_a_picture_and_each_of_its_faces_are_saved_once(store: Store, pictures: list[str]) -> None:
    assert await store.favourites.add("qq:10001", pictures[0]) is True
    assert await store.favourites.add("qq:10001", pictures[0]) is False
    assert await store.favourites.add("qq:10001", pictures[0], 2) is True
    assert await store.favourites.add("qq:10001", pictures[0], 2) is False
    assert await store.favourites.add("qq:10002", pictures[0]) is True
    assert await store.favourites.count("qq:10001") == 2


async def test_saving_twice_at_once_saves_once(store: Store, pictures: list[str]) -> None:
    new = await asyncio.gather(*(store.favourites.add("qq:10001", pictures[0]) for _ in range(8)))
    assert sorted(new) == [False] * 7 + [True]


async def test_favourites_are_listed_newest_first_and_in_pages(store: Store, pictures: list[str]) -> None:
    for number, picture in enumerate(pictures):
        await store.favourites.add("qq:10001", picture, number or None)

    first = await store.favourites.list("qq:10001", limit=3)
    rest = await store.favourites.list("qq:10001", limit=3, offset=3)
    assert [f.picture for f in first + rest] == pictures[::-1]
    assert [f.face for f in first + rest] == [4, 3, 2, 1, None]


async def test_a_favourite_can_be_let_go(store: Store, pictures: list[str]) -> None:
    await store.favourites.add("qq:10001", pictures[0])
    await store.favourites.add("qq:10001", pictures[0], 1)
    assert await store.favourites.remove("qq:10001", pictures[0]) is True
    assert await store.favourites.remove("qq:10001", pictures[0]) is False
    assert [f.face for f in await store.favourites.list("qq:10001")] == [1]
