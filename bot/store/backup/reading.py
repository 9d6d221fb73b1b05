"""Reads archives, which may come from anywhere: every name, size and checksum is looked at before anything is used."""

from __future__ import annotations

import gzip
import hashlib
import re
import tarfile
import zlib
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from pydantic import ValidationError

from bot.store.backup.archive import (
    FILE,
    FORMAT,
    MANIFEST,
    MODEL,
    TABLE,
    Damaged,
    Hashing,
    Manifest,
    Member,
    Progress,
    Refused,
    Sums,
    Table,
)
from bot.store.migrations import REVISION

AT_ONCE = 1 << 18  # bytes that are read
LARGEST_HEADER = 1 << 20  # tarfile reads a long name into memory, whatever its length is said to be
LARGEST_FILE = 1 << 28
LARGEST_LINE = 1 << 26
LARGEST_MANIFEST = 1 << 28
GZIP = b"\x1f\x8b"
KINDS = (TABLE, FILE, MODEL, re.compile(re.escape(MANIFEST)))  # of members, in the order in which they come


class Archive:
    """A backup on the disk. Its methods block."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def check(self, cap_bytes: int, progress: Progress) -> Manifest:
        """Read all of it, and tell what it holds. Raises `Refused` for what is no backup of this program, is newer, is
        damaged, or holds more than `cap_bytes`."""
        found: dict[str, Member] = {}
        sums, last_key, total, last_kind = Sums(), "", 0, 0
        manifest: Manifest | None = None
        for name, size, content in self.members():
            total += size
            if total > cap_bytes:
                raise Refused(f"{self._path} holds more than the {cap_bytes / 1e9:g} GB that STORAGE_CAP_GB allows")
            kind = next((i for i, names in enumerate(KINDS) if names.fullmatch(name)), None)
            if kind is None:
                raise Damaged(f"{self._path} is no backup of nijigen: it holds {name[:100]!r}")
            if kind < last_kind or manifest is not None or name in found:
                raise Damaged(f"{self._path} is damaged: {name} has no business where it is")
            last_kind = kind
            if name == MANIFEST:
                manifest = self._manifest(content, size)
            elif file := FILE.fullmatch(name):
                key = file[1]
                if key <= last_key or size > LARGEST_FILE or _sum(content) != key.partition(".")[0]:
                    raise Damaged(f"{self._path} is damaged: {name} is not what its name says")
                last_key = key
                sums.add(key, size)
            else:
                found[name] = Member(bytes=size, sha256=_sum(content))
            progress("checking", total, None)
        if manifest is None:
            raise Damaged(f"{self._path} ends too early: it was cut off, or is no backup of nijigen")
        if found != _members(manifest) or sums.result() != manifest.files:
            raise Damaged(f"{self._path} is damaged: what is in it is not what its manifest says")
        return manifest

    def members(self) -> Generator[tuple[str, int, Content]]:
        """Name, size and content of each; the content is to be read before the next. Raises `Refused`, and so
        does reading them."""
        with self._refusing(), self._path.open("rb") as raw:
            zipped = raw.read(len(GZIP)) == GZIP
            raw.seek(0)
            file = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if zipped else raw
            with closing(tarfile.open(fileobj=_Bounded(file), mode="r:")) as tar:  # type: ignore[arg-type]
                while (member := tar.next()) is not None:
                    tar.members.clear()
                    content = tar.extractfile(member) if _plain(member) else None
                    if content is None:
                        raise Damaged(f"{self._path} is no backup of nijigen: {member.name[:100]!r} is no plain file")
                    yield member.name, member.size, Content(content, self._refusing)

    def lines(self, tables: Mapping[str, Table]) -> Generator[tuple[str, bytes]]:
        """The rows of all tables, in order: table and line. Raises `Damaged` where the archive is no longer what it
        was when `tables` was read of it."""
        for name, _, content in self.members():
            match = TABLE.fullmatch(name)
            if match is None:
                return  # tables are the first
            hashing = hashlib.sha256()
            while line := content.readline(LARGEST_LINE):
                hashing.update(line)
                yield match[1], line
            if match[1] not in tables or hashing.hexdigest() != tables[match[1]].sha256:
                raise Damaged(f"{self._path} was changed while it was read")

    def _manifest(self, content: Content, size: int) -> Manifest:
        if size > LARGEST_MANIFEST:
            raise Damaged(f"{self._path} is no backup of nijigen: its manifest is too large")
        try:
            manifest = Manifest.model_validate_json(content.whole())
        except ValidationError as error:
            raise Damaged(f"{self._path} is no backup that can be read here: its manifest is wrong") from error
        revision = manifest.revision
        if manifest.format != FORMAT or not (revision.isdecimal() and int(revision) <= int(REVISION)):
            raise Refused(
                f"{self._path} was written by a newer version of this program ({manifest.program[:50]}, schema "
                f"{revision[:50]}; known here up to {REVISION}): update the program first"
            )
        return manifest

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        try:
            yield
        except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, OverflowError, ValueError) as error:
            raise Damaged(f"{self._path} cannot be read; it is damaged, or no backup of nijigen ({error})") from error
        except OSError as error:
            raise Refused(f"{self._path} cannot be read: {error.strerror or error}") from error


class Content:
    """What a member holds. Reading it raises `Refused`."""

    def __init__(self, file: IO[bytes], refusing: Callable[[], AbstractContextManager[None]]) -> None:
        self._file = file
        self._refusing = refusing

    def read(self, size: int, /) -> bytes:
        with self._refusing():
            return self._file.read(size)

    def readline(self, size: int, /) -> bytes:
        with self._refusing():
            return self._file.readline(size)

    def whole(self) -> bytes:
        """All that is left of it."""
        return b"".join(iter(lambda: self.read(AT_ONCE), b""))


class _Bounded:
    """A file of which nobody reads much at once."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= LARGEST_HEADER:
            raise tarfile.ReadError("a header is too large")
        return self._file.read(size)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _plain(member: tarfile.TarInfo) -> bool:
    """A file with nothing special about it. A size below nothing would send tarfile back to where it has been."""
    return member.isreg() and not member.issparse() and member.size >= 0


def _sum(content: Content) -> str:
    hashing = Hashing(content)
    while hashing.read(AT_ONCE):
        pass
    return hashing.sha256


def _members(manifest: Manifest) -> dict[str, Member]:
    tables = {f"tables/{name}.jsonl": Member(bytes=t.bytes, sha256=t.sha256) for name, t in manifest.tables.items()}
    return tables | {f"models/{path}": member for path, member in (manifest.models or {}).items()}
