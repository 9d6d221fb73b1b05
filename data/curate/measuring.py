"""Measuring all pictures of a source, once: a journal keeps what is known, whatever ends the work."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from filelock import FileLock

from data import journal
from data.curate.picture import Measured, measured
from data.dataset.packing import Report
from data.dataset.reading import Reader, Unusable, picture
from data.dataset.source import Source
from data.dataset.workers import in_order
from data.pictures import Pixels

if TYPE_CHECKING:
    from data.vision.perprocess import Dtype

CHUNK = 16  # pictures a task: looking takes long, and what a kill costs is one of them
VERSION = 3  # of what is measured; in the journal's name


def measure(
    source: Source,
    cache: Path,
    report: Report | None = None,
    processes: int | None = None,
    dtype: Dtype = "float32",
) -> list[Measured]:
    """Of every picture of a folder, zip or packed folder, in order.

    `cache` (`<storage>/cache/measures`) has the journals. All cores decode and look, with a thread each; the networks
    compute in `dtype`. Raises DatasetError, FeaturesUnavailable and FinderUnavailable.
    """
    place = journal.place(cache, VERSION, source.spec, *_digests())
    with FileLock(cache / f".{place.name}.lock"):
        known = {(entry["file"], entry["stamp"]): Measured(**entry) for entry in journal.entries(place)}
        stamps = source.stamps()
        wanted = list(zip(source.names, stamps, strict=True))
        fresh = [entry for entry in wanted if entry not in known]
        if report is not None:
            report(source.count - len(fresh), source.count)
        done = source.count - len(fresh)
        with place.open("a", encoding="utf-8") as file:
            for entries in _measured(source, fresh, processes, dtype):
                for entry in entries:
                    file.write(json.dumps(asdict(entry)) + "\n")
                    known[entry.file, entry.stamp] = entry
                file.flush()
                done += len(entries)
                if report is not None:
                    report(done, source.count)
            os.fsync(file.fileno())
    return [known[entry] for entry in wanted]


def _digests() -> list[str]:
    """Of our networks that look: others see something else."""
    from data.vision import features, finder
    from data.vision.stored import digest

    try:
        return [digest(finder.WEIGHTS), digest(features.WEIGHTS)]
    except OSError as error:
        raise features.FeaturesUnavailable(f"{error.filename} cannot be read: {error.strerror or error}") from error


def _measured(
    source: Source, wanted: Sequence[tuple[str, str]], processes: int | None, dtype: Dtype
) -> Iterator[list[Measured]]:
    chunks = [wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK)]
    with Reader(source) as reader:
        yield from in_order(partial(_chunk, reader, dtype), chunks, processes)


def _chunk(reader: Reader, dtype: Dtype, wanted: Sequence[tuple[str, str]]) -> list[Measured]:
    from data.curate.looking import look
    from data.vision.perprocess import features, one_thread

    results: list[Measured] = []
    squares: dict[int, Pixels] = {}
    for name, stamp in wanted:
        try:
            with picture(reader.content(name)) as image:
                image.load()
                entry, square = measured(image, name, stamp)
                seen = look(np.array(image), dtype)
        except Unusable as reason:
            results.append(Measured(name, stamp, str(reason)))
            continue
        squares[len(results)] = square
        results.append(replace(entry, **{part.name: getattr(seen, part.name) for part in fields(seen)}))
    if squares:
        with one_thread():
            embeddings = features().see(list(squares.values()))
        for index, found in zip(squares, embeddings, strict=True):
            results[index] = replace(results[index], embedding=text(found.embedding))
    return results


def text(embedding: np.ndarray) -> str:
    """As `Measured.embedding` has it."""
    return base64.b64encode(embedding.astype(np.float16).tobytes()).decode()
