"""Faces on a sheet: where they stand, and drawing them there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from cv2.typing import MatLike
from PIL import Image, ImageDraw, ImageFont

from data.pictures.layout import Layout, PairLayout, layout, pair_layout
from data.pictures.types import Faces, Pixels

PAPER = (250, 247, 244)  # a warm white, so that the sheet reads as one card on light and dark pages alike


def draw_sheet(faces: Faces, big: bool = False, numbered: bool = True, columns: int = 0) -> Image.Image:
    """The sheet of N >= 1 faces (H, W, 3) uint8: one fills it, several stand on paper, `numbered` or not."""
    h, w, _ = faces[0].shape
    plan = layout(len(faces), w, h, big, columns)
    if len(faces) == 1:
        return Image.fromarray(enlarge(faces[0], plan.cell_width, plan.cell_height))
    sheet = Image.new("RGB", (plan.width, plan.height), PAPER)
    mask = rounded(plan.cell_width, plan.cell_height, plan.gap)
    for number, (face, (x, y)) in enumerate(zip(faces, plan.places, strict=True), start=1):
        sheet.paste(Image.fromarray(enlarge(face, plan.cell_width, plan.cell_height)), (x, y), mask)
        if not numbered:
            continue
        pill = badge(number, max(11, plan.cell_width // 11))
        sheet.paste(
            pill.image, (x + plan.cell_width - pill.width - 3, y + plan.cell_height - pill.height - 3), pill.image
        )
    return sheet


def enlarge(face: Pixels, width: int, height: int) -> Pixels:
    """`face` (H, W, 3) at another size, in pixels.

    Bicubic where it grows a little, since a sheet of 64 is waited for; Lanczos and a mild unsharp mask where it grows
    to twice its size or more, for crisp outlines.
    """
    h, w, _ = face.shape
    if (w, h) == (width, height):
        return face
    if width < w:
        return _uint8(cv2.resize(face, (width, height), interpolation=cv2.INTER_AREA))
    if width < 2 * w:
        return _uint8(cv2.resize(face, (width, height), interpolation=cv2.INTER_CUBIC))
    grown = cv2.resize(face, (width, height), interpolation=cv2.INTER_LANCZOS4)
    blurred = cv2.GaussianBlur(grown, (0, 0), sigmaX=0.6 * width / w)
    return _uint8(cv2.addWeighted(grown, 1.25, blurred, -0.25, 0.0))


def _uint8(pixels: MatLike) -> Pixels:
    """OpenCV's stubs know only that it gives an array."""
    return pixels.astype(np.uint8, copy=False)


@dataclass(frozen=True, slots=True)
class Badge:
    """A picture (RGBA) and its size in px."""

    image: Image.Image
    width: int
    height: int


@cache
def badge(number: int, size: int) -> Badge:
    """A small pill with a face's number, its letters of `size` px, so that it can be named where there is nothing to
    click on."""
    font = ImageFont.load_default(size)
    left, top, right, bottom = font.getbbox(str(number))
    width = max(math.ceil(right - left) + size, math.ceil(size * 1.5))
    height = math.ceil(size * 1.45)
    image = Image.new("RGBA", (width * 2, height * 2), (0, 0, 0, 0))
    ImageDraw.Draw(image).rounded_rectangle((0, 0, width * 2 - 1, height * 2 - 1), height, fill=(40, 30, 45, 120))
    image = image.resize((width, height), Image.Resampling.LANCZOS)
    at = ((width - (right - left)) / 2 - left, (height - (bottom - top)) / 2 - top)
    ImageDraw.Draw(image).text(at, str(number), font=font, fill=(255, 255, 255, 235))
    return Badge(image, width, height)


@cache
def rounded(width: int, height: int, radius: int) -> Image.Image:
    """A mask of a card with round corners; all in px."""
    mask = Image.new("L", (width * 2, height * 2), 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, width * 2 - 1, height * 2 - 1), radius * 2, fill=255)
    return mask.resize((width, height), Image.Resampling.LANCZOS)


def draw_pairs(before: Faces, after: Faces, numbered: bool = True) -> Image.Image:
    """N >= 1 squares (S, S, 3) uint8 each beside what became of it; several are `numbered` or not."""
    plan = pair_layout(len(after))
    sheet = Image.new("RGB", (plan.sheet.width, plan.sheet.height), PAPER)
    mask = rounded(plan.side, plan.side, max(4, plan.side // 28))
    for faces, places in ((before, plan.befores), (after, plan.afters)):
        for face, place in zip(faces, places, strict=True):
            sheet.paste(Image.fromarray(enlarge(face, plan.side, plan.side)), place, mask)
    for number, (x, y) in enumerate(plan.afters if numbered and len(after) > 1 else (), start=1):
        pill = badge(number, max(11, plan.side // 11))
        sheet.paste(pill.image, (x + plan.side - pill.width - 3, y + plan.side - pill.height - 3), pill.image)
    return sheet


__all__ = ["Layout", "PairLayout", "badge", "draw_pairs", "draw_sheet", "enlarge", "layout", "pair_layout", "rounded"]
