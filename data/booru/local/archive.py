"""Pictures of a zip file, one by one and never unpacked to the disk."""

from __future__ import annotations

import zipfile
from bisect import bisect_right
from collections.abc import Generator
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from data.booru.local import sidecar
from data.booru.local.folder import ENDINGS
from data.booru.local.source import Found, Place, SourceError, clean, stamp
from data.dataset.reading import Reader, Unusable
from data.dataset.source import MAX_PICTURES, Source


def place(file: Path) -> Place:
    """Raises `SourceError`."""
    base = stamp(file)
    if not zipfile.is_zipfile(file):
        raise SourceError(f"{file} is no zip file")
    return Place("zip", base, grows=False)


def pictures(file: Path, cursor: str, max_bytes: int) -> Generator[Found, None, None]:
    """The members that are called pictures, by their names. Bombs, passwords and damage are said of each."""
    names = _names(file)
    pairs = sorted((clean(name), name) for name in names if _is_picture(name))
    address = file.resolve().as_uri()
    with Reader(Source("zip", str(file.resolve()), tuple(name for _, name in pairs), len(pairs))) as reader:

        def beside(name: str) -> bytes | None:
            try:
                return reader.content(name)[: sidecar.MOST] if name in names else None
            except Unusable:
                return None

        for key, name in pairs[bisect_right(pairs, cursor, key=lambda pair: pair[0]) :]:
            try:
                if reader.size(name) > max_bytes:
                    raise Unusable(f"more than {max_bytes:,} bytes")
                content = reader.content(name)
            except Unusable as reason:
                yield Found(key, key, trouble=str(reason))
                continue
            yield Found(key, key, f"{address}#{quote(key)}", content, sidecar.said(name, beside))


def _names(file: Path) -> frozenset[str]:
    try:
        with zipfile.ZipFile(file) as archive:
            names = frozenset(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise SourceError(f"{file} is a damaged zip file: {error}") from error
    if len(names) > MAX_PICTURES:
        raise SourceError(f"{file} holds more than {MAX_PICTURES:,} files")
    return names


def _is_picture(name: str) -> bool:
    return name.lower().endswith(ENDINGS) and not PurePosixPath(name).name.startswith("._")  # macOS's
