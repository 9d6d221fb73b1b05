"""A drawn head that is as label values say: the way back from `data.labels.encode`.

It shows what somebody in a photo would look like if the drawing program drew them. Drawing needs skia, choosing the
parameters does not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from data.drawn import palettes
from data.drawn.cats.parameters import CatParameters
from data.drawn.cats.sampling import sample_cat
from data.drawn.chance import Dice
from data.drawn.color import RGB, oklch, shift
from data.drawn.meaning import REACHES, reading
from data.drawn.palettes import EYE_COLORS, HAIR_COLORS
from data.drawn.parameters import STYLES, Parameters
from data.drawn.sampling import sample_portrait
from data.labels import TOGETHER, color_values
from data.labels import told as told_by

KINDS = ("portrait", "cat")
"""What somebody can be drawn as; the kinds of `data.drawn.spec` that are framed alike."""

_OPEN, _GLASSES, _WORN = 0.15, 0.5, 0.5  # from where on a mouth is open, glasses and hats are worn
_EYES_WITH = {
    "black": "brown", "brown": "green", "chestnut": "gold", "blond": "blue", "orange": "green", "red": "teal",
    "pink": "pink", "purple": "purple", "blue": "blue", "teal": "teal", "green": "green", "silver": "purple",
    "white": "blue",
}  # fmt: skip
"""Of whom only the hair is known: eyes that go well with it, for variety's sake."""

_PLAIN = Parameters(
    scale=0.328, shift_y=0.035, eye_height=0.28, eye_width=0.31, brow_height=0.45, mouth_shape="neutral",
    mouth_width=0.2, fringe_length=0.45, side_locks=0.4, hair_wave=0.1, nose=0.4, blush=0.3, collar="crew",
    background="transparent",
)  # fmt: skip
"""Who nothing is known of."""


def likeness(told: Mapping[str, float], seed: int = 0, kind: str = "portrait") -> Parameters | CatParameters:
    """The parameters of a head on nothing for label values by name (`data.labels.NAMES`).

    With seed 0 all that is not told is plain and always the same; with another one it is as chance has it. A cat's coat
    has the colour of the hair. Raises ValueError for a kind that is none of KINDS.
    """
    if kind == "cat":
        return _cat(told, seed)
    if kind != "portrait":
        raise ValueError(f"somebody is drawn as {' or '.join(KINDS)}, not as {kind!r}")
    fixed = {**_pose(told), **_head(told), **_colors(told), **_mouth(told), **_hair(told, seed), **_worn(told, seed)}
    if seed:
        return replace(sample_portrait(seed, **fixed), background="transparent", wink=0, roll=fixed.get("roll", 0.0))
    manly = fixed.get("masculine", 0.0)
    smiles = told.get("smile", 0.0) > 0.3
    plain = replace(
        _PLAIN,
        eye_arc=0.8 if smiles else -0.7,
        eye_height=_PLAIN.eye_height - 0.05 * manly,
        brow_weight=0.4 + 0.3 * manly,
    )
    if "skin_tone" in fixed:
        fixed["skin_rgb"] = palettes.skin_of(fixed["skin_tone"], Dice(0))
    if "hair_rgb" in fixed:
        fixed["hair_tip_rgb"] = fixed["hair_rgb"]
    if "hair_rgb" in fixed and "eye_rgb" not in fixed:
        eye = EYE_COLORS[_EYES_WITH[fixed["hair_color"]]]
        fixed |= {"eye_rgb": eye, "other_eye_rgb": eye}
    return replace(plain, **fixed)


