"""Gathering into a folder, and pictures to gather."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from data.booru.crawl import Tally
from data.booru.local.gather import Gathering
from data.booru.local.source import Pictures, Place
from data.booru.manifest import Manifest
from data.booru.query import Query
from tests.data.pictures.strangers import saved

ANY = Query()


def drawing(seed: int, width: int = 64, height: int = 48) -> Image.Image:
    """Coloured patches; another seed, another picture."""
    small = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.NEAREST)


def png(seed: int, **size: int) -> bytes:
    return saved(drawing(seed, **size))


@dataclass
class Taken:
    tally: Tally
    lines: list[str] = field(default_factory=list)


def gather(out: Path, place: Place, pictures: Pictures, query: Query = ANY, limit: int = 100, **more: Any) -> Taken:
    lines: list[str] = []
    with Manifest(out) as manifest:
        work = Gathering(place, query, manifest, limit, 1_000_000, say=lines.append, **more)
        return Taken(work.run(pictures), lines)
