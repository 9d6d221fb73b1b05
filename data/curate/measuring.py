"""Measuring all pictures of a source, once: a journal keeps what is known, whatever ends the work."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import numpy as np
from filelock import FileLock

from data.curate.picture import Measured, measured
from data.dataset.packing import CHUNK, Report
from data.dataset.reading import Reader, Unusable, picture
from data.dataset.source import Source
from data.dataset.workers import in_order
from data.pictures import Pixels

VERSION = 1  # of what is measured; in the journal's name


def measure(source: Source, cache: Path, report: Report | None = None, processes: int | None = None) -> list[Measured]:
    """Of every picture of a folder, zip or packed folder, in order.

    `cache` (`<storage>/cache/measures`) has the journals. All cores decode, and the features network looks in this
    process. Raises DatasetError and FeaturesUnavailable.
    """
    cache.mkdir(parents=True, exist_ok=True)
    journal = cache / f"{hashlib.sha256(json.dumps([VERSION, source.spec]).encode()).hexdigest()[:16]}.jsonl"
    with FileLock(cache / f".{journal.name}.lock"):
        known = {(entry.file, entry.stamp): entry for entry in _read(journal)}
        stamps = source.stamps()
        wanted = list(zip(source.names, stamps, strict=True))
        fresh = [entry for entry in wanted if entry not in known]
        if report is not None:
            report(source.count - len(fresh), source.count)
        done = source.count - len(fresh)
        with journal.open("a", encoding="utf-8") as file:
            for entries in _measured(source, fresh, processes):
                for entry in entries:
                    file.write(json.dumps(asdict(entry)) + "\n")
                    known[entry.file, entry.stamp] = entry
                file.flush()
                done += len(entries)
                if report is not None:
                    report(done, source.count)
            os.fsync(file.fileno())
    return [known[entry] for entry in wanted]


def _measured(source: Source, wanted: Sequence[tuple[str, str]], processes: int | None) -> Iterator[list[Measured]]:
    if not wanted:
        return
    from data.vision.features import Features

    features = Features()
    chunks = [wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK)]
    with Reader(source) as reader:
        for results in in_order(partial(_chunk, reader), chunks, processes):
            looks = [seen for _, seen in results if seen is not None]
            embeddings = iter(features.see(looks) if looks else ())
            yield [
                entry if seen is None else replace(entry, embedding=text(next(embeddings).embedding))
                for entry, seen in results
            ]


def _chunk(reader: Reader, wanted: Sequence[tuple[str, str]]) -> list[tuple[Measured, Pixels | None]]:
    results: list[tuple[Measured, Pixels | None]] = []
    for name, stamp in wanted:
        try:
            with picture(reader.content(name)) as image:
                results.append(measured(image, name, stamp))
        except Unusable as reason:
            results.append((Measured(name, stamp, str(reason)), None))
    return results


def text(embedding: np.ndarray) -> str:
    """As `Measured.embedding` has it."""
    return base64.b64encode(embedding.astype(np.float16).tobytes()).decode()


def _read(journal: Path) -> Iterator[Measured]:
    """What the journal holds; a line that a kill cut short is cut off."""
    if not journal.exists():
        return
    whole = 0
    with journal.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                break
            whole += len(line)
            yield Measured(**json.loads(line))
    if whole < journal.stat().st_size:
        os.truncate(journal, whole)
