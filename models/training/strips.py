"""The film strip: the same latents through every snapshot, a row each, and the same as an animation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from data import durable

ROWS, COLUMNS = 8, 12  # of the sheet, at most
FACES = (4, 2)  # of a frame of the animation, across and down
FRAMES = 48
HEAD = 18  # px above the columns, for their kimg


def save_strip(path: Path, folder: Path, side: int, *, pairs: bool = False) -> None:
    """PNG: rows are latents, columns snapshots, evenly chosen, the first and the last among them, kimg above.

    `folder` has the sheets of a run, `side` is that of a picture in px. Where these show `pairs`, each picture and what
    became of it, rows are these pictures, which stand at their beginning. Nothing where there is one sheet or none.
    """
    sheets = _chosen(folder, COLUMNS)
    if len(sheets) < 2:
        return
    columns = [(_kimg(sheet), _faces(sheet, side, 2 * ROWS if pairs else ROWS)) for sheet in sheets]
    if pairs:
        columns = [("", columns[-1][1][0::2]), *((kimg, faces[1::2]) for kimg, faces in columns)]
    strip = Image.new("RGB", (side * len(columns), HEAD + side * len(columns[0][1])), "white")
    draw, font = ImageDraw.Draw(strip), ImageFont.load_default(13)
    for x, (kimg, faces) in enumerate(columns):
        draw.text((x * side + side / 2, HEAD / 2), kimg, "#333333", font, anchor="mm")
        for y, face in enumerate(faces):
            strip.paste(face, (x * side, HEAD + y * side))
    with durable.replacing(path) as fresh:
        strip.save(fresh, "PNG")


def save_animation(path: Path, folder: Path, side: int) -> None:
    """Animated WebP of the first faces of every sheet, in order; nothing where there are fewer than two."""
    sheets = _chosen(folder, FRAMES)
    if len(sheets) < 2:
        return
    across, down = FACES
    frames = []
    for sheet in sheets:
        frame = Image.new("RGB", (across * side, down * side), "white")
        for i, face in enumerate(_faces(sheet, side, across * down)):
            frame.paste(face, (i % across * side, i // across * side))
        frames.append(frame)
    durations = [180] * (len(frames) - 1) + [2000]  # ms; the last one stays
    with durable.replacing(path) as fresh:
        frames[0].save(
            fresh, "WEBP", save_all=True, append_images=frames[1:], duration=durations, loop=0, quality=85, method=2
        )


def _chosen(folder: Path, most: int) -> list[Path]:
    sheets = sorted(folder.glob("*.png"))
    return [sheets[i] for i in sorted({round(i) for i in np.linspace(0, len(sheets) - 1, most)})] if sheets else []


def _faces(sheet: Path, side: int, count: int) -> list[Image.Image]:
    """The first pictures of a sheet in reading order."""
    with Image.open(sheet) as opened:
        image = opened.convert("RGB")
    across = image.width // side
    count = min(count, across * (image.height // side))
    return [
        image.crop((i % across * side, i // across * side, (i % across + 1) * side, (i // across + 1) * side))
        for i in range(count)
    ]


def _kimg(sheet: Path) -> str:
    return f"{int(sheet.stem)}" if sheet.stem.isdigit() else sheet.stem
