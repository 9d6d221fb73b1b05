"""Packing a source: every picture decoded once, by all cores, into a set of the cache."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from filelock import FileLock

from data import durable
from data.dataset.packed import Dataset, DatasetError
from data.dataset.reading import Reader, Unusable, squares
from data.dataset.source import VERSION, Source
from data.dataset.workers import in_order

MAX_SIDE = 2048
CHUNK = 64  # pictures a task of the process pool
SAVED = 4  # chunks between two records of how far it has come

Report = Callable[[int, int], None]  # pictures done, pictures in all


def pack(source: Source, size: int, cache: Path, report: Report | None = None, processes: int | None = None) -> Dataset:
    """The source's packed set at `size` px, out of `cache` (`<storage>/cache/sets`) or made now.

    Pictures are turned as their EXIF says, centre-cropped to a square, resized (Lanczos), put on white where they are
    see-through. Files that cannot be used are left out; the manifest's `skipped` says which and why. What a kill left
    half-made is continued. Raises DatasetError.
    """
    if not 4 <= size <= MAX_SIDE:
        raise DatasetError(f"pictures of a set are 4 to {MAX_SIDE} px, not {size}")
    folder = cache / source.key(size)
    if folder.exists():
        return Dataset(folder)
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(cache / f".{folder.name}.lock"):  # another process may be making the same set
        if not folder.exists():
            part = cache / f".{folder.name}.part"
            part.mkdir(exist_ok=True)
            _write(source, size, part, report or (lambda done, total: None), processes)
            (part / "progress.json").unlink()
            part.rename(folder)
    return Dataset(folder)


class _Writing:
    """A set on its way: pixels and labels, and a record of how many of them are whole."""

    def __init__(self, part: Path, size: int, total: int, images: BinaryIO, labels: BinaryIO) -> None:
        self.part, self.size, self.images, self.labels = part, size, images, labels
        self.digest, self.kept, self.seen = hashlib.sha256(), 0, 0
        self.skipped: list[dict[str, Any]] = []
        self._header(total)
        self._begin = images.tell()
        self._resume()

    def add(self, pixels: bytes | None, label: dict[str, Any]) -> None:
        """`label` of a picture without pixels is `{"file", "error"}`."""
        self.seen += 1
        if pixels is None:
            self.skipped.append(label)
            return
        line = json.dumps(label).encode()
        self.images.write(pixels)
        self.labels.write(line + b"\n")
        self.digest.update(pixels + line)
        self.kept += 1

    def save(self) -> None:
        """What was added until now is there after a kill."""
        for file in (self.images, self.labels):
            file.flush()
            os.fsync(file.fileno())
        record = {"seen": self.seen, "kept": self.kept, "labels": self.labels.tell(), "skipped": self.skipped}
        durable.write_text(self.part / "progress.json", json.dumps(record))

    def finish(self, source: Source) -> None:
        self._header(self.kept)  # numpy pads the header so that a smaller count takes the same room
        self.save()
        self.digest.update(f"{VERSION} {self.size} {self.kept}".encode())
        manifest = {
            "hash": self.digest.hexdigest(), "count": self.kept, "size": self.size, "source": source.spec,
            "skipped": self.skipped,
        }  # fmt: skip
        durable.write_text(self.part / "manifest.json", json.dumps(manifest, indent=1) + "\n")

    def _header(self, count: int) -> None:
        self.images.seek(0)
        np.lib.format.write_array_header_1_0(
            self.images, {"descr": "|u1", "fortran_order": False, "shape": (count, self.size, self.size, 3)}
        )

    def _resume(self) -> None:
        """Goes to where the last record says, or to the beginning where the files do not bear it out."""
        end, length, digest = self._begin, 0, hashlib.sha256()
        bytes_each = self.size * self.size * 3
        try:
            record: dict[str, Any] = json.loads((self.part / "progress.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            record = {"seen": 0, "kept": 0, "labels": 0, "skipped": []}
        self.labels.seek(0)
        for _ in range(record["kept"]):
            pixels, line = self.images.read(bytes_each), self.labels.readline()
            digest.update(pixels + line.removesuffix(b"\n"))
            end, length = end + len(pixels), length + len(line)
        if record["kept"] and (end, length) == (self._begin + record["kept"] * bytes_each, record["labels"]):
            self.seen, self.kept, self.skipped, self.digest = record["seen"], record["kept"], record["skipped"], digest
        else:
            end, length = self._begin, 0
        for file, at in ((self.images, end), (self.labels, length)):
            file.seek(at)
            file.truncate()


def _write(source: Source, size: int, part: Path, report: Report, processes: int | None) -> None:
    for name in ("images.npy", "labels.jsonl"):
        (part / name).touch()
    with (
        (part / "images.npy").open("r+b") as images,
        (part / "labels.jsonl").open("r+b") as labels,
        Reader(source) as reader,
    ):
        writing = _Writing(part, size, source.count, images, labels)
        starts = range(writing.seen, source.count, CHUNK)
        report(writing.seen, source.count)
        for number, results in enumerate(in_order(partial(_chunk, reader, size), starts, processes), 1):
            for pixels, label in results:
                writing.add(pixels, label)
            if number % SAVED == 0:
                writing.save()
            report(writing.seen, source.count)
        if writing.kept == 0:
            shutil.rmtree(part, ignore_errors=True)
            first = writing.skipped[0]
            raise DatasetError(
                f"no picture in {source.spec} can be read; the first one is {first['file']}: {first['error']}"
            )
        writing.finish(source)


def _chunk(reader: Reader, size: int, start: int) -> list[tuple[bytes | None, dict[str, Any]]]:
    """Pixels and label of CHUNK pictures from `start`; None and `{"file", "error"}` for one that cannot be used."""
    source = reader.source
    indices = range(start, min(start + CHUNK, source.count))
    if source.drawn is None:
        names = [source.names[i] for i in indices]
        return [
            (None, {"file": name, "error": str(result)}) if isinstance(result, Unusable) else (result, {"file": name})
            for name, result in zip(names, squares(reader, names, size), strict=True)
        ]
    from data.drawn import DrawingUnavailable

    try:
        drawings = [source.drawn.draw(i, size) for i in indices]
    except DrawingUnavailable as error:
        raise DatasetError(str(error)) from error
    return [(np.ascontiguousarray(pixels).tobytes(), labels) for pixels, labels in drawings]
