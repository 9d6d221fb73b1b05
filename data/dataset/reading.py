"""The pictures of a source, one by one and trusted in nothing.

Somebody's archive may hold a path that leads out of it, a bomb, a picture that is none or far too large: each is
`Unusable`, for a reason that can be read, and the rest goes on.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path, PurePosixPath, PureWindowsPath

import numpy as np
from PIL import Image, ImageOps

from data.dataset.packed import Dataset, DatasetError, is_packed
from data.dataset.source import Source, resolve
from data.pictures.decode import flattened, resizable
from data.pictures.opening import Unreadable, opened

MAX_FILE = 100_000_000  # bytes of one picture, unpacked
MAX_PIXELS = 50_000_000  # of one picture
MAX_RATIO, RATIO_FROM = 200, 10_000_000  # a member as large as the latter may be so many times its size in the archive

SENTENCES = {
    "not_a_picture": "it is no picture of a known format",
    "damaged": "the picture is damaged",
    "too_many_pixels": f"the picture is larger than {MAX_PIXELS // 1_000_000} million pixels",
}


class Unusable(ValueError):
    """One file of a source is left out; the message says why in a few words."""


def pictures_of(text: str) -> Source:
    """What a command line names, to look at its pictures one by one; a packed folder, too. Raises DatasetError."""
    if text.startswith("drawn:"):
        raise DatasetError(f"{text} is drawn as it is asked for; pack it first")
    if not is_packed(text):
        return resolve(text)
    dataset = Dataset(Path(text).resolve())
    return Source("packed", str(dataset.folder), tuple(f"{i:08d}.png" for i in range(len(dataset))), len(dataset))


class Reader:
    """The files of a folder or zip, or the pictures of a packed folder; `with` closes it.

    It may travel to other processes, each of which opens the archive for itself, once: its list of files can be long.
    """

    def __init__(self, source: Source) -> None:
        self.source = source

    def __reduce__(self) -> tuple[type[Reader], tuple[Source]]:
        return Reader, (self.source,)

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *error: object) -> None:
        if (archive := self.__dict__.pop("_archive", None)) is not None:
            archive.close()

    @cached_property
    def _archive(self) -> zipfile.ZipFile | None:
        return zipfile.ZipFile(self.source.path) if self.source.kind == "zip" else None

    @cached_property
    def _dataset(self) -> Dataset | None:
        return Dataset(Path(self.source.path)) if self.source.kind == "packed" else None

    def content(self, name: str) -> bytes:
        """The bytes of a picture, as PNG where it has none of its own. Raises Unusable."""
        if self._dataset is not None:
            buffer = io.BytesIO()
            Image.fromarray(self._dataset.images(np.array([int(Path(name).stem)]))[0]).save(buffer, "PNG")
            return buffer.getvalue()
        try:
            content = self._file(name) if self._archive is None else self._member(self._archive, name)
        except Unusable:
            raise
        except Exception as error:  # zipfile raises nearly anything on hostile archives, RuntimeError for a password
            raise Unusable(f"it cannot be read: {type(error).__name__}: {error}"[:200]) from error
        if len(content) > MAX_FILE:
            raise Unusable(f"the file is larger than {MAX_FILE // 1_000_000} MB")
        return content

    def size(self, name: str) -> int:
        """Bytes of a picture whose content was had before; -1 where that is not known without reading it."""
        if self._archive is not None:
            return self._archive.getinfo(name).file_size
        return -1 if self._dataset is not None else Path(self.source.path, name).stat().st_size

    def _file(self, name: str) -> bytes:
        with Path(self.source.path, name).open("rb") as file:
            return file.read(MAX_FILE + 1)

    def _member(self, archive: zipfile.ZipFile, name: str) -> bytes:
        if leads_out(name):
            raise Unusable("its path leads out of the archive")
        member = archive.getinfo(name)
        if member.file_size > max(RATIO_FROM, MAX_RATIO * member.compress_size):
            raise Unusable(f"it unpacks to more than {MAX_RATIO} times its size, as bombs do")
        with archive.open(member) as file:
            return file.read(MAX_FILE + 1)  # the size that the archive declares may be a lie


def leads_out(name: str) -> bool:
    """Whether a member's name, written below some folder, would be written elsewhere on any system."""
    windows = PureWindowsPath(name)
    return (
        "\0" in name or windows.drive != "" or windows.root != "" or ".." in windows.parts
        or PurePosixPath(name).is_absolute()
    )  # fmt: skip


@contextmanager
def picture(content: bytes) -> Iterator[Image.Image]:
    """The picture upright, opaque, RGB. Whatever Pillow raises inside the block becomes Unusable, too."""
    try:
        with opened(content, MAX_PIXELS) as image:
            upright = ImageOps.exif_transpose(image)
            yield flattened(resizable(upright))
    except Unreadable as error:
        raise Unusable(SENTENCES[error.reason]) from error


def square(content: bytes, size: int) -> Image.Image:
    """The picture's middle as `size` x `size` px of RGB. Raises Unusable."""
    with picture(content) as image:
        return ImageOps.fit(image, (size, size), Image.Resampling.LANCZOS)


def squares(reader: Reader, names: Iterable[str], size: int) -> Iterator[bytes | Unusable]:
    """The pixels, uint8 (size, size, 3), of a source's pictures, or why there are none."""
    for name in names:
        try:
            yield square(reader.content(name), size).tobytes()
        except Unusable as reason:
            yield reason
