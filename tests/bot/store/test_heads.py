import asyncio
import hashlib

import pytest

from bot.settings import Settings
from bot.store import Store
from bot.store.heads import HeadExists, HeadsFull, KeptHead

GROUP, OTHER, ME = "qq:30003", "qq:30004", "qq:10001"
PLACE = (1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, -9.0, 0.25)


async def _add(store: Store, name: str, content: bytes = b"a head", owner: str = GROUP, most: int = 3) -> KeptHead:
    return await store.heads.add(owner, name, content, PLACE, member=ME, most=most)


async def test_a_head_is_found_by_its_name_in_any_case_and_in_its_group_only(store: Store, settings: Settings) -> None:
    kept = await _add(store, "Kumo")
    assert await store.heads.get(GROUP, "KUMO") == kept
    assert kept.place == PLACE
    assert await store.files.get(kept.file) == b"a head"
    assert await store.heads.get(OTHER, "Kumo") is None
    again = await Store.open(settings)
    assert await again.heads.list(GROUP) == [kept]
    await again.close()


async def test_a_name_is_given_once_and_room_is_bounded(store: Store) -> None:
    await _add(store, "Kumo")
    with pytest.raises(HeadExists):
        await _add(store, "kumo", b"another head")
    await _add(store, "two")
    await _add(store, "three")
    with pytest.raises(HeadsFull):
        await _add(store, "four", b"one too many")
    await _add(store, "kumo", owner=OTHER)
    assert [head.name for head in await store.heads.list(GROUP)] == ["Kumo", "two", "three"]


async def test_what_was_not_kept_leaves_no_file_and_harms_none(store: Store) -> None:
    kept = await _add(store, "Kumo")
    with pytest.raises(HeadExists):
        await _add(store, "Kumo", b"another head")
    with pytest.raises(HeadExists):
        await _add(store, "Kumo")
    assert await store.files.has(kept.file)
    other = hashlib.sha256(b"another head").hexdigest() + ".png"
    assert not await store.files.has(other)


async def test_a_file_goes_with_the_last_head_that_needs_it(store: Store) -> None:
    one, _ = await _add(store, "one"), await _add(store, "two", owner=OTHER)
    assert await store.heads.remove(GROUP, "ONE")
    assert await store.files.has(one.file)
    assert await store.heads.remove(OTHER, "two")
    assert not await store.files.has(one.file)
    assert not await store.heads.remove(OTHER, "two")


async def test_a_picture_on_the_page_and_a_head_share_a_file(store: Store) -> None:
    kept = await _add(store, "Kumo")
    entry = await store.web.append("me", "answer", {}, [(b"a head", ".png")])
    assert entry.files == (kept.file,)
    await store.heads.remove(GROUP, "Kumo")
    assert await store.files.has(kept.file)
    await store.web.remove("me", entry.seq)
    assert not await store.files.has(kept.file)


async def test_what_a_member_added_is_forgotten_wherever_it_is(store: Store) -> None:
    kept = await _add(store, "Kumo")
    await _add(store, "own", owner=ME)
    theirs = await store.heads.add(GROUP, "theirs", b"x", PLACE, member="qq:2", most=3)
    assert len(await store.heads.of_member(ME)) == 2
    assert await store.heads.forget(ME) == 2
    assert await store.heads.list(GROUP) == [theirs]
    assert not await store.files.has(kept.file)


async def test_of_many_at_once_no_more_are_kept_than_there_is_room_for(store: Store) -> None:
    results = await asyncio.gather(*(_add(store, f"n{i}") for i in range(8)), return_exceptions=True)
    assert sum(isinstance(result, KeptHead) for result in results) == 3
    assert sum(isinstance(result, HeadsFull) for result in results) == 5
    assert len(await store.heads.list(GROUP)) == 3
