"""A sheet of contributions: each head with its number, and the sign of what became of it. The inside of the picture
lane."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache

import numpy as np
from PIL import Image, ImageDraw

from data.pictures import Pixels
from data.pictures.grid import PAPER, badge, enlarge, layout, rounded
from data.portrait.requests import LARGEST, Card, Mark

CELL = 192  # px of a head from which a sheet is laid out
BLANK, SOMEBODY = (236, 229, 223), (219, 208, 200)
PALE = 0.62  # how much of the paper is seen through what was refused
COLOURS = {"accepted": (62, 158, 98), "waiting": (222, 152, 38), "refused": (196, 82, 88)}
WHITE = (255, 255, 255)


def draw_cards(cards: Sequence[Card]) -> Image.Image:
    """The sheet of N >= 1 cards, in reading order. Raises what Pillow raises for what is no picture."""
    plan = layout(len(cards), CELL, CELL)
    side, gap = plan.cell_width, plan.gap or 12
    lone = len(cards) == 1  # on paper like the others, so that its sign stands out
    sheet = Image.new(
        "RGB", (plan.width + 2 * gap, plan.height + 2 * gap) if lone else (plan.width, plan.height), PAPER
    )
    mask = rounded(side, side, max(6, side // 24))
    for card, (x, y) in zip(cards, plan.places, strict=True):
        left, top = (x + gap, y + gap) if lone else (x, y)
        sheet.paste(Image.fromarray(_face(card, side)), (left, top), mask)
        if card.mark:
            sign = _sign(card.mark, max(24, side // 6))
            sheet.paste(sign, (left + side // 32, top + side // 32), sign)
        if card.number:
            pill = badge(card.number, max(13, side // 12))
            sheet.paste(pill.image, (left + side - pill.width - 4, top + side - pill.height - 4), pill.image)
    return sheet


def _face(card: Card, side: int) -> Pixels:
    """(side, side, 3)"""
    if card.content is None:
        return _blank(side)
    image = Image.open(io.BytesIO(card.content))
    if max(image.size) > LARGEST:
        raise ValueError(f"no portrait: {image.size}")
    pixels = enlarge(np.asarray(image.convert("RGB")), side, side)
    if card.mark != "refused":
        return pixels
    pale = pixels * (1 - PALE) + np.array(PAPER, np.float32) * PALE
    return pale.round().astype(np.uint8)


@cache
def _blank(side: int) -> Pixels:
    """(side, side, 3) the outline of somebody whom one does not get to see."""
    big = 2 * side
    image = Image.new("RGB", (big, big), BLANK)
    draw = ImageDraw.Draw(image)
    draw.ellipse((0.12 * big, 0.74 * big, 0.88 * big, 1.5 * big), fill=SOMEBODY)
    draw.ellipse((0.26 * big, 0.2 * big, 0.74 * big, 0.72 * big), fill=SOMEBODY)
    return np.asarray(image.resize((side, side), Image.Resampling.LANCZOS))


@cache
def _sign(mark: Mark, size: int) -> Image.Image:
    """(RGBA) a tick, three dots, a cross, in a disc of `size` px."""
    big = 4 * size
    image = Image.new("RGBA", (big, big), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.ellipse((0, 0, big - 1, big - 1), fill=(*WHITE, 255))
    rim = big // 14
    draw.ellipse((rim, rim, big - 1 - rim, big - 1 - rim), fill=(*COLOURS[mark], 255))
    width = big // 9
    if mark == "accepted":
        _stroke(draw, [(0.28, 0.53), (0.44, 0.68), (0.73, 0.36)], big, width)
    elif mark == "refused":
        _stroke(draw, [(0.33, 0.33), (0.67, 0.67)], big, width)
        _stroke(draw, [(0.67, 0.33), (0.33, 0.67)], big, width)
    else:
        for x in (0.28, 0.5, 0.72):
            _dot(draw, x * big, 0.5 * big, 0.07 * big)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def _stroke(draw: ImageDraw.ImageDraw, points: Sequence[tuple[float, float]], big: int, width: int) -> None:
    placed = [(x * big, y * big) for x, y in points]
    draw.line(placed, fill=(*WHITE, 255), width=width, joint="curve")
    for x, y in (placed[0], placed[-1]):
        _dot(draw, x, y, width / 2)


def _dot(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float) -> None:
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(*WHITE, 255))
