"""Heads that are drawn for a face: in its size, turned as it is, with lines as thick as the picture's."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
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
        parameters = Parameters(
            **{**self._character(), **MOODS[self.mood]},
            yaw=max(-WIDEST, min(WIDEST, math.degrees(math.asin(face.turn)))),
            scale=SCALE,
            line_weight=min(1.5, max(0.0, (outline / max(face.length, 1.0) - LINES[0]) / (LINES[1] - LINES[0]))),
        )
        # The labels of a small drawing tell how large one is wanted.
        rough = anchors_in(draw_head(parameters, SIDES[0]).labels)
        side = min(SIDES[1], max(SIDES[0], math.ceil(SIDES[0] * scale_for(rough, face))))
        drawing = draw_head(parameters, side)
        return Head(drawing.pixels, anchors_in(drawing.labels))

    def _character(self) -> dict[str, Any]:
        if isinstance(self.who, str):
            return CHARACTERS[self.who]
        character = sample_character(self.who)
        return character if character["back"] in COMPACT else character | {"back": "bob"}


def anchors_in(labels: Mapping[str, Any]) -> Anchors:
    """Of a drawing, from its labels."""
    (lx, ly), (rx, ry) = labels["left_eye"], labels["right_eye"]
    x, y, w, h = labels["head_box"]
    cx, cy = labels["chin"]
    turn = math.sin(math.radians(float(labels["yaw"])))
    return Anchors(((lx + rx) / 2, (ly + ry) / 2), (cx, cy), (x, y, w, h), float(labels["roll"]), turn)
