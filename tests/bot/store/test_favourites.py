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


async def test_a_groups_are_those_of_its_pictures_whoever_saved_them(store: Store) -> None:
    here, too, there = [
        (await store.recipes.add(BODY, member="qq:10001", group=group)).id
        for group in ("qq:30003", "qq:30003", "qq:30004")
    ]
    for member, picture, face in (
        ("qq:10001", here, 1), ("qq:10002", too, None), ("qq:10002", here, 1), ("qq:10001", there, 1),
        ("qq:10002", here, 2),
    ):  # fmt: skip
        await store.favourites.add(member, picture, face)
    found = await store.favourites.of_group("qq:30003", most=10)
    assert [(f.picture, f.face) for f in found] == [(here, 2), (here, 1), (too, None)]
    assert len(await store.favourites.of_group("qq:30003", most=2)) == 2
    assert await store.favourites.of_group("qq:30005", most=10) == []


async def test_it_is_known_whether_anybody_has_saved_a_face(store: Store, pictures: list[str]) -> None:
    await store.favourites.add("qq:10001", pictures[0], 2)
    assert await store.favourites.anybodys(pictures[0], 2)
    assert not await store.favourites.anybodys(pictures[0], 1)
    assert not await store.favourites.anybodys(pictures[0])
