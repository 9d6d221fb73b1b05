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
_LIGHT = 0.5  # what lightness counts against the rest where a family is chosen: lamps change it most

_PALEST, _RANGE = 0.88, 0.32  # lightness of a porcelain cheek, and how much darker a deep brown one is

DARK, LIGHT = -0.55, 0.75  # `hair_l` of what lies between brown and chestnut, and between orange and silver

FAMILIES = {"chestnut": "brown", "orange": "red", "silver": "grey", "white": "grey"} | dict.fromkeys(
    ("pink", "purple", "blue", "teal", "green"), "other"
)
"""Of hair colours, what people call them: others keep their names (black, brown, blond, red)."""


def hair_values(lab: Lab) -> dict[str, float]:
    """Label values of a photograph's hair, OKLab."""
    lightness, a, b = lab
    chroma = math.hypot(a, b)
    drawn = float(np.clip(_DRAWN_DARKEST + _STEEPER * (lightness - _DARKEST), 0.25, 0.95))
    clearer = min(_CLEARER * chroma, _CLEAREST) / max(chroma, 1e-6)
    return {"hair_l": (drawn - 0.62) / 0.22, "hair_a": a * clearer / 0.1, "hair_b": b * clearer / 0.1}


def hair_word(numbers: dict[str, float]) -> tuple[str, float]:
    """The hair colour of `data.labels.ATTRIBUTES` that label values are nearest to, and how surely: 0.5 where another
    family is as near, 1 where none is."""
    far = {word: _distance(numbers, word) for word in HAIR_COLORS}
    word = min(far, key=far.__getitem__)
    other = min(distance for name, distance in far.items() if family(name) != family(word))
    return word, other / (other + far[word] + 1e-9)


def family(word: str) -> str:
    """What people call a hair colour: black, brown, blond, red, grey or other."""
    return FAMILIES.get(word, word)


def lightness(value: float) -> str:
    """dark, mid or light: of hair whose `hair_l` is such."""
    return "dark" if value < DARK else "light" if value > LIGHT else "mid"


def skin_tone(lab: Lab) -> float:
    """0 … 1, as `data.drawn.palettes.skin_of` has it."""
    return float(np.clip((_PALEST - lab[0]) / _RANGE, 0.0, 1.0))


def _distance(numbers: dict[str, float], word: str) -> float:
    units = {"hair_l": _LIGHT * 0.22, "hair_a": 0.1, "hair_b": 0.1}
    drawn = color_values("hair", HAIR_COLORS[word])
    return math.sqrt(sum((unit * (numbers[name] - drawn[name])) ** 2 for name, unit in units.items()))
