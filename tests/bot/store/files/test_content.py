"""What holds wherever the files are, and the cap."""

import asyncio
import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.store import StorageFull
from bot.store.files import MEASURE_SECONDS, Files, Place

HASH_OF_FACE = "0c0f1d1a3ef4ad2b1d0ac4ed5a9e0cb5ba6f2f8d5b1b1a7ee6ef3d4dd37a4ad2"
NO_KEYS = [
    "",
    "../nijigen.sqlite3",
    "/etc/passwd",
    "..",
    HASH_OF_FACE,
    HASH_OF_FACE + ".webp/../../x",
    HASH_OF_FACE.upper() + ".webp",
    HASH_OF_FACE + ".webp\n",
    HASH_OF_FACE + ".w\0",
    "../" + HASH_OF_FACE + ".webp",
]


@pytest.fixture
def storage(tmp_path: Path) -> Path:
    """STORAGE_DIR, of which a folder of files is a part."""
    return tmp_path


def _files(place: Place, storage: Path, cap_bytes: int = 10_000_000) -> Files:
    return Files(place, within=storage, cap_bytes=cap_bytes)


async def test_what_is_put_can_be_got(place: Place, storage: Path) -> None:
    files = _files(place, storage)
    key = await files.put(b"a face", ".webp")
    assert key.endswith(".webp")
    assert await files.has(key)
    assert await files.get(key) == b"a face"
    assert await _files(place, storage).get(key) == b"a face"


async def test_what_was_never_put_is_not_there(place: Place, storage: Path) -> None:
    files = _files(place, storage)
    assert await files.get(HASH_OF_FACE + ".webp") is None
    assert not await files.has(HASH_OF_FACE + ".webp")
    assert await files.size_bytes() == 0


async def test_the_same_bytes_are_kept_once(place: Place, storage: Path) -> None:
    files = _files(place, storage)
    keys = await asyncio.gather(*(files.put(b"a face", ".webp") for _ in range(8)))
    assert len(set(keys)) == 1
    assert await place.size_bytes() == len(b"a face")


async def test_what_is_removed_is_gone(place: Place, storage: Path) -> None:
    files = _files(place, storage)
    key = await files.put(b"a face", ".webp")
    assert await files.remove(key) is True
    assert await files.remove(key) is False
    assert await files.get(key) is None
    assert await files.size_bytes() == 0


async def test_a_large_file_comes_back_as_it_was(place: Place, storage: Path) -> None:
    content = bytes(range(256)) * 32_768  # 8 MiB: s3fs reads what is larger than 5 in parts
    files = _files(place, storage)
    assert await files.get(await files.put(content, ".mp4")) == content


@pytest.mark.parametrize("key", NO_KEYS)
async def test_a_key_that_is_none_leads_nowhere(place: Place, storage: Path, key: str) -> None:
    files = _files(place, storage)
    assert await files.get(key) is None
    with pytest.raises(ValueError, match="no key"):
        await files.has(key)
    with pytest.raises(ValueError, match="no key"):
        await files.remove(key)


@pytest.mark.parametrize("suffix", ["", "webp", ".", "./x", ".tar.gz", "../..", ".WEBP"])
async def test_a_suffix_that_no_key_can_have_is_refused(place: Place, storage: Path, suffix: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        await _files(place, storage).put(b"a face", suffix)
    assert await place.size_bytes() == 0


async def test_everything_that_the_bot_keeps_counts_towards_the_cap(place: Place, storage: Path) -> None:
    (storage / "models").mkdir()
    (storage / "models" / "model.safetensors").write_bytes(bytes(900))
    files = _files(place, storage, cap_bytes=1000)
    await files.put(bytes(80), ".webp")
    with pytest.raises(StorageFull, match="STORAGE_CAP_GB"):
        await files.put(bytes(30), ".webp")
    assert await files.size_bytes() == 980


async def test_at_the_cap_what_is_there_already_can_be_put_again(place: Place, storage: Path) -> None:
    files = _files(place, storage, cap_bytes=100)
    key = await files.put(bytes(100), ".webp")
    assert await files.put(bytes(100), ".webp") == key


async def test_removing_makes_room(place: Place, storage: Path) -> None:
    files = _files(place, storage, cap_bytes=100)
    key = await files.put(bytes(100), ".webp")
    with pytest.raises(StorageFull):
        await files.put(b"more", ".webp")
    await files.remove(key)
    await files.put(b"more", ".webp")


async def test_what_others_removed_makes_room_too(place: Place, storage: Path) -> None:
    run = storage / "snapshot"
    run.write_bytes(bytes(100))
    files = _files(place, storage, cap_bytes=100)
    with pytest.raises(StorageFull):
        await files.put(b"more", ".webp")
    run.unlink()
    await files.put(b"more", ".webp")


async def test_what_others_put_is_noticed_in_time(place: Place, storage: Path) -> None:
    now = [0.0]
    files = Files(place, within=storage, cap_bytes=100, clock=lambda: now[0])
    await files.put(b"first", ".webp")
    await _files(place, storage).put(bytes(90), ".webp")
    now[0] = MEASURE_SECONDS + 1

    async def go_on() -> None:
        for i in itertools.count():  # until the measurement is done, for which no put waits
            await files.remove(await files.put(b"%06d" % i, ".webp"))

    with pytest.raises(StorageFull):
        await asyncio.wait_for(go_on(), 60)


async def test_what_is_put_while_it_is_measured_counts(place: Place, storage: Path) -> None:
    files = _files(place, storage, cap_bytes=100)
    await files.put(bytes(10), ".webp")
    await asyncio.gather(files.size_bytes(), files.put(bytes(60), ".webp"))
    with pytest.raises(StorageFull):
        await files.put(bytes(50), ".webp")


async def test_closing_ends_a_measurement_under_way(place: Place, storage: Path) -> None:
    files = _files(place, storage)
    measuring = asyncio.create_task(files.size_bytes())
    await asyncio.sleep(0)
    await files.close()
    with pytest.raises(asyncio.CancelledError):
        await measuring


async def test_files_are_copied_out_for_who_reads_folders_and_the_missing_are_named(
    place: Place, storage: Path, tmp_path: Path
) -> None:
    files = _files(place, storage)
    keys = [await files.put(f"face {n}".encode(), ".webp") for n in range(12)]
    gone = await files.put(b"gone", ".webp")
    await files.remove(gone)
    folder = tmp_path / "out"
    folder.mkdir()
    assert await files.copy_out([*keys, gone], folder) == [gone]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        key: f"face {n}".encode() for n, key in enumerate(keys)
    }
    await files.remove(keys[0])
    assert (folder / keys[0]).read_bytes() == b"face 0"
    with pytest.raises(ValueError, match="no key"):
        await files.copy_out(["../x"], folder)


async def test_what_was_put_before_a_moment_is_named(place: Place, storage: Path) -> None:
    files = _files(place, storage)
    now = datetime.now(UTC)
    assert await files.older(now) == []
    keys = {await files.put(f"face {n}".encode(), ".webp") for n in range(3)}
    assert await files.older(now - timedelta(minutes=1)) == []
    assert set(await files.older(now + timedelta(minutes=1))) == keys
