"""What a face's labels are to a network: one vector of numbers, and the words that stand for parts of it.

Numbers only, so that what lies between two labels means something: hair fades, a mouth opens by degrees. Needs numpy
alone; the bot's process uses it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from data.drawn.color import RGB, to_oklch
from data.drawn.meaning import reading
from data.drawn.palettes import EYE_COLORS, HAIR_COLORS
from data.drawn.parameters import STYLES, Parameters

NAMES: tuple[str, ...] = (
    "hair_l", "hair_a", "hair_b", "eye_l", "eye_a", "eye_b", "skin_tone", "age", "masculine", "hair_reach", "hair_wave",
    "eyes_open", "mouth_opening", "smile", "blush", "yaw", "pitch", "roll", "glasses", "ears_cat", "ears_elf",
    "headwear", "ribbon", "twin_tails", "ponytail", "bare_forehead", *(f"style_{style}" for style in STYLES),
)  # fmt: skip
"""Names of the label vector, in order. Colours are OKLab, ((L - 0.62) / 0.22, a / 0.1, b / 0.1); yaw is in 35 degrees,
pitch in 15, roll in 20; the others run from 0 to 1, `smile` from -1."""

ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "hair": tuple(HAIR_COLORS),
    "eyes": tuple(EYE_COLORS),
    "lids": ("open", "half", "closed"),
    "glasses": ("yes", "no"),
    "mouth": ("closed", "open", "smile", "frown"),
    "age": ("child", "teen", "adult"),
    "gender": ("feminine", "masculine"),
    "length": ("short", "medium", "long"),
    "ears": ("human", "cat", "elf"),
    "style": STYLES,
    "skin": ("pale", "tan", "dark"),
    "look": ("left", "front", "right"),
    "blush": ("yes", "no"),
    "hairstyle": ("loose", "twin_tails", "ponytail"),
    "headwear": ("yes", "no"),
}
"""Attribute -> its choices, in the words of the commands."""

TOGETHER = (
    ("hair_l", "hair_a", "hair_b"), ("eye_l", "eye_a", "eye_b"), ("skin_tone",), ("age",), ("masculine",),
    ("hair_reach",), ("eyes_open",), ("mouth_opening", "smile"), ("blush",), ("yaw",), ("glasses",),
    ("ears_cat", "ears_elf"), ("headwear",), ("twin_tails", "ponytail"),
)  # fmt: skip
"""Label values that are asked for together, of those that a portrait can be asked for."""

LOOK = frozenset({
    "hair_l", "hair_a", "hair_b", "eye_l", "eye_a", "eye_b", "skin_tone", "age", "masculine", "hair_reach", "hair_wave",
    "glasses", "ears_cat", "ears_elf", "headwear", "ribbon", "twin_tails", "ponytail", "bare_forehead",
    *(f"style_{style}" for style in STYLES),
})  # fmt: skip
"""Label values that are of a character; the others are of the moment: pose and expression."""

_TURNED_BY_A_MIRROR = ("yaw", "roll")
_TWIN_TAILS = ("twin_tails", "drills", "braids")
_PONYTAILS = ("ponytail", "side_tail")
_BARE = ("parted", "curtain", "slicked")
_DEFAULTS = Parameters()
_PARAMETERS = {field.name: getattr(_DEFAULTS, field.name) for field in fields(Parameters)}
_READINGS = tuple(reading(_DEFAULTS))


def color_values(part: str, rgb: RGB) -> dict[str, float]:
    """The label values of a colour, 0…255 each; `part` is "hair" or "eye"."""
    lightness, chroma, hue = to_oklch(rgb)
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    return {f"{part}_l": (lightness - 0.62) / 0.22, f"{part}_a": a / 0.1, f"{part}_b": b / 0.1}


def _one_hot(prefix: str, choices: Sequence[str], chosen: str) -> dict[str, float]:
    return {f"{prefix}_{choice}": float(choice == chosen) for choice in choices}


_VALUES: dict[str, dict[str, dict[str, float]]] = {
    "hair": {family: color_values("hair", rgb) for family, rgb in HAIR_COLORS.items()},
    "eyes": {family: color_values("eye", rgb) for family, rgb in EYE_COLORS.items()},
    "lids": {"open": {"eyes_open": 0.95}, "half": {"eyes_open": 0.5}, "closed": {"eyes_open": 0.0}},
    "glasses": {"yes": {"glasses": 1.0}, "no": {"glasses": 0.0}},
    "mouth": {
        "closed": {"mouth_opening": 0.0, "smile": 0.0},
        "open": {"mouth_opening": 0.75, "smile": 0.0},
        "smile": {"mouth_opening": 0.0, "smile": 0.7},
        "frown": {"mouth_opening": 0.0, "smile": -1.0},
    },
    "age": {"child": {"age": 0.1}, "teen": {"age": 0.5}, "adult": {"age": 0.9}},
    "gender": {"feminine": {"masculine": 0.0}, "masculine": {"masculine": 0.9}},
    "length": {"short": {"hair_reach": 0.12}, "medium": {"hair_reach": 0.45}, "long": {"hair_reach": 0.9}},
    "ears": {choice: _one_hot("ears", ("cat", "elf"), choice) for choice in ATTRIBUTES["ears"]},
    "style": {choice: _one_hot("style", STYLES, choice) for choice in STYLES},
    "skin": {"pale": {"skin_tone": 0.06}, "tan": {"skin_tone": 0.45}, "dark": {"skin_tone": 0.85}},
    "look": {"left": {"yaw": -0.7}, "front": {"yaw": 0.0}, "right": {"yaw": 0.7}},
    "blush": {"yes": {"blush": 0.9}, "no": {"blush": 0.0}},
    "hairstyle": {
        "loose": {"twin_tails": 0.0, "ponytail": 0.0},
        "twin_tails": {"twin_tails": 1.0, "ponytail": 0.0},
        "ponytail": {"twin_tails": 0.0, "ponytail": 1.0},
    },
    "headwear": {"yes": {"headwear": 1.0}, "no": {"headwear": 0.0}},
}


# Which parameters and readings of a drawn picture a label value follows from.
_SAID_BY: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("hair_l", "hair_a", "hair_b"), ("hair_rgb",)),
    **dict.fromkeys(("eye_l", "eye_a", "eye_b"), ("eye_rgb",)),
    **{name: (name,) for name in ("skin_tone", "age", "masculine", "hair_wave", "blush", "yaw", "pitch", "roll")},
    "hair_reach": ("hair_reach", "back"),
    "eyes_open": ("left_eye_open", "eye_open"),
    "mouth_opening": ("mouth_opening", "mouth_shape"),
    "smile": ("smile", "mouth_shape"),
    **{name: (name,) for name in ("glasses", "headwear", "ribbon")},
    **dict.fromkeys(("ears_cat", "ears_elf"), ("ears",)),
    **dict.fromkeys(("twin_tails", "ponytail"), ("back",)),
    "bare_forehead": ("fringe",),
    **dict.fromkeys((f"style_{style}" for style in STYLES), ("style",)),
}


def values(attribute: str, choice: str) -> dict[str, float]:
    """The label values that a choice stands for, by name; KeyError where there is no such attribute or choice."""
    return dict(_VALUES[attribute][choice])


def obeyed(names: Sequence[str]) -> tuple[str, ...]:
    """The attributes that a model with these label names can be asked for, in the order of ATTRIBUTES."""
    known = set(names)
    return tuple(name for name, choices in _VALUES.items() if all(known >= v.keys() for v in choices.values()))


def learnable(vectors: np.ndarray) -> tuple[str, ...]:
    """NAMES with "" in the place of those of which nothing is to be learnt: all vectors (n, len(NAMES)) have one value.

    What one word sets together (all styles, both kinds of ears) is there as a whole or not at all.
    """
    varied = {name for name, spread in zip(NAMES, np.ptp(vectors, axis=0), strict=True) if spread > 1e-3}
    for choices in _VALUES.values():
        together = set().union(*choices.values())
        if varied & together:
            varied |= together
    return tuple(name if name in varied else "" for name in NAMES)


def blend(one: Mapping[str, float], other: Mapping[str, float], t: float) -> dict[str, float]:
    """The values `t` (0 ... 1) of the way from `one` to `other`; a name that only one of them has stays as it is."""
    mixed = {name: (1.0 - t) * one[name] + t * other[name] for name in one.keys() & other.keys()}
    return {**one, **other, **mixed}


def encode(labels: Mapping[str, Any]) -> np.ndarray:
    """Labels of one picture -> float32 (len(NAMES),).

    `labels` are a drawn picture's (parameters and readings by name), or words of ATTRIBUTES (`{"hair": "pink"}`), or
    both; words go first. `numbers` among them are label values by name (`{"yaw": 0.2}`): they go before parameters, and
    before a word that they are nearer to than to the others of its attribute, since they only say it more exactly. What
    is missing is as in `Parameters()`, other names are passed over. Raises ValueError for a value that is of the wrong
    kind or not finite.
    """
    try:
        told = {name: float(value) for name, value in dict(labels.get("numbers", {})).items() if name in NAMES}
        named = _numbers(labels) | told
        for attribute, choices in _VALUES.items():
            word = labels.get(attribute)
            if isinstance(word, str) and word in choices and not _means(told, word, choices):
                named |= choices[word]
        vector = np.array([named[name] for name in NAMES], np.float32)
    except (TypeError, KeyError, ValueError, OverflowError) as error:
        raise ValueError(f"labels that mean nothing: {error!r}") from error
    if not np.isfinite(vector).all() or float(np.abs(vector).max()) > 4.0:
        raise ValueError(f"labels out of range: {NAMES[int(np.nanargmax(np.abs(vector)))]}")
    return vector


def _means(told: Mapping[str, float], word: str, choices: Mapping[str, Mapping[str, float]]) -> bool:
    """Whether the numbers of a picture are what a word stands for, and not another one."""
    if not told.keys() >= choices[word].keys():
        return False

    def far(choice: str) -> float:
        return sum((told[name] - value) ** 2 for name, value in choices[choice].items())

    return min(choices, key=far) == word


def told(labels: Mapping[str, Any]) -> dict[str, float]:
    """The label values by name of a picture's labels as `encode` reads them, without those that they leave open.

    A cat's coat counts as its hair. Raises ValueError as `encode` does.
    """
    if "coat_rgb" in labels:
        labels = _as_hair(labels)
    vector = dict(zip(NAMES, encode(labels).tolist(), strict=True))
    said = {name for name in dict(labels.get("numbers", {})) if name in vector}
    for attribute, choices in _VALUES.items():
        word = labels.get(attribute)
        if isinstance(word, str) and word in choices:
            said |= choices[word].keys()
    said |= {name for name, sources in _SAID_BY.items() if any(_says(labels, source) for source in sources)}
    return {name: value for name, value in vector.items() if name in said}


def _as_hair(cat: Mapping[str, Any]) -> dict[str, Any]:
    """What a drawn cat's labels mean in those of a face."""
    opens = cat.get("mouth_shape") in ("open", "tongue", "fang")
    numbers = {
        "mouth_opening": 0.3 + 0.7 * cat["mouth_open"] if opens else 0.0,
        "smile": -0.4 if cat.get("mouth_shape") == "pout" else 0.7,
    }
    kept = ("eye_rgb", "age", "blush", "yaw", "pitch", "roll", "style", "eye_open")
    return {**{name: cat[name] for name in kept if name in cat}, "hair_rgb": cat["coat_rgb"], "numbers": numbers}


