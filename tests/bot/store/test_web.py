import asyncio
from typing import Any

import pytest

from bot.settings import Settings
from bot.store import StorageFull, Store, web
from bot.store.files import Files
from bot.store.web import WebLog

ME, OTHER = "web:local", "web:other"
WEBP = ".webp"


async def test_what_was_said_comes_back_in_order(store: Store) -> None:
    own = await store.web.append(ME, "own", {"text": "/waifu"})
    answer = await store.web.append(ME, "answer", {"text": "好"}, [(b"sheet", WEBP)])
    await store.web.append(OTHER, "own", {"text": "/help"})

    assert await store.web.since(ME) == [own, answer]
    assert await store.web.since(ME, own.seq) == [answer]
    assert await store.web.since(ME, answer.seq) == []
    assert await store.web.get(ME, own.seq) == own
    assert await store.web.get(OTHER, own.seq) is None
    assert await store.files.get(answer.files[0]) == b"sheet"


async def test_a_limit_gives_the_newest(store: Store) -> None:
    entries = [await store.web.append(ME, "own", {"n": n}) for n in range(5)]
    assert await store.web.since(ME, 0, limit=2) == entries[-2:]


async def test_numbers_grow_and_are_never_given_twice(store: Store, settings: Settings) -> None:
    first = await store.web.append(ME, "own", {})
    await store.web.remove(ME, first.seq)
    again = await Store.open(settings)
    second = await again.web.append(ME, "own", {})
    await again.close()
    assert second.seq > first.seq


async def test_a_body_can_be_replaced_and_the_files_stay(store: Store) -> None:
    entry = await store.web.append(ME, "answer", {"text": "a"}, [(b"sheet", WEBP)])
    assert await store.web.update(ME, entry.seq, {"text": "b"}) is True
    assert await store.web.update(OTHER, entry.seq, {"text": "c"}) is False

    (found,) = await store.web.since(ME)
    assert (found.body, found.files) == ({"text": "b"}, entry.files)


async def test_an_entry_goes_with_its_files(store: Store) -> None:
    entry = await store.web.append(ME, "answer", {}, [(b"one", WEBP), (b"two", WEBP), (b"one", WEBP)])
    assert await store.web.remove(OTHER, entry.seq) is False
    assert await store.web.remove(ME, entry.seq) is True
    assert await store.web.remove(ME, entry.seq) is False
    assert await store.web.since(ME) == []
    assert [await store.files.get(key) for key in entry.files] == [None, None, None]


async def test_a_file_stays_while_another_entry_shows_it(store: Store) -> None:
    mine = await store.web.append(ME, "answer", {}, [(b"sheet", WEBP)])
    theirs = await store.web.append(OTHER, "answer", {}, [(b"sheet", WEBP)])
    await store.web.remove(ME, mine.seq)
    assert await store.files.get(theirs.files[0]) == b"sheet"
    await store.web.remove(OTHER, theirs.seq)
    assert await store.files.get(theirs.files[0]) is None


async def test_only_the_newest_are_kept_of_each_visitor(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "KEPT", 3)
    theirs = await store.web.append(OTHER, "own", {})
    entries = [await store.web.append(ME, "answer", {}, [(b"%d" % n, WEBP), (b"all", WEBP)]) for n in range(5)]

    assert await store.web.since(ME) == entries[-3:]
    assert await store.web.since(OTHER) == [theirs]
    numbered = [await store.files.get(entry.files[0]) for entry in entries]
    assert numbered == [None, None, b"2", b"3", b"4"]
    assert await store.files.get(entries[0].files[1]) == b"all"


async def test_no_entry_loses_its_file_to_one_that_is_removed_at_the_same_time(store: Store) -> None:
    for _ in range(10):
        old = await store.web.append(OTHER, "answer", {}, [(b"sheet", WEBP)])
        new, _ = await asyncio.gather(
            store.web.append(ME, "answer", {}, [(b"sheet", WEBP)]), store.web.remove(OTHER, old.seq)
        )
        assert await store.files.get(new.files[0]) == b"sheet"
        await store.web.remove(ME, new.seq)


async def test_no_entry_loses_its_file_to_another_process(settings: Settings) -> None:
    mine, theirs = await Store.open(settings), await Store.open(settings)
    old = await theirs.web.append(OTHER, "answer", {}, [(b"sheet", WEBP)])
    for _ in range(30):
        new, removed = await asyncio.gather(
            mine.web.append(ME, "answer", {}, [(b"sheet", WEBP)]), theirs.web.remove(OTHER, old.seq)
        )
        assert removed
        assert await mine.files.get(new.files[0]) == b"sheet"
        old = await theirs.web.append(OTHER, "answer", {}, [(b"sheet", WEBP)])
        await mine.web.remove(ME, new.seq)
    await theirs.web.remove(OTHER, old.seq)
    assert await mine.files.get(old.files[0]) is None
    await mine.close()
    await theirs.close()


async def test_who_asks_what_came_after_a_number_misses_nothing(settings: Settings) -> None:
    stores = [await Store.open(settings) for _ in range(3)]

    async def say(store: Store, n: int) -> int:
        return (await store.web.append(ME, "own", {"n": n})).seq

    saying = [asyncio.create_task(say(store, n)) for n in range(15) for store in stores]
    seen: list[int] = []
    while len(seen) < len(saying):
        done = all(task.done() for task in saying)
        seen += [entry.seq for entry in await stores[0].web.since(ME, seen[-1] if seen else 0)]
        assert not done or len(seen) == len(saying), "an entry was passed over"
    assert sorted(await asyncio.gather(*saying)) == seen
    for store in stores:
        await store.close()


async def test_where_the_storage_is_full_nothing_is_kept(store: Store, settings: Settings) -> None:
    full = WebLog(store.database, Files(settings.storage_dir / "files", within=settings.storage_dir, cap_bytes=1))
    with pytest.raises(StorageFull):
        await full.append(ME, "answer", {}, [(b"sheet", WEBP)])
    assert await store.web.since(ME) == []


async def test_where_there_is_room_for_the_first_file_only_it_is_not_kept_either(
    store: Store, settings: Settings
) -> None:
    room = await store.files.size_bytes() + (1 << 20)
    files = Files(settings.storage_dir / "files", within=settings.storage_dir, cap_bytes=room)
    with pytest.raises(StorageFull):
        await WebLog(store.database, files).append(ME, "answer", {}, [(b"one", WEBP), (bytes(1 << 20), WEBP)])
    assert [path for path in (settings.storage_dir / "files").rglob("*") if path.is_file()] == []


async def test_many_at_once_get_numbers_of_their_own(store: Store) -> None:
    async def say(n: int) -> Any:
        return await store.web.append(ME, "answer", {"n": n}, [(b"%d" % n, WEBP)])

    entries = await asyncio.gather(*(say(n) for n in range(20)))
    assert await store.web.since(ME) == sorted(entries, key=lambda e: e.seq)
