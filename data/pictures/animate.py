"""Faces that turn into one another: a loop there and back again, small enough for a chat."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image

from data.pictures.film import encode_mp4
from data.pictures.grid import enlarge
from data.pictures.recipe import exif_options, gif_options
from data.pictures.types import Encoded, Faces, Form, Pixels

ONE_WAY = 1100  # ms from the first face to the last
REST = 450  # ms at either end
WEBP_SIDE, GIF_SIDE = 320, 240  # px; a GIF keeps every pixel, and has no more to give
LOOP_SIDES: Mapping[Form, int] = {"webp": WEBP_SIDE, "gif": GIF_SIDE, "mp4": 384}  # px, of the longer side, at least
FRAMES_GIF_SIDE, SMALLEST_SIDE = 360, 120  # px of an animation that came from outside
MOST_BYTES = 4_000_000  # of such a one
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
    return _encoded([*there, *there[-2:0:-1]], durations, recipe, gif)


def encode_frames(
    frames: Sequence[Pixels], durations: Sequence[int], recipe: str = "", *, gif: bool = False
) -> Encoded:
    """A loop of N >= 2 frames (H, W, 3) uint8 of one size, each shown for its duration in ms; made smaller
    until it has no more than `MOST_BYTES`, or no side longer than `SMALLEST_SIDE`."""
    h, w, _ = frames[0].shape
    side = min(max(h, w), FRAMES_GIF_SIDE if gif else max(h, w))
    while True:
        scale = side / max(h, w)
        size = max(1, round(w * scale)), max(1, round(h * scale))
        images = [Image.fromarray(enlarge(frame, *size)) for frame in frames]
        encoded = _encoded(_in_one_palette(images) if gif else images, durations, recipe, gif)
        if len(encoded.content) <= MOST_BYTES or side <= SMALLEST_SIDE:
            return encoded
        side = max(SMALLEST_SIDE, round(0.75 * side))


def encode_loop(
    faces: Faces,
    order: Sequence[int],
    durations: Sequence[int],
    recipe: str = "",
    *,
    form: Form = "webp",
    most_bytes: int = MOST_BYTES,
) -> Encoded:
    """A loop of pictures (H, W, 3) uint8 of one size: the numbers of those that are shown, each for its duration in ms.

    Small ones are enlarged; made smaller until it has no more than `most_bytes`, or no side longer than
    `SMALLEST_SIDE`. Raises ImportError for "mp4" without PyAV.
    """
    h, w, _ = faces[0].shape
    side = max(max(h, w), LOOP_SIDES[form])
    while True:
        scale = side / max(h, w)
        size = [max(2, round(length * scale / 2) * 2) for length in (w, h)]  # even, as videos want it
        shown = [Image.fromarray(enlarge(face, *size)) for face in faces]
        if form == "gif":
            shown = _in_one_palette(shown)
        frames = [shown[i] for i in order]
        if form == "mp4":
            encoded = encode_mp4(frames, durations, recipe)
        else:
            encoded = _encoded(frames, durations, recipe, form == "gif")
        if len(encoded.content) <= most_bytes or side <= SMALLEST_SIDE:
            return encoded
        side = max(SMALLEST_SIDE, round(0.8 * side))


def _encoded(frames: Sequence[Image.Image], durations: Sequence[int], recipe: str, gif: bool) -> Encoded:
    if gif:
        kind, options = "GIF", {"disposal": 1, **gif_options(recipe)}
    else:
        kind, options = "WEBP", {"quality": QUALITY, "method": 3, **exif_options(recipe)}
    buffer = io.BytesIO()
    first, *rest = frames
    first.save(buffer, kind, save_all=True, append_images=rest, duration=list(durations), loop=0, **options)
    return Encoded(buffer.getvalue(), f"image/{kind.lower()}", first.width, first.height)


def _in_one_palette(frames: list[Image.Image]) -> list[Image.Image]:
    """The frames with colours from one palette and no dither: noise that changes with every frame is what makes a GIF
    large."""
    some = np.concatenate([np.asarray(frame)[::2, ::2] for frame in frames])  # the palette is as good of a quarter
    palette = Image.fromarray(some).quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    return [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
