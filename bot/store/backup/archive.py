"""The format of a backup: a tar archive, plain or gzipped, whose last member says what is in it.

tables/<name>.jsonl         a row a line, what is referred to before what refers to it
files/<key>                 in the order of their keys, which are the sha256 of what is in them
models/<name>/<version>/…
manifest.json
"""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import tarfile
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, BinaryIO, Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from bot.store.files import KEY

FORMAT = 1
MANIFEST = "manifest.json"
TABLE = re.compile(r"tables/([a-z][a-z0-9_]{0,62})\.jsonl")
FILE = re.compile(rf"files/({KEY.pattern})")
# Nothing that hides, climbs or means something else on Windows.
MODEL = re.compile(r"models/(?:[^./\\:\x00-\x1f][^/\\:\x00-\x1f]{0,127}/){0,7}[^./\\:\x00-\x1f][^/\\:\x00-\x1f]{0,127}")
PASSING = frozenset({"claims", "leases"})  # tables of what running processes agree upon: nothing of it outlives them
LEVEL = 4  # of gzip: rows shrink to a tenth with any, pictures and weights with none

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Size = Annotated[int, Field(ge=0)]
Progress = Callable[[str, int, int | None], None]
"""Told what is being done, how much of it is, and of how much (None: nobody knows). May be called from any thread."""


class Refused(Exception):
    """A backup or restore that was not made; the message is one sentence for the operator."""


class Damaged(Refused):
    """An archive that is not what a backup wrote."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class Member(_Frozen):
    bytes: Size
    sha256: Sha256


class Table(Member):
    rows: Size


class FileSums(_Frozen):
    count: Size
    bytes: Size
    sha256: Sha256  # of the keys in their order, each with a line feed


class Manifest(_Frozen):
    """What a backup holds."""

    format: int
    program: str  # the version that wrote it
    revision: str  # of the schema
    created: Annotated[AwareDatetime, Field(strict=False)]
    tables: dict[str, Table]
    sequences: dict[str, Size]  # the last number that a table has given, where it gives none twice
    files: FileSums
    missing: list[str]  # keys that rows name, of files that were not there, or no longer what they had been
    models: dict[str, Member] | None  # by their path under `models/`; None: left out


class Sums:
    """The sums of `FileSums`, as the files pass."""

    def __init__(self) -> None:
        self._count = self._bytes = 0
        self._keys = hashlib.sha256()

    def add(self, key: str, size: int) -> None:
        self._count += 1
        self._bytes += size
        self._keys.update(f"{key}\n".encode())

    def result(self) -> FileSums:
        return FileSums(count=self._count, bytes=self._bytes, sha256=self._keys.hexdigest())


class Writer:
    """Writes an archive, member after member. Blocks."""

    def __init__(self, file: BinaryIO, compress: bool, created: datetime) -> None:
        self._created = int(created.timestamp())
        # Not by tarfile, whose stream would carry the name of a file that is soon called otherwise.
        self._zipped = gzip.GzipFile("", "wb", LEVEL, file, mtime=self._created) if compress else None
        self._tar: Any = tarfile.open(fileobj=self._zipped or file, mode="w:", format=tarfile.PAX_FORMAT)  # noqa: SIM115

    def add(self, name: str, source: BinaryIO, size: int) -> Member:
        """The next `size` bytes of a source. Raises `OSError`, where they are fewer too."""
        member = tarfile.TarInfo(name)
        member.size, member.mtime, member.mode = size, self._created, 0o600
        hashing = Hashing(source)
        self._tar.addfile(member, hashing)
        self._tar.members.clear()  # which would remember each of a million files
        return Member(bytes=size, sha256=hashing.sha256)

    def add_bytes(self, name: str, content: bytes) -> Member:
        return self.add(name, io.BytesIO(content), len(content))

    def close(self, manifest: Manifest) -> None:
        """Nothing comes after the manifest: an archive that has one is whole."""
        self.add_bytes(MANIFEST, manifest.model_dump_json(indent=1).encode())
        self._tar.close()
        if self._zipped is not None:
            self._zipped.close()


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Hashing:
    """Reads on, and knows the sha256 of what it has read."""

    def __init__(self, source: Readable) -> None:
        self._source = source
        self._hash = hashlib.sha256()

    def read(self, size: int) -> bytes:
        content = self._source.read(size)
        self._hash.update(content)
        return content

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()
