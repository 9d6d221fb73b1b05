"""Heads to files: one sheet to look at, or single pictures with their labels to learn from."""

import io
import json
import math
import zipfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from data.drawn import Drawing, draw, sample_parameters
from data.drawn.characters import view


def drawings(count: int, size: int, seed: int, character: str | None = None) -> Iterator[Drawing]:
    """Heads of the seeds `seed`, `seed + 1`, ... in squares of `size` pixels.

    With the name of a `character` they are pictures number `seed`, ... of that one, and labelled so; KeyError where
    nobody has the name.
    """
    for number in range(seed, seed + count):
        if character is None:
            yield draw(sample_parameters(number), size)
        else:
            drawing = draw(view(character, number), size)
            yield Drawing(drawing.pixels, {**drawing.labels, "character": character})


def write_sheet(path: Path, count: int, size: int, seed: int, character: str | None = None) -> None:
    """All heads in one near-square grid."""
    columns = math.ceil(math.sqrt(count))
    sheet = Image.new("RGB", (columns * size, math.ceil(count / columns) * size), "white")
    for i, drawing in enumerate(drawings(count, size, seed, character)):
        sheet.paste(Image.fromarray(drawing.pixels), (i % columns * size, i // columns * size))
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)


def _entries(count: int, size: int, seed: int, character: str | None) -> Iterator[tuple[str, bytes]]:
    """File names and contents: a PNG a head named by its seed, and last labels.jsonl, one object a line with `file`."""
    lines = []
    for offset, drawing in enumerate(drawings(count, size, seed, character)):
        name = f"{seed + offset:08d}.png"
        png = io.BytesIO()
        Image.fromarray(drawing.pixels).save(png, "PNG")
        lines.append(json.dumps({"file": name, **drawing.labels}) + "\n")
        yield name, png.getvalue()
    yield "labels.jsonl", "".join(lines).encode()


def write_set(folder: Path, count: int, size: int, seed: int, character: str | None = None) -> None:
    """Single pictures and labels.jsonl in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in _entries(count, size, seed, character):
        (folder / name).write_bytes(content)


def write_zip(path: Path, count: int, size: int, seed: int, character: str | None = None) -> None:
    """Single pictures and labels.jsonl in a zip, stored: PNGs shrink no further."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in _entries(count, size, seed, character):
            # A fixed date, so that the same seeds give the same file.
            archive.writestr(zipfile.ZipInfo(name), content)
