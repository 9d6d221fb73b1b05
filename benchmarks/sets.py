"""How fast pictures come out of a packed zip on one core, and how well copies are told from what is merely alike."""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.figures import Figure, in_turn

if TYPE_CHECKING:
    from data.curate import Measured
    from data.dataset import Dataset

PICTURES = 256
FACES, VIEWS = 120, 60  # what copies are made of, and how many characters are shown twice besides

Change = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def measure(rounds: int = 9) -> list[Figure]:
    from data.dataset import pack, resolve
    from data.dataset.zipped import write_zip

    with tempfile.TemporaryDirectory() as folder:
        dataset = pack(resolve(f"drawn:count={PICTURES},seed=0"), 128, Path(folder, "cache"))
        write_zip(dataset, None, Path(folder, "png.zip"))
        _write_webp(dataset.images(np.arange(PICTURES)), Path(folder, "webp.zip"))
        png, webp, packed = in_turn(
            rounds,
            lambda: _rate(str(Path(folder, "png.zip"))),
            lambda: _rate(str(Path(folder, "webp.zip"))),
            lambda: _drawn_from(dataset),
        )
    return [
        Figure("read from a zip of PNG, 128 px", png, "pictures/s a core", floor=400.0),
        Figure("read from a zip of WebP, 128 px", webp, "pictures/s a core", floor=400.0),
        Figure("read from the packed set that a run makes of it", packed, "pictures/s a core"),
        *copies(),
    ]


def copies(faces: int = FACES, views: int = VIEWS, seed: int = 6_000_000) -> list[Figure]:
    """How many copies of drawn faces are found, and of what is found, how much is a copy.

    The set is made hard by two views each of `views` characters, which are no copies of each other.
    """
    from data.curate.likeness import duplicates
    from data.drawn.spec import Spec

    alike = Spec(2 * views, seed=seed, views=2)
    portraits, plain = Spec(faces, seed=seed + 100_000, kind="portrait"), Spec(faces, seed=seed + 200_000)
    pictures = [spec.draw(i, 192)[0] for spec in (plain, portraits, alike) for i in range(spec.count)]
    chance = np.random.default_rng(seed)
    changed = [(name, i, change(pictures[i], chance)) for name, change in CHANGES for i in range(0, 2 * faces, 3)]
    found = duplicates(_measured([*pictures, *(picture for _, _, picture in changed)]))
    right = [found[len(pictures) + n] == i for n, (_, i, _) in enumerate(changed)]
    taken = sum(copy is not None for copy in found)
    shares = {
        name: float(np.mean([r for r, (of, _, _) in zip(right, changed, strict=True) if of == name]))
        for name, _ in CHANGES
    }
    return [
        *(Figure(f"copies found: {name}", 100 * share, "%") for name, share in shares.items()),
        Figure("copies, of all that were taken for some", 100 * sum(right) / taken, "%"),
    ]


def _packed_anew(pixels: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    from PIL import Image

    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "JPEG", quality=int(chance.integers(30, 90)))
    return np.array(Image.open(content))


def _resized(pixels: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    import cv2

    side = int(chance.integers(80, 260))
    return cv2.resize(pixels, (side, side), interpolation=cv2.INTER_AREA).astype(np.uint8)


def _mirrored(pixels: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    return _packed_anew(_resized(np.ascontiguousarray(pixels[:, ::-1]), chance), chance)


def _cropped(share: float) -> Change:
    def crop(pixels: np.ndarray, chance: np.random.Generator) -> np.ndarray:
        side = round(share * len(pixels))
        y, x = chance.integers(0, len(pixels) - side + 1, 2)
        return np.ascontiguousarray(pixels[y : y + side, x : x + side])

    return crop


CHANGES: tuple[tuple[str, Change], ...] = (
    ("JPEG of quality 30 to 90", _packed_anew),
    ("resized", _resized),
    ("mirrored, resized, JPEG", _mirrored),
    ("cropped to 95 %", _cropped(0.95)),
    ("cropped to 90 %", _cropped(0.9)),
    ("cropped to 80 %", _cropped(0.8)),
)


def _measured(pictures: list[np.ndarray]) -> list[Measured]:
    from dataclasses import replace

    from PIL import Image

    from data.curate.measuring import text
    from data.curate.picture import measured
    from data.vision.features import Features

    measures = [measured(Image.fromarray(pixels), str(i), "") for i, pixels in enumerate(pictures)]
    seen = Features().see([square for _, square in measures])
    return [replace(m, embedding=text(s.embedding)) for (m, _), s in zip(measures, seen, strict=True)]


def _rate(path: str) -> float:
    """Decoded and put into shape, as packing does it."""
    from data.dataset import resolve
    from data.dataset.reading import Reader, squares

    source = resolve(path)
    start = time.perf_counter()
    with Reader(source) as reader:
        for _ in squares(reader, source.names, 128):
            pass
    return source.count / (time.perf_counter() - start)


def _drawn_from(dataset: Dataset) -> float:
    order = np.random.default_rng(0).permutation(len(dataset))
    start = time.perf_counter()
    for i in range(0, len(order), 32):
        dataset.images(order[i : i + 32])
    return len(order) / (time.perf_counter() - start)


def _write_webp(images: np.ndarray, path: Path) -> None:
    import zipfile

    from PIL import Image

    with zipfile.ZipFile(path, "w") as archive:
        for number, pixels in enumerate(images):
            content = io.BytesIO()
            Image.fromarray(pixels).save(content, "WEBP", quality=90)
            archive.writestr(f"{number:08d}.webp", content.getvalue())
