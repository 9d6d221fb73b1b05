import asyncio
import hashlib
from datetime import UTC, datetime

import pytest

from bot.settings import Settings
from bot.store import Store
from bot.store.encodings import EncodingsFull
from bot.store.privacy import export, forget

ME, OTHER = "qq:10001", "qq:10002"
BODY = {"op": "translate", "model": "twin@starter"}


@pytest.fixture
async def picture(store: Store) -> str:
    return (await store.recipes.add(BODY, member=ME, group="qq:30003")).id


async def _add(
    store: Store, picture: str, face: int = 1, content: bytes = b"numbers", member: str = ME, most: int = 3
) -> bool:
    return await store.encodings.add(member, picture, face, content, most=most)


def _key(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest() + ".enc"


async def test_what_a_face_is_drawn_from_is_found_by_its_picture(
    store: Store, settings: Settings, picture: str
) -> None:
    assert await _add(store, picture, 2)
    assert await store.encodings.get(picture, 2) == b"numbers"
    assert await store.encodings.get(picture, 1) is None
    assert await store.encodings.get("zzzz", 2) is None
    asked = [(ME, 2), (ME, 1), (OTHER, 2)]
    assert [await store.encodings.has(member, picture, face) for member, face in asked] == [True, False, False]
    again = await Store.open(settings)
    assert await again.encodings.get(picture, 2) == b"numbers"
    await again.close()


async def test_it_is_kept_once_and_room_is_bounded(store: Store, picture: str) -> None:
    assert await _add(store, picture)
    assert not await _add(store, picture, content=b"others")
    assert await store.encodings.get(picture, 1) == b"numbers"
    assert not await store.files.has(_key(b"others"))
    await _add(store, picture, 2)
    await _add(store, picture, 3)
    with pytest.raises(EncodingsFull):
        await _add(store, picture, 4, b"one too many")
    assert not await store.files.has(_key(b"one too many"))
    assert await _add(store, picture, 4, member=OTHER)


async def test_two_at_once_keep_one(store: Store, picture: str) -> None:
    new = await asyncio.gather(*(_add(store, picture) for _ in range(6)))
    assert sorted(new) == [False] * 5 + [True]
    assert await store.files.has(_key(b"numbers"))


async def test_the_file_goes_with_the_last_who_needs_it(store: Store, picture: str) -> None:
    await _add(store, picture)
    await _add(store, picture, member=OTHER)
    assert await store.encodings.remove(ME, picture, 1)
    assert not await store.encodings.remove(ME, picture, 1)
    assert await store.encodings.get(picture, 1) == b"numbers"
    assert await store.encodings.remove(OTHER, picture, 1)
    assert await store.encodings.get(picture, 1) is None
    assert not await store.files.has(_key(b"numbers"))


async def test_a_member_is_told_of_them_and_can_have_them_forgotten(store: Store, picture: str) -> None:
    await _add(store, picture)
    await _add(store, picture, 2, b"others")
    await store.favourites.add(ME, picture, 1)
    told = (await export(store, ME))["encodings"]
    assert [(e["picture"], e["face"], e["file"]) for e in told] == [
        (picture, 1, _key(b"numbers")),
        (picture, 2, _key(b"others")),
    ]
    assert (await export(store, OTHER))["encodings"] == []
    assert (await forget(store, ME, datetime.now(UTC))).encodings == 2
    assert await store.recipes.get(picture) is None
    assert not await store.files.has(_key(b"numbers"))
    assert not await store.files.has(_key(b"others"))


async def test_what_another_member_saved_stays_with_its_picture(store: Store, picture: str) -> None:
    await _add(store, picture, member=OTHER)
    await store.favourites.add(OTHER, picture, 1)
    await forget(store, ME, datetime.now(UTC))
    found = await store.recipes.get(picture)
    assert found is not None
    assert found.member == ""
    assert await store.encodings.get(picture, 1) == b"numbers"