def _says(labels: Mapping[str, Any], source: str) -> bool:
    """Whether a parameter or a reading is there, and no word of a command that has its name."""
    if source not in labels:
        return False
    return source in _READINGS or _is_kind(labels[source], _PARAMETERS[source])


def words(labels: Mapping[str, Any]) -> bool:
    """Whether there is anything among a picture's labels that `encode` understands."""
    return any(name in labels for name in (*_PARAMETERS, *_READINGS, *_VALUES))


def mirrored(vectors: np.ndarray, names: Sequence[str] = NAMES) -> np.ndarray:
    """Label vectors (..., len(names)) of the same pictures seen in a mirror, a copy."""
    turned = vectors.copy()
    turned[..., [i for i, name in enumerate(names) if name in _TURNED_BY_A_MIRROR]] *= -1
    return turned


def _numbers(labels: Mapping[str, Any]) -> dict[str, float]:
    """The vector by name, from parameters and readings alone."""
    # Words of commands share names with parameters ("glasses": "yes"); those that are no parameter's value wait.
    parameters = {
        name: labels[name] if name in labels and _is_kind(labels[name], usual) else usual
        for name, usual in _PARAMETERS.items()
    }
    p = Parameters.from_dict(parameters)
    read = {**reading(p), **{name: labels[name] for name in _READINGS if name in labels}}
    return {
        **color_values("hair", (*p.hair_rgb,)),
        **color_values("eye", (*p.eye_rgb,)),
        "skin_tone": p.skin_tone,
        "age": p.age,
        "masculine": p.masculine,
        "hair_reach": read["hair_reach"],
        "hair_wave": p.hair_wave,
        "eyes_open": (read["left_eye_open"] + read["right_eye_open"]) / 2,
        "mouth_opening": read["mouth_opening"],
        "smile": read["smile"],
        "blush": p.blush,
        "yaw": p.yaw / 35,
        "pitch": p.pitch / 15,
        "roll": p.roll / 20,
        "glasses": float(p.glasses not in ("none", "no")),
        "ears_cat": float(p.ears == "cat"),
        "ears_elf": float(p.ears == "elf"),
        "headwear": float(p.headwear not in ("none", "no")),
        "ribbon": float(p.ribbon != "none"),
        "twin_tails": float(p.back in _TWIN_TAILS),
        "ponytail": float(p.back in _PONYTAILS),
        "bare_forehead": float(p.fringe in _BARE),
        **_one_hot("style", STYLES, p.style),
    }


def _is_kind(value: Any, usual: Any) -> bool:
    """Whether a value could be a parameter's whose default is `usual`."""
    if isinstance(usual, str):
        return isinstance(value, str)
    if isinstance(usual, tuple):
        return isinstance(value, list | tuple) and len(value) == 3
    return isinstance(value, int | float)
