"""A stranger's picture as pixels that a network can be shown: upright, opaque, sRGB, 8 bits.

Memory stays near four bytes a pixel of the picture as it came, twice that where it has an alpha channel: it is made
small as soon as its mode allows, and everything else is done to the small one.
"""

from __future__ import annotations

import contextlib
import io

import numpy as np
from PIL import ExifTags, Image, ImageCms

from data.pictures.opening import MEDIA_TYPES, MOST_FRAMES, Unreadable, format_of, frames_of, opened
from data.pictures.recipe import recipe_in
from data.pictures.types import Decoded, Motion

_MOST_PROFILE = 4 << 20  # bytes of a colour profile; a printer's has half a megabyte
_MOST_DECODED = 150_000_000  # pixels of an animation, its frames together: some seconds' work
_LARGEST_MOVING = 8_000_000  # pixels of a frame; what is larger is a still, whatever it says
_LONGEST_SHOWN = 10_000  # ms
_SPACES = {"RGB": "RGB ", "RGBA": "RGB ", "L": "GRAY", "CMYK": "CMYK"}  # a mode's colour space, as ICC.1 names it
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture upright, by its orientation (Exif 2.32, tag 0x0112)."""
_LYING = (5, 6, 7, 8)


def decode(content: bytes, max_pixels: int, max_side: int, alpha: bool = False) -> Decoded:
    """The first frame of a picture; a side longer than `max_side` px is made that long. With `alpha` what is
    see-through stays so, else it is white. Raises `Unreadable`."""
    with opened(content, max_pixels) as image:
        recipe, frames, (width, height) = recipe_in(image), frames_of(image, content), image.size
        profile = image.info.get("icc_profile")
        rough = 1.5 * max_side / max(width, height)
        if rough < 1:  # a large JPEG is decoded at a half, a quarter or an eighth of its size
            image.draft(None, (max(1, round(width * rough)), max(1, round(height * rough))))
        image.load()
        orientation = _orientation(image)
        small = resizable(image)
        small.thumbnail((max_side, max_side), Image.Resampling.LANCZOS)
        true = _in_srgb(small, profile)
        flat = true if alpha and true.mode == "RGBA" else flattened(true)
        if orientation in _TURNS:
            flat = flat.transpose(_TURNS[orientation])
        if orientation in _LYING:
            width, height = height, width
        return Decoded(np.array(flat), width, height, MEDIA_TYPES[format_of(content)], frames, recipe)


def decode_motion(content: bytes, max_pixels: int, max_side: int, most: int) -> Motion | None:
    """At most `most` >= 2 frames of an animation, evenly chosen; None where it does not move, or is too large to.

    What is left out between two frames lengthens the first of them; of one that takes more than `_MOST_DECODED` pixels
    to read, the beginning. Raises `Unreadable`.
    """
    with opened(content, max_pixels) as image:
        canvas = image.width * image.height
        count = min(frames_of(image, content), MOST_FRAMES, _MOST_DECODED // canvas)
        if count < 2 or canvas > _LARGEST_MOVING:
            return None
        step = -(-count // most)
        frames: list[np.ndarray] = []
        durations: list[int] = []
        for number in range(count):
            try:
                image.seek(number)
                image.load()
            except (EOFError, OSError, SyntaxError):  # it promises more than it has: what there is, is shown
                break
            shown = _duration(image.info.get("duration"))
            if number % step:
                durations[-1] += shown
                continue
            small = resizable(image).copy()
            small.thumbnail((max_side, max_side), Image.Resampling.LANCZOS)
            frames.append(np.array(flattened(small)))
            durations.append(shown)
        if len(frames) < 2:
            return None
        return Motion(np.stack(frames), tuple(durations))


def _duration(value: object) -> int:
    """ms; what no screen could show is taken as browsers take it."""
    shown = int(value) if isinstance(value, int | float) and value == value else 0
    return min(shown, _LONGEST_SHOWN) if shown > 10 else 100


def resizable(image: Image.Image) -> Image.Image:
    """An image of mode RGB, RGBA, L or CMYK, of the same size: 16 bits scaled, palettes looked up, alpha kept."""
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode == "I":  # what Pillow makes of 16 bits where it has no mode for them
        return Image.fromarray((np.asarray(image).clip(0, 65535) >> 8).astype(np.uint8))
    if image.mode == "F":
        values = np.nan_to_num(np.asarray(image))
        scale = 255 if values.max() <= 1 else 1
        return Image.fromarray((values * scale).clip(0, 255).round().astype(np.uint8))
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image if image.mode in _SPACES else image.convert("RGB")


def flattened(image: Image.Image) -> Image.Image:
    """As RGB, on white where it is transparent."""
    if image.mode != "RGBA":
        return image.convert("RGB")
    flat = Image.new("RGB", image.size, "white")
    flat.paste(image, mask=image.getchannel("A"))
    return flat


def _in_srgb(image: Image.Image, profile: object) -> Image.Image:
    """By its colour profile, where it has one that fits; a profile that is no good is no reason to refuse a picture."""
    if not isinstance(profile, bytes) or not 0 < len(profile) <= _MOST_PROFILE:
        return image
    with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if getattr(own.profile, "xcolor_space", "") == _SPACES.get(image.mode):
            mode = "RGBA" if image.mode == "RGBA" else "RGB"
            changed = ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode=mode)
            return image if changed is None else changed
    return image


def _orientation(image: Image.Image) -> int:
    with contextlib.suppress(Exception):  # damaged metadata is no reason either
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    return 1


__all__ = ["Unreadable", "decode", "decode_motion", "flattened", "resizable"]
