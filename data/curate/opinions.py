"""What networks of others say of pictures: a tagger's tags, a classifier's ratings.

They are slow and large, so they look one after the other, in one process, with all cores; and each has a journal of its
own, so that what is known of one stays known when the other is changed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from filelock import FileLock

from data import journal
from data.curate.picture import Measured
from data.dataset.packing import Report
from data.dataset.reading import Reader, Unusable, picture
from data.dataset.source import Source
from data.pictures import Pixels

if TYPE_CHECKING:
    from data.vision.onnx import Rater, Tagger

VERSION = 1  # of what is kept; in the journals' names
LEAST = 0.1  # confidence of a tag that is kept

Ask = Callable[[Pixels], dict[str, Any]]
"""Fields of `Measured`, by name, of uint8 (H, W, 3)."""


def tagged(
    source: Source, pictures: Sequence[Measured], cache: Path, tagger: Path, report: Report | None = None
) -> list[Measured]:
    """The same with the tags of a tagger in the folder `tagger`, and its ratings where it has some.

    `pictures` are what was measured of the source's; `cache` has the journals. Raises OnnxUnavailable.
    """
    from data.vision.onnx import Tagger

    def opened() -> Ask:
        network = Tagger(tagger)
        return lambda pixels: _tags(network, pixels)

    return _asked("tagger", source, pictures, cache, Tagger.files(tagger), opened, report)


def rated(
    source: Source, pictures: Sequence[Measured], cache: Path, rater: Path, report: Report | None = None
) -> list[Measured]:
    """Likewise with the ratings of a classifier in the folder `rater`, in the place of others."""
    from data.vision.onnx import Rater

    def opened() -> Ask:
        network = Rater(rater)
        return lambda pixels: _ratings(network, pixels)

    return _asked("rater", source, pictures, cache, Rater.files(rater), opened, report)


def _tags(tagger: Tagger, pixels: Pixels) -> dict[str, Any]:
    seen = tagger.see(pixels)
    tags = {name: round(sure, 3) for name, sure in (seen.tags | seen.characters).items() if sure >= LEAST}
    ratings = {name: round(share, 4) for name, share in seen.shares.items()}
    return {"tags": tags, **({"ratings": ratings} if ratings else {})}


def _ratings(rater: Rater, pixels: Pixels) -> dict[str, Any]:
    return {"ratings": {name: round(chance, 4) for name, chance in rater.ratings(pixels).items()}}


def _asked(
    kind: str,
    source: Source,
    pictures: Sequence[Measured],
    cache: Path,
    files: Sequence[Path],
    opened: Callable[[], Ask],
    report: Report | None,
) -> list[Measured]:
    place = journal.place(cache, "opinions", VERSION, kind, source.spec, *_stamps(files))
    with FileLock(cache / f".{place.name}.lock"):
        known: dict[tuple[str, str], dict[str, Any]] = {
            (file, stamp): said for file, stamp, said in journal.entries(place)
        }
        fresh = [one for one in pictures if not one.error and (one.file, one.stamp) not in known]
        if fresh:
            ask = opened()
            with Reader(source) as reader, place.open("a", encoding="utf-8") as lines:
                for number, one in enumerate(fresh, 1):
                    try:
                        with picture(reader.content(one.file)) as image:
                            pixels = np.array(image)
                    except Unusable:  # it was well when it was measured; whoever reads it next says so
                        continue
                    said = known[one.file, one.stamp] = ask(pixels)
                    lines.write(json.dumps([one.file, one.stamp, said]) + "\n")
                    lines.flush()
                    if report is not None:
                        report(number, len(fresh))
                os.fsync(lines.fileno())
    return [replace(one, **known.get((one.file, one.stamp), {})) for one in pictures]


def _stamps(files: Sequence[Path]) -> list[str]:
    """What changes when a network's files do. Raises OnnxUnavailable."""
    from data.vision.onnx import OnnxUnavailable

    try:
        return [f"{status.st_size} {status.st_mtime_ns}" for status in (file.stat() for file in files)]
    except OSError as error:
        raise OnnxUnavailable(f"{error.filename} cannot be read: {error.strerror or error}") from error
