"""Heads to files: one sheet to look at, or single pictures with their labels to learn from."""

import io
import json
import math
import zipfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from data.drawn import Drawing, draw, sample_parameters


def drawings(count: int, size: int, seed: int) -> Iterator[Drawing]:
    """Heads of the seeds `seed`, `seed + 1`, ... in squares of `size` pixels."""
    for offset in range(count):
        yield draw(sample_parameters(seed + offset), size)


def write_sheet(path: Path, count: int, size: int, seed: int) -> None:
    """All heads in one near-square grid."""
    columns = math.ceil(math.sqrt(count))
    sheet = Image.new("RGB", (columns * size, math.ceil(count / columns) * size), "white")
    for i, drawing in enumerate(drawings(count, size, seed)):
        sheet.paste(Image.fromarray(drawing.pixels), (i % columns * size, i // columns * size))
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)


def _entries(count: int, size: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """File names and contents: a PNG a head named by its seed, and last labels.jsonl, one object a line with `file`."""
    lines = []
    for offset, drawing in enumerate(drawings(count, size, seed)):
        name = f"{seed + offset:08d}.png"
        png = io.BytesIO()
        Image.fromarray(drawing.pixels).save(png, "PNG")
        lines.append(json.dumps({"file": name, **drawing.labels}) + "\n")
        yield name, png.getvalue()
    yield "labels.jsonl", "".join(lines).encode()


def write_set(folder: Path, count: int, size: int, seed: int) -> None:
    """Single pictures and labels.jsonl in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in _entries(count, size, seed):
        (folder / name).write_bytes(content)


def write_zip(path: Path, count: int, size: int, seed: int) -> None:
    """Single pictures and labels.jsonl in a zip, stored: PNGs shrink no further."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in _entries(count, size, seed):
            # A fixed date, so that the same seeds give the same file.
            archive.writestr(zipfile.ZipInfo(name), content)
