import asyncio
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store import StorageFull
from bot.store.files import MEASURE_SECONDS, Files

HASH_OF_FACE = "0c0f1d1a3ef4ad2b1d0ac4ed5a9e0cb5ba6f2f8d5b1b1a7ee6ef3d4dd37a4ad2"


def _files(folder: Path, cap_bytes: int = 10_000_000) -> Files:
    return Files(folder / "files", within=folder, cap_bytes=cap_bytes)


def _names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.rglob("*") if p.is_file())


async def test_what_is_put_can_be_got(tmp_path: Path) -> None:
    files = _files(tmp_path)
    key = await files.put(b"a face", ".webp")
    assert key.endswith(".webp")
    assert await files.get(key) == b"a face"
    assert files.path(key).read_bytes() == b"a face"
    assert await _files(tmp_path).get(key) == b"a face"


async def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    files = _files(tmp_path)
    keys = await asyncio.gather(*(files.put(b"a face", ".webp") for _ in range(8)))
    assert len(set(keys)) == 1
    assert _names(tmp_path) == [keys[0]]


async def test_what_is_removed_is_gone(tmp_path: Path) -> None:
    files = _files(tmp_path)
    key = await files.put(b"a face", ".webp")
    assert await files.remove(key) is True
    assert await files.remove(key) is False
    assert await files.get(key) is None


@pytest.mark.parametrize(
    "key",
    [
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
    ],
)
async def test_a_key_that_is_none_leads_nowhere(tmp_path: Path, key: str) -> None:
    files = _files(tmp_path)
    assert await files.get(key) is None
    with pytest.raises(ValueError, match="no key"):
        files.path(key)
    with pytest.raises(ValueError, match="no key"):
        await files.remove(key)


@given(st.text())
def test_no_key_leads_out_of_the_folder(key: str) -> None:
    folder = Path("/storage")
    files = _files(folder)
    try:
        path = files.path(key)
    except ValueError:
        return
    assert Path(os.path.normpath(path)).is_relative_to(folder / "files")


@pytest.mark.parametrize("suffix", ["", "webp", ".", "./x", ".tar.gz", "../..", ".WEBP"])
async def test_a_suffix_that_no_key_can_have_is_refused(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        await _files(tmp_path).put(b"a face", suffix)
    assert _names(tmp_path) == []


async def test_everything_that_the_bot_keeps_counts_towards_the_cap(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "model.safetensors").write_bytes(bytes(900))
    files = _files(tmp_path, cap_bytes=1000)
    await files.put(bytes(80), ".webp")
    with pytest.raises(StorageFull, match="STORAGE_CAP_GB"):
        await files.put(bytes(30), ".webp")
    assert await files.size_bytes() == 980


async def test_at_the_cap_what_is_there_already_can_be_put_again(tmp_path: Path) -> None:
    files = _files(tmp_path, cap_bytes=100)
    key = await files.put(bytes(100), ".webp")
    assert await files.put(bytes(100), ".webp") == key


async def test_removing_makes_room(tmp_path: Path) -> None:
    files = _files(tmp_path, cap_bytes=100)
    key = await files.put(bytes(100), ".webp")
    with pytest.raises(StorageFull):
        await files.put(b"more", ".webp")
    await files.remove(key)
    await files.put(b"more", ".webp")


async def test_what_others_removed_makes_room_too(tmp_path: Path) -> None:
    run = tmp_path / "snapshot"
    run.write_bytes(bytes(100))
    files = _files(tmp_path, cap_bytes=100)
    with pytest.raises(StorageFull):
        await files.put(b"more", ".webp")
    run.unlink()
    await files.put(b"more", ".webp")


async def test_what_others_add_is_noticed_in_time(tmp_path: Path) -> None:
    now = [0.0]
    files = Files(tmp_path / "files", within=tmp_path, cap_bytes=100, clock=lambda: now[0])
    await files.put(b"first", ".webp")
    (tmp_path / "snapshot").write_bytes(bytes(100))
    now[0] = MEASURE_SECONDS + 1
    with pytest.raises(StorageFull):
        await files.put(b"second", ".webp")


async def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(descriptor: int) -> None:
        raise OSError("the disk is gone")

    files = _files(tmp_path)
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="the disk is gone"):
        await files.put(b"a face", ".webp")
    assert _names(tmp_path) == []


async def test_half_a_file_of_a_crash_is_no_file(tmp_path: Path) -> None:
    files = _files(tmp_path)
    key = await files.put(b"a face", ".webp")
    await files.remove(key)
    half = files.path(key).parent / ".abc.part"  # as a crash leaves it
    half.write_bytes(b"a f")

    assert await files.get(key) is None
    assert await files.get(half.name) is None
    assert await files.put(b"a face", ".webp") == key
    assert await files.get(key) == b"a face"


async def test_file_and_folder_reach_the_disk_before_the_key_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    real = os.fsync

    def record(descriptor: int) -> None:
        synced.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", record)
    await _files(tmp_path).put(b"a face", ".webp")
    assert synced[0] == "file"
    assert os.name == "nt" or "folder" in synced[1:]
