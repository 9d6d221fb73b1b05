"""Faces that turn into one another: a loop there and back again, small enough for a chat."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from data.pictures.grid import enlarge
from data.pictures.recipe import exif_options, gif_options
from data.pictures.types import Encoded, Faces

ONE_WAY = 1100  # ms from the first face to the last
REST = 450  # ms at either end
WEBP_SIDE, GIF_SIDE = 320, 240  # px; a GIF keeps every pixel, and has no more to give
QUALITY = 78  # of a WebP
COLOURS = 128  # of a GIF, for all its frames: one palette does not flicker


def animate(faces: Faces, recipe: str = "", *, gif: bool = False) -> Encoded:
    """A loop through N >= 2 faces (H, W, 3) uint8 of one size, forwards and backwards, resting at both ends."""
    h, w, _ = faces[0].shape
    side = GIF_SIDE if gif else WEBP_SIDE
    width, height = (side, max(1, round(side * h / w))) if w <= side else (w, h)
    there = [Image.fromarray(enlarge(face, width, height)) for face in faces]
    pause = max(40, round(ONE_WAY / (len(faces) - 1) / 10) * 10)  # GIF counts in hundredths
    durations = [pause] * (2 * len(faces) - 2)
    durations[0] = durations[len(faces) - 1] = REST + pause
    if gif:
        there = _in_one_palette(there)
        kind, options = "GIF", {"disposal": 1, **gif_options(recipe)}
    else:
        kind, options = "WEBP", {"quality": QUALITY, "method": 3, **exif_options(recipe)}
    buffer = io.BytesIO()
    first, *rest = [*there, *there[-2:0:-1]]
    first.save(buffer, kind, save_all=True, append_images=rest, duration=durations, loop=0, **options)
    return Encoded(buffer.getvalue(), f"image/{kind.lower()}", width, height)


def _in_one_palette(frames: list[Image.Image]) -> list[Image.Image]:
    """The frames with colours from one palette and no dither: noise that changes with every frame is what makes a GIF
    large."""
    some = np.concatenate([np.asarray(frame)[::2, ::2] for frame in frames])  # the palette is as good of a quarter
    palette = Image.fromarray(some).quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    return [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
