"""Archives that are not restored: hostile, damaged, not what they say. Nothing has changed afterwards."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.settings import Settings
from bot.store import Store
from bot.store.backup import Refused, restore
from tests.bot.store.backup.conftest import models_of, silent, there
from tests.bot.store.conftest import settings_of

Members = list[tuple[tarfile.TarInfo, bytes]]


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
    assert there(target) == set()
    store = await Store.open(target)  # empty, and as usable as ever
    await store.recipes.add({"op": "draw", "model": ""}, member="qq:1", group=None)
    await store.close()