def wish(seed: int) -> dict[str, float]:
    """What somebody might ask of a drawing, by chance: label values by name, those of some of `data.labels.TOGETHER`.

    Colours of hair and eyes come oftener than the rest, and what is rare in portraits (glasses, hats) as often as not.
    """
    dice, parameters = Dice(seed), sample_portrait(seed)
    values = told_by(parameters.to_dict() | reading(parameters))
    either = lambda name, *among: {one: float(one == dice.choose(name, among)) for one in among if one != "none"}
    values |= {name: float(dice.chance(f"wish.{name}", 0.5)) for name in ("glasses", "headwear")}
    values |= either("wish.ears", "ears_cat", "ears_elf", "none")
    values |= either("wish.hair", "twin_tails", "ponytail", "none")
    often = lambda names: 0.35 if names[0] in ("hair_l", "eye_l") else 0.12
    picked = [names for names in TOGETHER if dice.chance(f"wish.{names[0]}.asked", often(names))]
    picked = picked or [TOGETHER[int(dice.unit("wish.one") * len(TOGETHER))]]
    return {name: values[name] for names in picked for name in names}


def with_the_look_of(other: Parameters, told: Mapping[str, float]) -> Parameters:
    """Who `other` draws, as plain on nothing, in the pose and with the expression that label values say."""
    still = {"yaw": 0.0, "pitch": 0.0, "roll": 0.0, "mouth_shape": "neutral", "expression": "calm"}
    moment = {**still, **_pose(told), **_mouth(told)}
    if "eyes_open" in told:
        moment["eye_open"] = _within(told["eyes_open"])
    framed = {name: getattr(_PLAIN, name) for name in ("scale", "shift_x", "shift_y", "background")}
    return replace(other, wink=0, **framed, **moment)


def _pose(told: Mapping[str, float]) -> dict[str, Any]:
    most = {"yaw": 35.0, "pitch": 15.0, "roll": 20.0}
    return {name: _within(told[name], -1.0, 1.0) * most[name] for name in most if name in told}


def _head(told: Mapping[str, float]) -> dict[str, Any]:
    head: dict[str, Any] = {
        name: _within(told[name]) for name in ("age", "masculine", "skin_tone", "blush", "hair_wave") if name in told
    }
    if "eyes_open" in told:
        head["eye_open"] = _within(told["eyes_open"])
    if "ears_cat" in told or "ears_elf" in told:
        head["ears"] = next((ears for ears in ("cat", "elf") if told.get(f"ears_{ears}", 0.0) > _WORN), "human")
    styles = {style: told[f"style_{style}"] for style in STYLES if f"style_{style}" in told}
    if styles and max(styles.values()) > 0:
        head["style"] = max(styles, key=styles.__getitem__)
    return head


def _colors(told: Mapping[str, float]) -> dict[str, Any]:
    colors: dict[str, Any] = {}
    if (hair := _rgb(told, "hair")) is not None:
        colors |= {"hair_rgb": hair, "hair_color": _family(hair, "hair", HAIR_COLORS)}
    if (eye := _rgb(told, "eye")) is not None:
        family = _family(eye, "eye", EYE_COLORS)
        colors |= {"eye_rgb": eye, "other_eye_rgb": eye, "eye_color": family, "other_eye_color": family}
    return colors


def _mouth(told: Mapping[str, float]) -> dict[str, Any]:
    opening, smile = told.get("mouth_opening"), told.get("smile")
    if opening is None and smile is None:
        return {}
    # Who has the mouth open and nothing else is known of them laughs, most likely.
    opening, smile = opening or 0.0, smile if smile is not None else 0.7 * float((opening or 0.0) > _OPEN)
    expression = "happy" if smile > 0.4 else "sad" if smile < -0.7 else "calm"
    if opening > _OPEN:
        shape, most = ("open_smile", 1.0) if smile > 0.3 else ("open_o", 0.9)
        return {
            "mouth_shape": shape, "mouth_open": _within((opening / most - 0.3) / 0.7), "expression": expression,
        }  # fmt: skip
    shape = "smile" if smile > 0.3 else "frown" if smile < -0.7 else "pout" if smile < -0.25 else "neutral"
    return {"mouth_shape": shape, "expression": expression}


