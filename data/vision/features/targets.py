"""What the features network learns to say about a picture, read off a drawn picture's labels. Numpy only.

Where a drawing is between two words, or does not show what the word is about, there is no answer to learn: nobody is
told that eyes which are shut are blue.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from data.drawn.parameters import BACKS, EXPRESSIONS, EYE_SHAPES, FRINGES, MASKS
from data.labels import ATTRIBUTES, NAMES, encode

CHOICES: dict[str, tuple[str, ...]] = {
    **ATTRIBUTES,
    "expression": EXPRESSIONS,
    "fringe": FRINGES,
    "back": BACKS,
    "eye_shape": EYE_SHAPES,
    "mask": MASKS,
    "wink": ("yes", "no"),
    "two_tone": ("yes", "no"),  # hair of two colours
}
NUMBERS: tuple[str, ...] = (
    *(name for name in NAMES[: NAMES.index("glasses")]),  # the rest of NAMES is yes or no, and stands in CHOICES
    "left_eye_open",
    "right_eye_open",
)
UNKNOWN = -1  # among choices; among numbers it is NaN

_OPPOSITE = {
    "look": {"left": "right", "right": "left"},
    "fringe": {"swept_left": "swept_right", "swept_right": "swept_left"},
}
_TURNED = ("yaw", "roll")
_SHUT = 0.15  # eyes this little open show no iris
_TWIN_TAILS, _PONYTAILS = ("twin_tails", "drills", "braids"), ("ponytail", "side_tail")
# Attribute -> number -> word: (from, to); the gaps between are for no word to claim.
_RANGES: dict[str, tuple[str, dict[str, tuple[float, float]]]] = {
    "lids": ("eyes_open", {"closed": (0.0, 0.1), "half": (0.25, 0.68), "open": (0.76, 1.0)}),
    "age": ("age", {"child": (0.0, 0.26), "teen": (0.34, 0.66), "adult": (0.74, 1.0)}),
    "gender": ("masculine", {"feminine": (0.0, 0.35), "masculine": (0.6, 1.0)}),
    "length": ("hair_reach", {"short": (0.0, 0.25), "medium": (0.32, 0.62), "long": (0.72, 1.0)}),
    "skin": ("skin_tone", {"pale": (0.0, 0.21), "tan": (0.3, 0.6), "dark": (0.7, 1.0)}),
    "look": ("yaw", {"left": (-1.0, -0.4), "front": (-0.26, 0.26), "right": (0.4, 1.0)}),
    "blush": ("blush", {"no": (0.0, 0.25), "yes": (0.6, 1.0)}),
}


def targets(labels: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Labels of a drawn picture -> int64 (len(CHOICES),), UNKNOWN where no word fits, and float32 (len(NUMBERS),)."""
    numbers = _numbers(labels)
    words = _words(labels, numbers)
    chosen = [
        options.index(word) if (word := words.get(attribute)) in options else UNKNOWN
        for attribute, options in CHOICES.items()
    ]
    return np.array(chosen, np.int64), np.array([numbers[name] for name in NUMBERS], np.float32)


def word_of(attribute: str, labels: Mapping[str, Any]) -> str | None:
    """The word of an attribute that is true of a drawn picture; None where it is between two, or cannot be seen."""
    return _words(labels, _numbers(labels)).get(attribute)


def _numbers(labels: Mapping[str, Any]) -> dict[str, float]:
    numbers = dict(zip(NAMES, encode(labels).tolist(), strict=True))
    numbers |= {name: float(labels[name]) for name in ("left_eye_open", "right_eye_open")}
    if max(numbers["left_eye_open"], numbers["right_eye_open"]) < _SHUT or _odd(labels):
        numbers |= {"eye_l": np.nan, "eye_a": np.nan, "eye_b": np.nan}
    if labels["mask"] == "medical":
        numbers |= {"mouth_opening": np.nan, "smile": np.nan}
    return numbers


def _words(labels: Mapping[str, Any], numbers: Mapping[str, float]) -> dict[str, str | None]:
    shut = numbers["eyes_open"] < _SHUT
    wink = labels["wink"] != 0 and labels["eye_open"] > 0.5
    words: dict[str, str | None] = {
        "hair": labels["hair_color"],
        "eyes": None if np.isnan(numbers["eye_l"]) else labels["eye_color"],
        "glasses": "no" if labels["glasses"] == "none" else "yes",
        "mouth": _mouth(numbers),
        "ears": labels["ears"],
        "style": labels["style"],
        "hairstyle": _hairstyle(labels["back"]),
        "headwear": "no" if labels["headwear"] == "none" else "yes",
        "expression": labels["expression"],
        "fringe": labels["fringe"],
        "back": labels["back"],
        "eye_shape": None if shut else labels["eye_shape"],
        "mask": labels["mask"],
        "wink": None if shut else "yes" if wink else "no",
        "two_tone": "no" if labels["dye"] == "none" else "yes",
    }
    for attribute, (name, ranges) in _RANGES.items():
        value = numbers[name]
        words[attribute] = next((word for word, (low, high) in ranges.items() if low <= value <= high), None)
    if wink:
        words["lids"] = None
    return words


def _odd(labels: Mapping[str, Any]) -> bool:
    return labels["eye_color"] != labels["other_eye_color"]


def _mouth(numbers: Mapping[str, float]) -> str | None:
    opening, smile = numbers["mouth_opening"], numbers["smile"]
    if opening >= 0.35:
        return "open"
    if smile >= 0.5:
        return "smile"
    if opening > 0.1 or np.isnan(opening):
        return None
    return "frown" if smile <= -0.7 else "closed" if abs(smile) < 0.45 else None


def _hairstyle(back: str) -> str | None:
    if back == "buns":
        return None
    return "twin_tails" if back in _TWIN_TAILS else "ponytail" if back in _PONYTAILS else "loose"


def mirrored(chosen: np.ndarray, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What `targets` would say, (N, len(CHOICES)) and (N, len(NUMBERS)), of the same pictures seen in a mirror."""
    chosen, numbers = chosen.copy(), numbers.copy()
    for attribute, opposite in _OPPOSITE.items():
        column, options = list(CHOICES).index(attribute), CHOICES[attribute]
        turned = np.array([options.index(opposite.get(word, word)) for word in options] + [UNKNOWN])
        chosen[:, column] = turned[chosen[:, column]]
    for name in _TURNED:
        numbers[:, NUMBERS.index(name)] *= -1
    sides = [NUMBERS.index("left_eye_open"), NUMBERS.index("right_eye_open")]
    numbers[:, sides] = numbers[:, sides[::-1]]
    return chosen, numbers
