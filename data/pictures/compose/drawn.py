"""Heads that are drawn for a face: in its size, turned as it is, with lines as thick as the picture's."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from data.drawn import Parameters, draw_head
from data.drawn.characters import CHARACTERS, sample_character
from data.drawn.moods import MOODS
from data.pictures.compose.anchors import Anchors, scale_for
from data.pictures.compose.head import Head

SCALE = 0.27  # half the face as a share of the frame: all of the hair is in it
WIDEST = 34.0  # degrees of yaw that a head is drawn at
LINES = (0.013, 0.023)  # widths of lines that `line_weight` 0 and 1 stand for, as a share of eyes to chin
SIDES = (48, 1024)  # px of the frame
YAW_STEP, WEIGHT_STEP, SIDE_STEP = 2.0, 0.125, 1.08  # degrees, of a line's weight, times: finer nobody sees it
KEPT = 24  # drawings, of at most 4 MB
COMPACT = ("bob", "short", "pixie", "spiky", "buns")  # hair that ends above the shoulders, whosever they are


@dataclass(frozen=True, slots=True)
class Sitter:
    """Somebody whose head can be drawn."""

    who: str | int  # one of `data.drawn.characters.CHARACTERS`, or the seed of somebody by chance
    mood: str  # one of `data.drawn.moods.MOODS`

    def head(self, face: Anchors, outline: float) -> Head:
        """For a face; `outline` is the width of the lines around it, in pixels, 0.0 where it has none.

        Raises KeyError for nobody's name and `data.drawn.DrawingUnavailable`.
        """
        yaw = max(-WIDEST, min(WIDEST, math.degrees(math.asin(face.turn))))
        weight = min(1.5, max(0.0, (outline / max(face.length, 1.0) - LINES[0]) / (LINES[1] - LINES[0])))
        pose = YAW_STEP * round(yaw / YAW_STEP), WEIGHT_STEP * round(weight / WEIGHT_STEP)
        # The labels of a small drawing tell how large one is wanted.
        wanted = SIDES[0] * scale_for(_drawn(self, *pose, SIDES[0]).anchors, face)
        size = SIDES[0] * SIDE_STEP ** math.ceil(math.log(max(1.0, wanted / SIDES[0]), SIDE_STEP))
        return _drawn(self, *pose, min(SIDES[1], math.ceil(size)))

    def parameters(self, yaw: float, line_weight: float) -> Parameters:
        """As `data.drawn` draws them; `yaw` in degrees. Raises KeyError for nobody's name."""
        fixed = {**self._character(), **MOODS[self.mood]}
        return Parameters(**fixed, yaw=yaw, scale=SCALE, line_weight=line_weight)

    def _character(self) -> dict[str, Any]:
        if isinstance(self.who, str):
            return CHARACTERS[self.who]
        character = sample_character(self.who)
        return character if character["back"] in COMPACT else character | {"back": "bob"}


@lru_cache(KEPT)
def _drawn(sitter: Sitter, yaw: float, line_weight: float, side: int) -> Head:
    """Many heads in a picture, and many pictures, ask for the same one."""
    drawing = draw_head(sitter.parameters(yaw, line_weight), side)
    return Head(drawing.pixels, anchors_in(drawing.labels))


def anchors_in(labels: Mapping[str, Any]) -> Anchors:
    """Of a drawing, from its labels."""
    (lx, ly), (rx, ry) = labels["left_eye"], labels["right_eye"]
    x, y, w, h = labels["head_box"]
    cx, cy = labels["chin"]
    turn = math.sin(math.radians(float(labels["yaw"])))
    return Anchors(((lx + rx) / 2, (ly + ry) / 2), (cx, cy), (x, y, w, h), float(labels["roll"]), turn)
