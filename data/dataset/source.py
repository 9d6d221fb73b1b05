"""Where the pictures of a set come from, as a command line names it."""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import data.drawn.spec
from data.dataset.packed import DatasetError
from data.drawn.spec import Spec, WrongSpec

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".avif")
MAX_DRAWN = 50_000  # default count of drawn faces; more do not make a small network better
MAX_PICTURES = 5_000_000  # of one source: their names are held in memory
VERSION = 2  # of what packing does; in every key, so that an older cache is not used


@dataclass(frozen=True, slots=True)
class Source:
    """Where pictures come from, resolved: `kind` is "zip", "folder", "packed" or "drawn"."""

    kind: str
    path: str  # of the file or folder, absolute; empty for "drawn"
    names: tuple[str, ...] = ()  # of the pictures in it, sorted
    count: int = 0
    drawn: Spec | None = None  # what to draw, where `kind` is "drawn"

    @property
    def spec(self) -> str:
        """What names the same source again on the command line."""
        return self.path if self.drawn is None else f"drawn:{self.drawn}"

    def key(self, size: int) -> str:
        """Of the packed set in the cache: changes when the files, or the drawing program, change."""
        digest = hashlib.sha256(json.dumps([VERSION, size, self.spec]).encode())
        if self.kind == "drawn":
            for file in sorted(Path(data.drawn.spec.__file__).parent.rglob("*.py")):
                digest.update(file.read_bytes())
        elif self.kind == "zip":
            digest.update(_stamp(Path(self.path)).encode())
        else:
            for name in self.names:
                digest.update(f"{name} {_stamp(Path(self.path, name))}\n".encode(errors="surrogateescape"))
        return digest.hexdigest()[:16]

    def stamps(self) -> list[str]:
        """What tells, without reading them, whether files are the ones of an earlier time; one a picture, in order."""
        if self.kind == "zip":
            with zipfile.ZipFile(self.path) as archive:
                members = [archive.getinfo(name) for name in self.names]
                return [f"{member.file_size} {member.CRC:08x}" for member in members]
        if self.kind == "packed":
            return [_stamp(Path(self.path, "images.npy"))] * self.count
        return [_stamp(Path(self.path, name)) for name in self.names]


def resolve(text: str, looked_at: int = MAX_DRAWN) -> Source:
    """The source that a command line names. Raises DatasetError.

    `looked_at` is how many pictures the run will look at: no more are drawn where SPEC does not say how many.
    """
    if text.startswith("drawn:"):
        try:
            spec = Spec.parse(text.removeprefix("drawn:"), max(1, min(looked_at, MAX_DRAWN)))
        except WrongSpec as error:
            raise DatasetError(f"drawn: {error}") from error
        return Source("drawn", "", count=spec.count, drawn=spec)
    path = Path(text).expanduser().resolve()
    if path.is_dir():
        files = (file.relative_to(path) for file in path.rglob("*") if _is_picture(file.name))
        names = sorted(file.as_posix() for file in files if not any(part.startswith(".") for part in file.parts))
        kind = "folder"
    elif path.is_file() and zipfile.is_zipfile(path):
        try:
            with zipfile.ZipFile(path) as archive:
                names = sorted({name for name in archive.namelist() if _is_picture(PurePosixPath(name).name)})
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise DatasetError(f"{text} is a damaged zip file: {error}") from error
        kind = "zip"
    else:
        raise DatasetError(f"{text} is no folder, no zip file and not drawn:[SPEC]")
    if not names:
        raise DatasetError(f"no pictures ({' '.join(SUFFIXES)}) in {text}")
    if len(names) > MAX_PICTURES:
        raise DatasetError(f"{text} holds {len(names):,} pictures, more than the {MAX_PICTURES:,} that a set may have")
    return Source(kind, str(path), tuple(names), len(names))


def _stamp(path: Path) -> str:
    stat = path.stat()
    return f"{stat.st_size} {stat.st_mtime_ns}"


def _is_picture(name: str) -> bool:
    return name.lower().endswith(SUFFIXES) and not name.startswith("._")  # macOS archives carry ._ files
