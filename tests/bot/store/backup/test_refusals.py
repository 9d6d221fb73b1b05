"""What is not restored, and what is there afterwards: what was there before."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import io
import json
import os
import tarfile
import threading
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from bot.settings import Settings
from bot.store import Store, StoreError, StoreUnavailable
from bot.store.backup import Refused, backup, restore
from bot.store.backup.loading import held
from bot.store.database import FILE_NAME
from bot.store.files import Files
from tests.bot.store.backup.conftest import fill, models_of, rows_of, silent
from tests.bot.store.conftest import on_postgresql, on_sqlite, settings_of

Members = list[tuple[tarfile.TarInfo, bytes]]


@pytest.fixture
async def archive(tmp_path: Path) -> Path:
    """A good one."""
    source = settings_of(tmp_path / "source")
    await fill(source)
    await backup(source, tmp_path / "good.tar", progress=silent)
    return tmp_path / "good.tar"


def _there(settings: Settings) -> set[str]:
    """Files in a store's folder, but for the database's own."""
    folder = settings.storage_dir
    return {
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and FILE_NAME not in path.name
    }


def _members(archive: Path) -> Members:
    with tarfile.open(archive) as tar:
        return [(member, tar.extractfile(member).read()) for member in tar]  # type: ignore[union-attr]


def _write(archive: Path, members: Members) -> None:
    with tarfile.open(archive, "w") as tar:
        for member, content in members:
            if member.isreg():
                member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


def _plain(name: str) -> tarfile.TarInfo:
    return tarfile.TarInfo(name)


def _special(name: str, kind: bytes) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, "/etc/passwd"
    return member


KEY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.webp"  # of nothing


@pytest.mark.parametrize(
    "intruder",
    [
        (_plain("../../../tmp/owned"), b"owned"),
        (_plain("/tmp/owned"), b"owned"),
        (_plain("models/../../owned"), b"owned"),
        (_plain("models/moe/../../owned"), b"owned"),
        (_plain("models//owned"), b"owned"),
        (_plain("models/.hidden"), b"owned"),
        (_plain("models/c:\\owned"), b"owned"),
        (_plain("models/" + "a/" * 20 + "b"), b"owned"),
        (_plain("models/new/model.safetensors"), b"nobody knows it"),
        (_plain("files/../owned.webp"), b"owned"),
        (_plain(f"files/{KEY}"), b"something"),
        (_plain(f"files/{KEY}"), b""),
        (_plain("tables/members.jsonl"), b'{"id": "qq:1"}\n'),
        (_plain("tables/users.jsonl"), b"{}\n"),
        (_plain("manifest.json"), b"{}"),
        (_plain("readme.txt"), b""),
        (_special("models/link", tarfile.SYMTYPE), b""),
        (_special("models/link", tarfile.LNKTYPE), b""),
        (_special("models/pipe", tarfile.FIFOTYPE), b""),
        (_special("models/zero", tarfile.CHRTYPE), b""),
        (_special("models", tarfile.DIRTYPE), b""),
    ],
    ids=lambda value: repr(value[0].name) if isinstance(value, tuple) else None,
)
@pytest.mark.parametrize("place", ["first", "last but one", "last"])
async def test_a_member_that_no_backup_has_is_refused(
    archive: Path, tmp_path: Path, intruder: tuple[tarfile.TarInfo, bytes], place: str
) -> None:
    members = _members(archive)
    members.insert({"first": 0, "last but one": len(members) - 1, "last": len(members)}[place], intruder)
    _write(archive, members)
    target = settings_of(tmp_path / "target")
    with pytest.raises(Refused):
        await restore(target, archive, progress=silent)
    assert not target.storage_dir.exists()
    assert not os.path.lexists("/tmp/owned")  # noqa: ASYNC240


async def test_an_archive_with_any_bit_turned_is_refused_or_means_the_same(archive: Path, tmp_path: Path) -> None:
    good = archive.read_bytes()  # noqa: ASYNC240
    damaged = tmp_path / "damaged.tar"
    for number, at in enumerate(range(7, len(good), len(good) // 60)):
        damaged.write_bytes(good[:at] + bytes([good[at] ^ 0x10]) + good[at + 1 :])
        target = settings_of(tmp_path / f"target{number}")
        try:
            await restore(target, damaged, progress=silent)
        except Refused:
            assert not target.storage_dir.exists()
        else:  # it was in the padding
            assert models_of(target) == models_of(settings_of(tmp_path / "source"))


@pytest.mark.parametrize("compressed", [False, True])
async def test_an_archive_that_was_cut_off_is_refused(archive: Path, tmp_path: Path, compressed: bool) -> None:
    good = archive.read_bytes()  # noqa: ASYNC240
    whole = gzip.compress(good, 1) if compressed else good[: good.rindex(b"}") + 1]
    cut = tmp_path / "cut.tar"
    for part in (0, 1, 100, 511, 512, 600, *(len(whole) * i // 20 for i in range(1, 20))):
        cut.write_bytes(whole[:part])
        target = settings_of(tmp_path / "target")
        with pytest.raises(Refused):
            await restore(target, cut, progress=silent)
        assert not target.storage_dir.exists()


@pytest.mark.parametrize("content", [b"", b"not an archive", b"\x1f\x8b" + bytes(100), bytes(10_240)])
async def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.tar").write_bytes(content)
    with pytest.raises(Refused):
        await restore(settings_of(tmp_path / "target"), tmp_path / "x.tar", progress=silent)


async def test_a_header_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    header = tarfile.TarInfo("././@LongLink")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 1 << 33
    bomb = header.tobuf(tarfile.GNU_FORMAT) + bytes(3_000_000)
    (tmp_path / "x.tar").write_bytes(bomb)
    with pytest.raises(Refused, match="too large"):
        await restore(settings_of(tmp_path / "target"), tmp_path / "x.tar", progress=silent)


async def test_more_than_may_be_kept_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.tar.gz"
    with gzip.open(bomb, "wb", 1) as file:
        header = tarfile.TarInfo("models/large/model.safetensors")
        header.size = 1 << 40
        file.write(header.tobuf())
        file.write(bytes(1_000_000))
    with pytest.raises(Refused, match="STORAGE_CAP_GB"):
        await restore(settings_of(tmp_path / "target"), bomb, progress=silent)


def _manifest(change: Callable[[dict[str, Any]], object]) -> Callable[[Members], None]:
    def alter(members: Members) -> None:
        member, content = members[-1]
        manifest = json.loads(content)
        change(manifest)
        members[-1] = (member, json.dumps(manifest).encode())

    return alter


@pytest.mark.parametrize(
    ("alter", "sentence"),
    [
        (_manifest(lambda m: m.update(revision="9999")), "newer version.*update the program"),
        (_manifest(lambda m: m.update(revision="c0ffee")), "newer version.*update the program"),
        (_manifest(lambda m: m.update(format=2)), "newer version.*update the program"),
        (_manifest(lambda m: m.pop("tables")), "manifest is wrong"),
        (_manifest(lambda m: m["tables"].popitem()), "not what its manifest says"),
        (_manifest(lambda m: m["files"].update(count=0)), "not what its manifest says"),
        (_manifest(lambda m: m["models"].popitem()), "not what its manifest says"),
        (lambda members: members.pop(), "ends too early"),
        (lambda members: members.pop(0), "not what its manifest says"),
        (lambda members: members.remove(next(m for m in members if "files/" in m[0].name)), "not what its manifest"),
        (lambda members: members.insert(0, members.pop(-2)), "no business|is damaged"),
    ],
)
async def test_an_archive_that_is_not_what_it_says_is_refused(
    archive: Path, tmp_path: Path, alter: Callable[[Members], object], sentence: str
) -> None:
    members = _members(archive)
    alter(members)
    _write(archive, members)
    with pytest.raises(Refused, match=sentence):
        await restore(settings_of(tmp_path / "target"), archive, progress=silent)


async def test_rows_that_the_database_does_not_take_change_nothing(
    archive: Path, target: Settings, tmp_path: Path
) -> None:
    """They are what the manifest says, and refer to pictures that are not there."""
    members = _members(archive)
    for i, (member, content) in enumerate(members):
        if member.name == "tables/recipes.jsonl":
            members[i] = (member, content.splitlines(keepends=True)[1])
    sums = {m.name: {"bytes": len(c), "sha256": hashlib.sha256(c).hexdigest()} for m, c in members}
    _manifest(lambda m: m["tables"]["recipes"].update(sums["tables/recipes.jsonl"]))(members)
    _write(archive, members)

    with pytest.raises(Refused, match="does not take"):
        await restore(target, archive, progress=silent)
    assert _there(target) == set()
    store = await Store.open(target)  # empty, and as usable as ever
    await store.recipes.add({"op": "draw", "model": ""}, member="qq:1", group=None)
    await store.close()


async def test_a_store_that_is_not_empty_is_refused_and_left_alone(
    archive: Path, settings: Settings, tmp_path: Path
) -> None:
    store = await Store.open(settings)
    await store.web.append("me", "answer", {"text": "mine"}, [(b"mine", ".webp")])
    await store.close()
    rows, files = await rows_of(settings), _there(settings)
    with pytest.raises(Refused, match=r"is not empty.*--replace"):
        await restore(settings, archive, progress=silent)
    assert await rows_of(settings) == rows
    assert _there(settings) == files


@on_sqlite
async def test_models_that_are_there_are_left_alone(archive: Path, settings: Settings) -> None:
    (settings.storage_dir / "models" / "mine").mkdir(parents=True)
    with pytest.raises(Refused, match=r"is not empty.*--replace"):
        await restore(settings, archive, progress=silent)
    assert [path.name for path in (settings.storage_dir / "models").iterdir()] == ["mine"]


async def test_replace_leaves_nothing_of_what_was_there(archive: Path, settings: Settings, tmp_path: Path) -> None:
    store = await Store.open(settings)
    mine = await store.web.append("me", "answer", {"text": "mine"}, [(b"mine", ".webp"), (b"a sheet", ".webp")])
    await store.close()
    (settings.storage_dir / "models" / "mine").mkdir(parents=True)
    await restore(settings, archive, replace=True, progress=silent)
    source = settings_of(tmp_path / "source")
    assert await rows_of(settings) == await rows_of(source)
    assert models_of(settings) == models_of(source)
    store = await Store.open(settings)
    assert [await store.files.get(key) for key in mine.files] == [None, b"a sheet"]
    await store.close()
    assert not [path for path in settings.storage_dir.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("at", ["files", "models", "commit"])
async def test_what_fails_halfway_leaves_all_as_it_was(
    archive: Path, settings: Settings, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await Store.open(settings)
    await store.web.append("me", "answer", {"text": "mine"}, [(b"mine", ".webp")])
    await store.close()
    (settings.storage_dir / "models" / "mine").mkdir(parents=True)
    (settings.storage_dir / "models" / "mine" / "card.md").write_text("mine")
    rows, files = await rows_of(settings), _there(settings)

    def fail(*_: object) -> None:
        raise OSError("the disk is gone")

    real = Files.put

    async def fail_late(self: Files, data: bytes, suffix: str) -> str:
        if data == b"a face":
            fail()
        return await real(self, data, suffix)

    if at == "files":
        monkeypatch.setattr(Files, "put", fail_late)
    elif at == "models":
        monkeypatch.setattr("bot.store.backup.models._write", fail)
    else:
        event.listen(Engine, "commit", fail)
    try:
        with pytest.raises((OSError, StoreUnavailable), match="the disk is gone"):
            await restore(settings, archive, replace=True, progress=silent)
    finally:
        if at == "commit":
            event.remove(Engine, "commit", fail)
    assert await rows_of(settings) == rows
    assert _there(settings) == files
    monkeypatch.undo()
    await restore(settings, archive, replace=True, progress=silent)


@on_sqlite
@pytest.mark.parametrize("writer", ["bot.store.files.folder._write", "bot.store.backup.models._write"])
async def test_who_stops_a_restore_finds_all_as_it_was_once_what_was_being_written_is(
    archive: Path, settings: Settings, writer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = _there(settings)
    real = import_module(writer.rpartition(".")[0])._write
    begun, written = threading.Event(), threading.Event()

    def write(*args: Any) -> Any:
        begun.set()
        time.sleep(0.1)  # a disk that is slow
        result = real(*args)
        written.set()
        return result

    monkeypatch.setattr(writer, write)
    restoring = asyncio.create_task(restore(settings, archive, progress=silent))
    await asyncio.to_thread(begun.wait)
    restoring.cancel()
    with pytest.raises(asyncio.CancelledError):
        await restoring
    assert written.is_set()
    assert _there(settings) == files
    assert not [path for path in settings.storage_dir.iterdir() if path.name.startswith(".models")]


@on_sqlite
async def test_a_running_bot_on_sqlite_is_not_restored_under_its_feet(archive: Path, settings: Settings) -> None:
    running = await Store.open(settings, exclusive=True)
    with pytest.raises(StoreError, match="another bot is running"):
        await restore(settings, archive, replace=True, progress=silent)
    await running.close()
    await restore(settings, archive, progress=silent)


@on_postgresql
async def test_a_running_bot_on_postgresql_is_not_restored_under_its_feet(archive: Path, settings: Settings) -> None:
    running = await Store.open(settings, exclusive=True)
    await running.groups.get("qq:7")  # its connection stays open from now on
    with pytest.raises(Refused, match="stop it first"):
        await restore(settings, archive, replace=True, progress=silent)
    await running.close()
    await restore(settings, archive, progress=silent)


@on_postgresql
async def test_tables_of_others_in_the_same_database_are_left_alone(archive: Path, settings: Settings) -> None:
    store = await Store.open(settings)
    async with store.database.write() as connection:
        await connection.execute(text("CREATE TABLE theirs (id integer)"))
        await connection.execute(text("INSERT INTO theirs VALUES (1)"))
    await store.close()
    await restore(settings, archive, replace=True, progress=silent)
    store = await Store.open(settings)
    async with store.database.read() as connection:
        assert (await connection.execute(text("SELECT id FROM theirs"))).scalar_one() == 1
        assert "theirs" not in {table.name for table in await connection.run_sync(held)}
    await store.close()


async def test_a_database_newer_than_the_program_is_neither_backed_up_nor_replaced(
    archive: Path, settings: Settings, tmp_path: Path
) -> None:
    store = await Store.open(settings)
    async with store.database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await store.close()
    with pytest.raises(Refused, match="newer than this program"):
        await backup(settings, tmp_path / "x.tar", progress=silent)
    with pytest.raises(Refused, match="newer than this program"):
        await restore(settings, archive, replace=True, progress=silent)
    assert _there(settings) == set()
    assert not (tmp_path / "x.tar").exists()


@on_sqlite
async def test_there_must_be_something_to_back_up(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="nothing to back up"):
        await backup(settings, tmp_path / "x.tar", progress=silent)
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240


@on_sqlite
async def test_a_file_that_is_there_is_not_written_over(settings: Settings, tmp_path: Path) -> None:
    await fill(settings)
    (tmp_path / "x.tar").write_text("mine")
    with pytest.raises(Refused, match="exists already"):
        await backup(settings, tmp_path / "x.tar", progress=silent)
    assert (tmp_path / "x.tar").read_text() == "mine"


@on_sqlite
async def test_a_backup_that_fails_leaves_nothing(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(settings)
    before = sorted(tmp_path.iterdir())  # noqa: ASYNC240

    def fail(*_: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="the disk is gone"):
        await backup(settings, tmp_path / "x.tar", progress=silent)
    assert sorted(tmp_path.iterdir()) == before  # noqa: ASYNC240


@on_sqlite
async def test_a_picture_that_rotted_is_named_and_left_out(settings: Settings, tmp_path: Path) -> None:
    await fill(settings)
    rotten, gone = sorted(p for p in (settings.storage_dir / "files").rglob("*") if p.is_file())
    rotten.write_bytes(b"rotten")
    gone.unlink()
    made = await backup(settings, tmp_path / "x.tar", progress=silent)
    assert {rotten.name, gone.name} <= set(made.missing)
    assert made.files.count == 0
    await restore(settings_of(tmp_path / "target"), tmp_path / "x.tar", progress=silent)
