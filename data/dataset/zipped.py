"""A packed set as the StyleGAN tools have it: a zip of `00000/img00000000.png`, … and `dataset.json`."""

from __future__ import annotations

import io
import zipfile
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from data import durable
from data.dataset import index
from data.dataset.packed import Dataset
from data.dataset.packing import CHUNK, Report
from data.dataset.workers import in_order

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say: the same set is the same file
_UNIX = 3  # likewise, the system that a zip says it was made on


def name_of(number: int) -> str:
    """Of a picture in the archive."""
    return f"{number // 1000:05d}/img{number:08d}.png"


def write_zip(
    dataset: Dataset,
    vectors: np.ndarray | None,
    out: Path,
    report: Report | None = None,
    processes: int | None = None,
) -> None:
    """The set as `out`, which is whole or not there; the same set gives the same bytes.

    `vectors` are its labels, float32 (N, len(NAMES)). Raises DatasetError.
    """
    names, said = _names(dataset), _index(dataset, vectors)
    for torn in out.parent.glob(f".{out.name}.*.part"):  # what a kill left half-written
        torn.unlink(missing_ok=True)
    with durable.replacing(out) as fresh, zipfile.ZipFile(fresh, "w", zipfile.ZIP_STORED) as archive:
        left = iter(names)
        starts = range(0, len(dataset), CHUNK)
        for done, contents in enumerate(in_order(partial(_encoded, dataset.folder), starts, processes), 1):
            for content in contents:
                archive.writestr(_member(next(left)), content)
            if report is not None:
                report(min(done * CHUNK, len(dataset)), len(dataset))
        archive.writestr(_member(index.FILE), said, zipfile.ZIP_DEFLATED)


def holds(out: Path, dataset: Dataset, vectors: np.ndarray | None) -> bool:
    """Whether `out` is what `write_zip` writes of this set and these labels. Raises DatasetError."""
    try:
        with zipfile.ZipFile(out) as archive:
            if archive.namelist() != [*_names(dataset), index.FILE]:
                return False
            said = _index(dataset, vectors)
            return archive.getinfo(index.FILE).file_size == len(said) and archive.read(index.FILE) == said
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError):
        return False


def _names(dataset: Dataset) -> list[str]:
    return [name_of(number) for number in range(len(dataset))]


def _index(dataset: Dataset, vectors: np.ndarray | None) -> bytes:
    """Names the set by its hash: equal ones are of equal pictures, sizes and labels."""
    about = {"manifest": dataset.manifest_hash, **{name: dataset.manifest[name] for name in ("source", "skipped")}}
    return index.write(_names(dataset), vectors, about)


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, _EPOCH)
    member.create_system = _UNIX
    return member


def _encoded(folder: Path, start: int) -> list[bytes]:
    """CHUNK pictures of a set from `start`, as PNG."""
    dataset = Dataset(folder)
    contents = []
    for pixels in dataset.images(np.arange(start, min(start + CHUNK, len(dataset)))):
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, "PNG")
        contents.append(buffer.getvalue())
    return contents
