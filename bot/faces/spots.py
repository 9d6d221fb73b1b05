"""Where somebody says that a head is: `at:120,80,60`, its middle and how high it is.

Pixels of the picture as it came, or percent: of its width, of its height, and of its width again. Several are set apart
by semicolons; without its height a head is as high as it usually is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.command import UserError
from bot.line.values import quoted
from data.pictures.requests import MOST_HEADS
from data.vision.faces import Face

USUAL = 0.45  # of a picture's shorter side
SMALLEST, LARGEST = 0.01, 2.0  # of its width
# How a head is built, as the drawing program's are: in lengths from the eyes to the chin, and where the eyes are in a
# face's box.
WIDE, HIGH, EYES = 2.5, 2.7, 0.43

_NUMBER = r"\s*(\d{1,5}(?:\.\d{1,3})?)(%?)\s*"
_SPOT = re.compile(rf"[(（]?{_NUMBER}[,，x*]{_NUMBER}(?:[,，x*]{_NUMBER})?[)）]?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Spot:
    """The middle of a head as shares of a picture's width and height, and its height as a share of the width."""

    x: float
    y: float
    size: float

    def face(self, width: int, height: int) -> Face:
        """As a finder would have found it in a picture of `width` x `height` px."""
        tall, x = self.size * width, self.x * width
        top, chin = self.y * height - tall / 2, self.y * height + tall / 2
        eyes = chin - tall / HIGH
        side = (chin - eyes) / (1 - EYES)
        wide = tall * WIDE / HIGH
        return Face(
            (x - side / 2, chin - side, side, side),
            1.0,
            (x - wide / 2, top, wide, tall),
            eyes=((x - side / 4, eyes), (x + side / 4, eyes)),
            chin=(x, chin),
        )


def spots_of(typed: str, width: int, height: int) -> tuple[Spot, ...]:
    """The places in a picture that came with `width` x `height` px. Raises `UserError`."""
    found = tuple(_spot(part, width, height) for part in re.split(r"[;；]", typed.translate(_WIDE)) if part.strip())
    if not found:
        raise UserError("conhead.at_odd", value=quoted(typed))
    if len(found) > MOST_HEADS:
        raise UserError("conhead.at_many", most=MOST_HEADS)
    return found


def in_the_middle(width: int, height: int) -> Spot:
    """Where a head is likeliest, in a picture where no face was found."""
    return Spot(0.5, 0.4 if height >= width else 0.45, 1.25 * USUAL * min(width, height) / width)


def in_percent(spots: Sequence[Spot]) -> str:
    """As they are typed."""
    return ";".join(f"{100 * spot.x:.3g}%,{100 * spot.y:.3g}%,{100 * spot.size:.3g}%" for spot in spots)


def _spot(typed: str, width: int, height: int) -> Spot:
    found = _SPOT.fullmatch(typed.strip())
    if found is None:
        raise UserError("conhead.at_odd", value=quoted(typed))
    x, y = _share(found[1], found[2], width), _share(found[3], found[4], height)
    size = _share(found[5], found[6], width) if found[5] else USUAL * min(width, height) / width
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise UserError("conhead.at_outside", value=quoted(typed), width=width, height=height)
    return Spot(round(x, 4), round(y, 4), round(min(LARGEST, max(SMALLEST, size)), 4))


def _share(number: str, percent: str, whole: int) -> float:
    return float(number) / (100 if percent else whole)


_WIDE = str.maketrans("０１２３４５６７８９％．", "0123456789%.")
