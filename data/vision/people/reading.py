"""What the head of somebody in a photograph is like, by a network that has seen drawings first and photographs then.

torch is imported when the first head is read: who only looks for faces needs none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from data.pictures import Pixels
from data.vision.frame import Frame
from data.vision.people.aligning import face_of
from data.vision.people.fitted import WEIGHTS, PeopleUnavailable
from data.vision.people.framing import frame
from data.vision.people.hair import FAMILIES, LIGHTNESS
from data.vision.people.patches import Pyramid

if TYPE_CHECKING:
    from data.vision.features import Features

READER = WEIGHTS / "reader"
SIDE = 96  # px of what is read

ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "lightness": LIGHTNESS,
    "hair": FAMILIES,
    "look": ("left", "front", "right"),
    "mouth": ("closed", "open"),
    "glasses": ("no", "yes"),
    "gender": ("feminine", "masculine"),
    "age": ("adult", "child"),
    "smile": ("no", "yes"),
    "skin": ("light", "medium", "dark"),
}
"""What is read, and the words for it; left and right are the viewer's."""

VALUES: dict[str, dict[str, float]] = {
    name: dict(zip(ATTRIBUTES[name], (-1.0, 0.0, 1.0), strict=True)) for name in ("look", "skin")
}
"""What is read as a number, too: these words, and all between."""

TURNED = "look"  # what a mirror changes


@dataclass(frozen=True, slots=True)
class Reading:
    """Of each of ATTRIBUTES the probability of its words, and of each of VALUES a number."""

    words: Mapping[str, Mapping[str, float]]
    numbers: Mapping[str, float]

    def word(self, attribute: str) -> tuple[str, float]:
        """The likeliest one and its probability."""
        return max(self.words[attribute].items(), key=lambda one: one[1])


def head(picture: Pyramid, aligned: Frame) -> Pixels:
    """uint8 (SIDE, SIDE, 3): what is read of a picture (H, W, 3) in which a face is aligned so."""
    return np.asarray(picture.square(frame(face_of(aligned, 1.0)), SIDE), np.uint8)


def read(picture: Pyramid, aligned: Frame) -> Reading:
    """What a head is like: the mean of what is read of it and of its mirror image. Raises PeopleUnavailable."""
    square = head(picture, aligned)
    one, other = _reader().see((square, np.ascontiguousarray(square[:, ::-1])))
    words = {
        name: {word: (one.choices[name][word] + other.choices[name][_mirrored(name, word)]) / 2 for word in options}
        for name, options in ATTRIBUTES.items()
    }
    sign = lambda name: -1.0 if name == TURNED else 1.0
    return Reading(words, {name: (one.numbers[name] + sign(name) * other.numbers[name]) / 2 for name in VALUES})


def _mirrored(name: str, word: str) -> str:
    options = ATTRIBUTES[name]
    return options[-1 - options.index(word)] if name == TURNED else word


@cache
def _reader(folder: Path = READER) -> Features:
    """Raises PeopleUnavailable for a folder that holds no such network."""
    from data.vision.features import Features, FeaturesUnavailable

    try:
        features = Features(folder)
    except FeaturesUnavailable as error:
        raise PeopleUnavailable(str(error)) from error
    config = features.config
    if dict(config.choices) != ATTRIBUTES or config.numbers != tuple(VALUES):
        raise PeopleUnavailable(f"{folder / 'config.json'} reads something else of people")
    return features
