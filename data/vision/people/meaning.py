"""From colours as a camera sees them to those that the drawing program would draw, in the units of `data.labels`.

A drawing's colour is the one in full light, and clearer than nature's: a photograph's hair is half shadow.
"""

from __future__ import annotations

import math

import numpy as np

from data.drawn.palettes import HAIR_COLORS
from data.labels import color_values

Lab = tuple[float, float, float]

# Chosen on 200 photographs whose hair a person has named, those that put most of it to the family that was named.
_DARKEST, _DRAWN_DARKEST, _STEEPER = 0.25, 0.31, 1.35
_CLEARER, _CLEAREST = 2.5, 0.18  # times the chroma, and the most of it that drawn hair has
_BROWN, _YELLOWER, _YELLOWEST = 50.0, 2.0, 92.0  # degrees of hue: what is yellower than brown is blond, drawn as yellow
_LIGHT = 0.4  # what lightness counts against the rest where a family is chosen: lamps change it most

DARK, LIGHT = -0.55, 0.75  # `hair_l` of what lies between brown and chestnut, and between orange and silver

_CLEARLY = {"dark": (-1.6, DARK - 0.25), "mid": (DARK + 0.3, LIGHT - 0.35), "light": (LIGHT + 0.2, 1.5)}
_FAR = 0.06  # in OKLab, with `_LIGHT`: at such a distance a family goes with what was measured a third as well
_NEARER = 0.6  # as `hair_word` has it: from here on no other family is nearly as near

FAMILIES = {"chestnut": "brown", "orange": "red", "silver": "grey", "white": "grey"} | dict.fromkeys(
    ("pink", "purple", "blue", "teal", "green"), "other"
)
"""Of hair colours, what people call them: others keep their names (black, brown, blond, red)."""


def hair_values(lab: Lab) -> dict[str, float]:
    """Label values of a photograph's hair, OKLab."""
    seen, a, b = lab
    drawn = float(np.clip(_DRAWN_DARKEST + _STEEPER * (seen - _DARKEST), 0.25, 0.95))
    chroma, hue = min(_CLEARER * math.hypot(a, b), _CLEAREST), math.degrees(math.atan2(b, a))
    if _BROWN < hue < 100:
        hue = min(_BROWN + _YELLOWER * (hue - _BROWN), max(hue, _YELLOWEST))
    across, down = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    return {"hair_l": (drawn - 0.62) / 0.22, "hair_a": across / 0.1, "hair_b": down / 0.1}


def hair_word(numbers: dict[str, float]) -> tuple[str, float]:
    """The hair colour of `data.labels.ATTRIBUTES` that label values are nearest to, and how surely: 0.5 where another
    family is as near, 1 where none is."""
    far = {word: _distance(numbers, word) for word in HAIR_COLORS}
    word = min(far, key=far.__getitem__)
    other = min(distance for name, distance in far.items() if family(name) != family(word))
    return word, other / (other + far[word] + 1e-9)


def hair_families(numbers: dict[str, float]) -> dict[str, float]:
    """How well label values that were measured go with each family, by the nearest of its colours: 1 where they are
    just it."""
    found: dict[str, float] = {}
    for word in HAIR_COLORS:
        well = math.exp(-_distance(numbers, word) / _FAR)
        found[family(word)] = max(found.get(family(word), 0.0), well)
    return found


def family(word: str) -> str:
    """What people call a hair colour: black, brown, blond, red, grey or other."""
    return FAMILIES.get(word, word)


def hair_as(numbers: dict[str, float], light: str, called: str) -> dict[str, float]:
    """Label values of hair, moved as little as needed to be clearly of a lightness and a family, as `lightness` and
    `family` have them: what is drawn of them is read again, and not exactly."""
    low, high = _CLEARLY[light]

    def within(one: dict[str, float]) -> dict[str, float]:
        return {**one, "hair_l": min(max(one["hair_l"], low), high)}

    def clear(one: dict[str, float]) -> float:
        word, nearness = hair_word(one)
        return nearness if family(word) == called else 0.0

    drawn = [color_values("hair", rgb) for word, rgb in HAIR_COLORS.items() if family(word) == called]
    targets = [within(one) for one in drawn]  # a dark pink would be called red
    numbers = within(numbers)
    clearest = max(clear(one) for one in targets)
    target = min((one for one in targets if clear(one) >= min(_NEARER, clearest)), key=lambda one: _apart(numbers, one))
    for step in np.linspace(0, 1, 11):
        moved = {name: float((1 - step) * value + step * target[name]) for name, value in numbers.items()}
        if clear(moved) >= _NEARER:
            return moved
    return target


def hair_called(called: str) -> dict[str, float]:
    """Label values of the first drawn hair of a family."""
    return next(color_values("hair", rgb) for word, rgb in HAIR_COLORS.items() if family(word) == called)


def lightness(value: float) -> str:
    """dark, mid or light: of hair whose `hair_l` is such."""
    return "dark" if value < DARK else "light" if value > LIGHT else "mid"


def skin_tone(read: float) -> float:
    """0 … 1, as `data.drawn.palettes.skin_of` has it, of what is read of a face: -1 light, 0 medium, 1 dark."""
    return float(np.interp(read, (-1.3, -1.0, 0.0, 1.0, 1.3), (0.03, 0.1, 0.45, 0.85, 1.0)))


def _distance(numbers: dict[str, float], word: str) -> float:
    return _apart(numbers, color_values("hair", HAIR_COLORS[word]))


def _apart(numbers: dict[str, float], drawn: dict[str, float]) -> float:
    units = {"hair_l": _LIGHT * 0.22, "hair_a": 0.1, "hair_b": 0.1}
    return math.sqrt(sum((unit * (numbers[name] - drawn[name])) ** 2 for name, unit in units.items()))