def _hair(told: Mapping[str, float], seed: int) -> dict[str, Any]:
    hair: dict[str, Any] = {}
    choose = lambda options: options[seed % len(options)]
    manly = told.get("masculine", 0.0) > 0.5
    if told.get("twin_tails", 0.0) > _WORN or told.get("ponytail", 0.0) > _WORN:
        hair["back"] = "twin_tails" if told.get("twin_tails", 0.0) >= told.get("ponytail", 0.0) else "ponytail"
    elif "hair_reach" in told:
        reach = _within(told["hair_reach"])
        if reach < 0.22:
            backs = ("short", "pixie", "spiky") if manly else ("short", "pixie")
        elif reach < 0.53:
            backs = ("bob",)
        else:
            backs = ("wavy", "long") if told.get("hair_wave", 0.0) > 0.4 else ("long", "long", "hime")
        hair["back"] = choose(backs)
        low, high = REACHES[hair["back"]]
        hair["hair_length"] = _within((reach - low) / (high - low))
    if "bare_forehead" in told:
        bare = told["bare_forehead"] > 0.5
        fringes = ("parted", "curtain", "slicked") if bare else ("swept_left", "wispy", "messy", "lock", "blunt")
        hair["fringe"] = choose(fringes[:1] if bare and not seed else fringes)
    elif not seed:
        hair["fringe"] = "messy" if manly else "wispy"
    return hair


def _worn(told: Mapping[str, float], seed: int) -> dict[str, Any]:
    worn: dict[str, Any] = {}
    if "glasses" in told:
        worn["glasses"] = ("round", "square")[seed % 2] if told["glasses"] > _GLASSES else "none"
    if "headwear" in told:
        worn["headwear"] = ("beanie", "beret", "cap")[seed % 3] if told["headwear"] > _WORN else "none"
    if "ribbon" in told:
        worn |= {"ribbon": "left"} if told["ribbon"] > _WORN else {"ribbon": "none", "hairpin": "none"}
    return worn


def _cat(told: Mapping[str, float], seed: int) -> CatParameters:
    fixed: dict[str, Any] = {
        **_pose(told), "background": "transparent", "scale": 0.325, "shift_x": 0.0, "shift_y": 0.02, "wink": 0,
        "flower": False,
    }  # fmt: skip
    if (coat := _rgb(told, "hair")) is not None:
        mark = shift(coat, -0.13, 1.12, toward=40, turn=12)
        fixed |= {
            "coat": ("tabby", "solid", "tuxedo")[seed % 3], "coat_rgb": coat, "mark_rgb": mark,
            "other_rgb": shift(mark, -0.08),
        }  # fmt: skip
    if (eye := _rgb(told, "eye")) is not None:
        fixed |= {"eye_rgb": eye, "other_eye_rgb": eye}
    fixed |= {name: _within(told[name]) for name in ("age", "blush") if name in told}
    if "eyes_open" in told:
        fixed["eye_open"] = _within(told["eyes_open"])
    if "mouth_opening" in told:
        fixed |= (
            {"mouth_shape": "open", "mouth_open": _within(told["mouth_opening"])}
            if told["mouth_opening"] > _OPEN
            else {"mouth_shape": "smile" if told.get("smile", 0.0) > -0.25 else "pout"}
        )
    return sample_cat(seed, **fixed) if seed else replace(CatParameters(), **fixed)


def _rgb(told: Mapping[str, float], part: str) -> RGB | None:
    if not told.keys() >= {f"{part}_l", f"{part}_a", f"{part}_b"}:
        return None
    lightness, a, b = 0.62 + 0.22 * told[f"{part}_l"], 0.1 * told[f"{part}_a"], 0.1 * told[f"{part}_b"]
    return oklch(round(lightness, 3), round(math.hypot(a, b), 4), round(math.degrees(math.atan2(b, a)) % 360, 1))


def _family(color: RGB, part: str, families: Mapping[str, RGB]) -> str:
    """The family whose colour is nearest in OKLab."""

    def far(other: RGB) -> float:
        one, two = color_values(part, color), color_values(part, other)
        return sum((0.22 if name.endswith("_l") else 0.1) ** 2 * (one[name] - two[name]) ** 2 for name in one)

    return min(families, key=lambda family: far(families[family]))


def _within(value: float, low: float = 0.0, high: float = 1.0) -> float:
    return float(min(max(value, low), high))
