"""What people would call somebody's hair: by the photographs that are like hers, whose hair a person has named.

Colours alone do not say it: lamps change them, hair that is cut short is half skin, and a mask may show what is behind.
"""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from data.pictures import Pixels
from data.vision.frame import Frame
from data.vision.people.aligning import LOOKED_AT
from data.vision.people.colouring import Colours, far, oklab, within
from data.vision.people.fitted import Likeness
from data.vision.people.patches import Pyramid

LIGHTNESS = ("dark", "mid", "light")
FAMILIES = ("black", "brown", "blond", "red", "grey", "other")
TOGETHER = (
    ("dark", "black"), ("dark", "brown"), ("dark", "red"), ("dark", "other"), ("mid", "brown"), ("mid", "blond"),
    ("mid", "red"), ("mid", "grey"), ("mid", "other"), ("light", "blond"), ("light", "grey"), ("light", "other"),
)  # fmt: skip
"""What hair can be."""

NEAREST = 0.3  # likeness, from 0 to 1: where no photograph is so like, nothing is said

# In parts of FFHQ's square (see `aligning`): the arc about the face in which hair is most often, between two ellipses
# about one middle; what is behind, and what is looked at as a whole.
_MIDDLE, _AXES, _INNER, _OUTER, _BEHIND, _LOWEST = (0.5, 0.45), (0.315, 0.345), 0.88, 1.08, 1.45, 0.42
_CROWN = (0.5, 0.11, 0.17, 0.06)
_WHOLE = (0.5, 0.36, 1.1)
_TINTS = 6  # px of a side
_ALIKE = 0.06  # in OKLab with half of the lightness: so near to skin, or to what is behind, is likely that
_LIT = (0.4, 0.95)  # of the arc, by its lightness
_LEAST = 25  # pixels

_SPREAD = np.array([0.17, 0.027, 0.027], np.float32)  # of hair's colours in photographs, OKLab
_OF_PLACES, _OF_FACE, _OF_WHOLE = 1.0, 0.55, 0.55  # what the parts of a description count
_READ = ("child", "glasses", "masculine", "skin")  # of `reading`: who has which hair, and how dark a face is by itself


def described(
    picture: Pixels, across: np.ndarray, down: np.ndarray, aligned: Frame, measured: Colours,
    told: Mapping[str, float],
) -> np.ndarray | None:  # fmt: skip
    """uint8 (H, W, 3) of a face, its coordinates (`masking`), what was measured and what `reading` reads -> float32, in
    units in which two photographs that are little alike are about 1 apart; None where no hair was measured."""
    if measured.hair is None or measured.skin is None:
        return None
    lab = oklab(np.asarray(cv2.GaussianBlur(picture, (0, 0), max(0.5, picture.shape[1] / 100)), np.uint8))
    skin = np.array(measured.skin.lab, np.float32)
    places = [np.array(measured.hair.lab, np.float32), *_arc(lab, skin, across, down)]
    crown = lab[within(_CROWN, across, down)]
    places.append(np.median(crown, 0) if len(crown) >= _LEAST else places[-1])
    whole = Frame(aligned.x, aligned.y, aligned.side / LOOKED_AT[2], aligned.turn)
    x, y = whole.matrix(1) @ [0.5 + _WHOLE[0] - LOOKED_AT[0], 0.5 + _WHOLE[1] - LOOKED_AT[1], 1]
    square = Pyramid(picture).square(Frame(float(x), float(y), whole.side * _WHOLE[2], aligned.turn))
    tints = oklab(np.asarray(cv2.resize(square, (_TINTS, _TINTS), interpolation=cv2.INTER_AREA), np.uint8))
    face = [*(skin / _SPREAD), *(1.5 * np.tanh(told[name]) for name in _READ)]
    parts = [(np.stack(places) / _SPREAD, _OF_PLACES), (np.array(face), _OF_FACE), (tints / _SPREAD, _OF_WHOLE)]
    return np.concatenate([_part(numbers, counts) for numbers, counts in parts])


def named(x: np.ndarray, likeness: Likeness) -> tuple[str, str] | None:
    """The lightness and the family of hair that is described so; None where no photograph is like it."""
    near = likeness.near(x)
    if near.max() < NEAREST:
        return None
    said = likeness.said(near)
    light, family = said[: len(LIGHTNESS)], said[len(LIGHTNESS) :]
    return max(TOGETHER, key=lambda pair: light[LIGHTNESS.index(pair[0])] + family[FAMILIES.index(pair[1])])


def _part(numbers: np.ndarray, counts: float) -> np.ndarray:
    return (counts / np.sqrt(numbers.size) * numbers.ravel()).astype(np.float32)


def _arc(lab: np.ndarray, skin: np.ndarray, across: np.ndarray, down: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of the arc about the face: its colour where it is lit and neither skin nor what is behind; and all in all."""
    out = np.hypot((across - _MIDDLE[0]) / _AXES[0], (down - _MIDDLE[1]) / _AXES[1])
    above = down < _LOWEST
    arc = lab[(out > _INNER) & (out < _OUTER) & above]
    if len(arc) < _LEAST:
        arc = lab[out < _OUTER]
    if len(arc) < _LEAST:
        arc = lab.reshape(-1, 3)
    middle = np.median(arc, 0)
    around = lab[(out > _BEHIND) & above]
    behind = np.median(around, 0) if len(around) >= _LEAST else middle
    arc = arc[np.argsort(arc[:, 0], kind="stable")]
    weight = np.ones(len(arc))
    for other in (skin, behind):
        weight *= 1.03 - np.exp(-((far(arc, other) / _ALIKE) ** 2))
    darker = np.cumsum(weight) / weight.sum()
    lit = (darker > _LIT[0]) & (darker < _LIT[1])
    return (np.average(arc[lit], 0, weight[lit]) if lit.any() else middle), middle
