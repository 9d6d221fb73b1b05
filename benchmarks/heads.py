"""How fast heads come out of whole pictures: found, cut, written, and copies told, on one core."""

from __future__ import annotations

import io
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.figures import Figure, in_turn

if TYPE_CHECKING:
    from data.dataset import Source

PICTURES = 24  # of which every third has two heads
WIDE, HIGH = 1280, 960  # px, JPEG of quality 92


def measure(rounds: int = 3) -> list[Figure]:
    """Each part in seconds of the processor, so that whatever else runs here counts for less."""
    from data.dataset import resolve
    from models.precision import inference_dtype

    torch = _one_thread()
    dtype = "bfloat16" if inference_dtype(torch.device("cpu")) == torch.bfloat16 else "float32"
    with tempfile.TemporaryDirectory() as folder:
        pictures = Path(folder, "pictures")
        heads = _write(pictures)
        source = resolve(str(pictures))
        _cut(source, Path(folder, "warm"), dtype)  # loads the networks
        runs = iter(range(1_000_000))
        taken, decoding, finding = in_turn(
            rounds,
            lambda: _all(source, Path(folder, f"out-{next(runs)}"), dtype),
            lambda: _decoding(pictures),
            lambda: _finding(pictures, dtype),
        )
    return [
        Figure(f"heads out of pictures of {WIDE} x {HIGH}, copies told", heads / taken, "crops/s a core"),
        Figure("of a picture's time: decoding", 1000 * decoding / PICTURES, "ms"),
        Figure("of a picture's time: finding", 1000 * finding / PICTURES, "ms"),
        Figure("of a picture's time: all, copies told", 1000 * taken / PICTURES, "ms"),
    ]


def _one_thread():
    import torch

    torch.set_num_threads(1)
    return torch


def _write(folder: Path) -> int:
    """Pictures with drawn heads on drawn places; how many heads there are."""
    from PIL import Image

    from data.drawn.spec import Spec

    folder.mkdir()
    heads = 0
    portraits, places = Spec(2 * PICTURES, seed=7_000_000, kind="portrait"), Spec(PICTURES, seed=7_100_000)
    for number in range(PICTURES):
        place = Image.fromarray(places.draw(number, 256)[0]).resize((64, 48)).resize((WIDE, HIGH))
        for nth in range(2 if number % 3 == 0 else 1):
            portrait = Image.fromarray(portraits.draw(2 * number + nth, 384)[0])
            place.paste(portrait, (80 + 600 * nth, 200 + 20 * (number % 7)))
            heads += 1
        content = io.BytesIO()
        place.save(content, "JPEG", quality=92)
        (folder / f"{number:03d}.jpg").write_bytes(content.getvalue())
    return heads


def _cut(source: Source, out: Path, dtype: str) -> None:
    from data.crop import Options, Sight, crop

    crop(source, out, Options(), Sight(dtype), out.parent / f"cache-{out.name}", processes=1)  # type: ignore[arg-type]


def _all(source: Source, out: Path, dtype: str) -> float:
    """Seconds of this process for cutting, and for telling copies among what was cut."""
    from data.curate import Limits, decide, measure
    from data.dataset import resolve

    start = time.process_time()
    _cut(source, out, dtype)
    measured = measure(resolve(str(out)), out.parent / f"measures-{out.name}", processes=1, dtype=dtype)  # type: ignore[arg-type]
    decide(measured, Limits(), {})
    return time.process_time() - start


def _decoding(pictures: Path) -> float:
    from data.crop.cutting import MAX_SIDE
    from data.dataset.reading import MAX_PIXELS
    from data.pictures.decode import decode

    start = time.process_time()
    for file in sorted(pictures.iterdir()):
        decode(file.read_bytes(), MAX_PIXELS, MAX_SIDE)
    return time.process_time() - start


def _finding(pictures: Path, dtype: str) -> float:
    from PIL import Image

    from data.vision.perprocess import finder

    pixels = [np.array(Image.open(file)) for file in sorted(pictures.iterdir())]
    start = time.process_time()
    for picture in pixels:
        finder(dtype).find(picture)  # type: ignore[arg-type]
    return time.process_time() - start
