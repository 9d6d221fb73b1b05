import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import Settings
from bot.store import StorageFull, Store
from bot.store.files import KEY, Files, Folder
from bot.store.files.content import checked


def _files(folder: Path) -> Files:
    return Files(folder / "files", within=folder, cap_bytes=10_000_000)


def _names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.rglob("*") if p.is_file())


@given(st.one_of(st.text(), st.from_regex(KEY)))
def test_no_key_leads_out_of_the_folder(key: str) -> None:
    folder = Path("/storage/files")
    try:
        path = Folder(folder).path(checked(key))
    except ValueError:
        return
    assert Path(os.path.normpath(path)).is_relative_to(folder)


async def test_a_file_is_named_by_what_is_in_it(tmp_path: Path) -> None:
    key = await _files(tmp_path).put(b"a face", ".webp")
    assert (tmp_path / "files" / key[:2] / key).read_bytes() == b"a face"


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
    half = Folder(tmp_path / "files").path(key).parent / ".abc.part"  # as a crash leaves it
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


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MiB."""
    if sys.platform != "linux":
        pytest.skip("a tmpfs is Linux's")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.xfail(f"mounting a small disk is not allowed here: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


async def test_a_full_disk_is_said_and_loses_nothing_and_goes_on_when_there_is_room(small_disk: Path) -> None:
    settings = Settings(_env_file=None, storage_dir=small_disk / "var", database_url=None)  # type: ignore[call-arg]
    store = await Store.open(settings)
    first = await store.web.append("me", "answer", {"text": "first"}, [(b"a face", ".webp")])
    ballast = small_disk / "ballast"
    try:
        with ballast.open("wb", buffering=0) as file:
            while file.write(bytes(4096)) == 4096:
                pass
    except OSError:
        pass  # as full as it gets

    with pytest.raises(StorageFull, match="full"):
        await store.web.append("me", "answer", {"text": "second"}, [(bytes(50_000), ".webp")])

    async def talk() -> None:
        for _ in range(200):  # the log of the database has some room left
            await store.web.append("me", "own", {"text": "x" * 5000})

    with pytest.raises(StorageFull, match="full"):
        await talk()
    kept = await store.web.since("me")
    assert kept[0] == first
    assert await store.files.get(first.files[0]) == b"a face"
    assert _names(small_disk / "var" / "files") == [*first.files]

    ballast.unlink()
    last = await store.web.append("me", "answer", {"text": "last"}, [(bytes(50_000), ".webp")])
    assert [entry.seq for entry in await store.web.since("me")] == [*(entry.seq for entry in kept), last.seq]
    await store.close()
