"""A checkpoint of somebody else's as plain values: what kind of file it is, and what it holds."""

from __future__ import annotations

import mmap
import stat
from pathlib import Path
from typing import Any

from models.foreign.errors import Asks, Unreadable
from models.foreign.machine import Budget
from models.foreign.torchfile import FIRST, read_legacy, read_pickle, read_zip

MAX_BYTES = 8_000_000_000
HEAD = 1024  # bytes that tell what a file is

POINTERS = (b"version https://git-lfs.github.com/spec/", b"/annex/objects/")
PAGES = (b"<!doctype", b"<html", b"<head", b"<?xml", b"<!--")
PACKED = {
    b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"7z\xbc\xaf": "7-Zip", b"Rar!": "RAR",
    b"\x28\xb5\x2f\xfd": "Zstandard",
}  # fmt: skip


def read_file(path: Path) -> Any:
    """What a checkpoint holds. Its arrays are pieces of the file, which stays mapped for as long as one of them lives.

    Raises Unreadable, Forbidden (a kind of it) with the rest of a sentence that the file's name begins, and OSError.
    """
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise Unreadable("is a folder: name the file in it")
    if not stat.S_ISREG(status.st_mode):
        raise Unreadable("is no file")
    if not status.st_size:
        raise Unreadable("is empty")
    if status.st_size > MAX_BYTES:
        raise Unreadable(f"is larger than {MAX_BYTES / 1e9:g} GB")
    with path.open("rb") as file:
        return read(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)))


def read(data: memoryview) -> Any:
    """What a file of these bytes holds. Raises Unreadable, Forbidden."""
    head = bytes(data[:HEAD])
    _check_kind(head)
    budget = Budget()
    if head.startswith(b"PK\3\4"):
        return read_zip(data, budget)
    if head.startswith(FIRST):
        return read_legacy(data, budget)
    if head[:1] == b"\x80":
        return read_pickle(data, budget)
    try:
        return read_pickle(data, budget)  # of before protocol 2, or anything at all
    except Asks:
        raise
    except Unreadable:
        raise Unreadable("is no checkpoint: neither a pickle nor a file of torch.save") from None


def _check_kind(head: bytes) -> None:
    """Raises Unreadable for what is often found in a checkpoint's place."""
    if head.startswith(POINTERS):
        raise Unreadable(
            "is a Git LFS pointer, which stands for a file that was not downloaded: `git lfs pull` fetches it"
        )
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(PAGES):
        raise Unreadable("is a web page, not a checkpoint: the address of the download led to HTML")
    for first, name in PACKED.items():
        if head.startswith(first):
            raise Unreadable(f"is packed with {name}: unpack it first")
    if head[257:262] == b"ustar":
        raise Unreadable("is a tar archive: unpack it first, or where torch before 0.1.10 wrote it, save it anew")
