"""Heads by chance: what is common, what goes with what."""

from typing import Any

from data.drawn import palettes
from data.drawn.chance import Dice
from data.drawn.fixed import check, settled
from data.drawn.geometry import lerp
from data.drawn.manner import sample_manner
from data.drawn.parameters import COLLARS, COVERING, Parameters

_FRINGES = {
    "hime": 0.9,
    "blunt": 1.0,
    "swept_left": 1,
    "swept_right": 1,
    "parted": 0.9,
    "curtain": 0.7,
    "messy": 1.2,
    "lock": 1.2,
    "wispy": 1.3,
    "spiky": 0.6,
    "asymmetric": 0.6,
    "slicked": 0.3,
}
_BACKS = {
    "bob": 1.2,
    "short": 0.8,
    "pixie": 0.4,
    "spiky": 0.5,
    "long": 1.7,
    "wavy": 1.1,
    "hime": 0.7,
    "twin_tails": 1.1,
    "ponytail": 0.8,
    "side_tail": 0.6,
    "buns": 0.5,
    "braids": 0.5,
    "drills": 0.4,
}
_MANLY_FRINGES = {
    "messy": 1.5,
    "spiky": 1.4,
    "swept_left": 0.8,
    "swept_right": 0.8,
    "parted": 0.8,
    "asymmetric": 0.6,
    "slicked": 0.5,
    "lock": 0.6,
}
_MANLY_BACKS = {"short": 2.0, "pixie": 1.4, "spiky": 1.6, "long": 0.3, "ponytail": 0.3}
_MANLY_COLLARS = ("shirt", "crew", "hoodie", "turtleneck", "jacket", "kimono")
_RIBBONS = {"left": 0.5, "right": 0.5, "top": 0.3, "both": 0.4}
_HAIRPINS = {"clip": 0.6, "flower": 0.7, "star": 0.3, "heart": 0.3}
_EYE_SHAPES = {
    "round": 1.5,
    "tareme": 1.2,
    "tsurime": 1.1,
    "narrow": 0.5,
    "jito": 0.45,
    "almond": 1.0,
    "sparkle": 0.7,
    "tall": 0.8,
}
_HEIGHTS = {
    "round": (0.255, 0.315),
    "tareme": (0.24, 0.30),
    "tsurime": (0.235, 0.29),
    "narrow": (0.175, 0.22),
    "jito": (0.25, 0.30),
    "almond": (0.215, 0.265),
    "sparkle": (0.29, 0.34),
    "tall": (0.31, 0.36),
}
_EXPRESSIONS = {
    "calm": 2.2,
    "happy": 2.4,
    "laughing": 0.8,
    "shy": 0.9,
    "sad": 0.6,
    "angry": 0.6,
    "surprised": 0.6,
    "sleepy": 0.6,
    "smug": 0.5,
}
# Mouths by expression; brows: (tilt low, high, height low, high).
_MOUTHS: dict[str, dict[str, float]] = {
    "calm": {"neutral": 1.3, "smile": 1.5, "pout": 0.4, "open_o": 0.3},
    "happy": {"smile": 1.5, "open_smile": 2.0, "cat": 0.7, "grin": 0.5, "fang": 0.5, "tongue": 0.25},
    "laughing": {"open_smile": 2.0, "grin": 0.6, "smile": 0.5, "fang": 0.4},
    "shy": {"wavy": 1.0, "smile": 0.7, "open_o": 0.6, "pout": 0.5},
    "sad": {"frown": 1.4, "neutral": 0.6, "open_o": 0.5, "wavy": 0.4},
    "angry": {"frown": 1.2, "pout": 0.8, "grin": 0.4, "open_o": 0.5},
    "surprised": {"open_o": 1.6, "open_smile": 0.6},
    "sleepy": {"neutral": 1.0, "open_o": 0.5, "smile": 0.5},
    "smug": {"cat": 1.0, "smile": 0.8, "grin": 0.6, "tongue": 0.3},
}
_BROWS = {
    "calm": (-0.35, 0.3, 0.2, 0.7),
    "happy": (-0.4, 0.2, 0.4, 0.9),
    "laughing": (-0.4, 0.1, 0.5, 1.0),
    "shy": (-0.9, -0.3, 0.4, 0.8),
    "sad": (-1.0, -0.6, 0.3, 0.8),
    "angry": (0.6, 1.0, 0.0, 0.3),
    "surprised": (-0.4, 0.1, 0.8, 1.0),
    "sleepy": (-0.4, 0.1, 0.3, 0.7),
    "smug": (0.1, 0.6, 0.2, 0.8),
}
_STYLES = {"flat": 0.8, "cel": 1.8, "soft": 1.8, "chibi": 0.8, "retro": 0.7, "ink": 0.5}
_BACKGROUNDS = {
    "plain": 1.0,
    "gradient": 1.5,
    "bokeh": 1.0,
    "dots": 0.5,
    "stripes": 0.5,
    "sky": 0.8,
    "indoor": 0.6,
    "outdoor": 0.8,
    "petals": 0.6,
}
_NAMED = {
    "hair_color": palettes.HAIR_COLORS,
    "eye_color": palettes.EYE_COLORS,
    "other_eye_color": palettes.EYE_COLORS,
}


def _pose(d: Dice) -> dict[str, Any]:
    # Half the heads nearly frontal, as in the collections of drawn faces; the rest over the whole range.
    wide = d.chance("yaw.wide", 0.5)
    return {
        "yaw": d.uniform("yaw", -35, 35) if wide else d.bell("yaw", -20, 20),
        "pitch": d.bell("pitch", -13, 13),
        "roll": d.bell("roll", -18, 18),
        "scale": d.bell("scale", 0.275, 0.325),
        "shift_x": d.bell("shift_x", -0.04, 0.04),
        "shift_y": d.bell("shift_y", -0.02, 0.03),
    }


def _head(d: Dice, masculine: float) -> dict[str, Any]:
    return {
        "age": d.bell("age", 0.0, 1.0) if d.chance("age.middle", 0.6) else d.uniform("age", 0, 1),
        "masculine": masculine,
        "face_point": d.bell("face_point", 0, 1),
        "face_length": d.bell("face_length", 0.95, 1.07),
        "cheek": d.bell("cheek", 0, 1),
        "ears": d.weigh("ears", {"human": 8.4, "cat": 0.9, "elf": 0.6}),
        # Pale as most drawn heads are, with every fourth over the whole range.
        "skin_tone": d.uniform("skin_tone", 0, 0.95)
        if d.chance("skin.wide", 0.22)
        else d.uniform("skin_tone", 0, 0.14),
        "nose": d.uniform("nose", 0, 1),
    }


def _look(d: Dice, shape: str, expression: str, masculine: float) -> dict[str, Any]:
    low, high = _HEIGHTS[shape]
    tilt_low, tilt_high, rise_low, rise_high = _BROWS[expression]
    closed = expression == "laughing" or d.chance("eyes.closed", 0.25 if expression == "sleepy" else 0.045)
    openness = {
        "sleepy": (0.45, 0.7),
        "smug": (0.65, 0.9),
        "shy": (0.7, 1.0),
        "sad": (0.65, 0.95),
        "surprised": (1.0, 1.0),
    }
    most = openness.get(expression, (0.82, 1.0))
    happy = expression in ("laughing", "happy", "smug") or (expression == "calm" and d.chance("arc.up", 0.4))
    wink = expression in ("happy", "smug", "calm") and not closed and d.chance("wink", 0.05)
    return {
        "expression": expression,
        "eye_width": d.bell("eye_width", 0.285, 0.345),
        "eye_height": d.bell("eye_height", low, high),
        "eye_gap": d.bell("eye_gap", 0.44, 0.50),
        "eye_open": 0.0 if closed else d.uniform("eye_open", *most),
        "eye_arc": d.uniform("eye_arc", 0.6, 1) if happy else d.uniform("eye_arc", -1, -0.5),
        "wink": (-1 if d.chance("wink.side", 0.5) else 1) if wink else 0,
        "iris": d.bell("iris", 0.66, 0.86) * (0.86 if expression == "surprised" else 1.0),
        "pupil": d.bell("pupil", 0.28, 0.5) * (0.75 if expression == "surprised" else 1.0),
        "gaze_x": d.bell("gaze_x", -1, 1),
        "gaze_y": d.bell("gaze_y", -0.7, 0.7),
        "highlight": d.uniform("highlight", 0.2, 1),
        "highlight_count": 1 + int(d.unit("highlight_count") * 3),
        "lash": d.bell("lash", 0, 1) * (1 - 0.5 * masculine),
        "brow_tilt": d.uniform("brow_tilt", tilt_low, tilt_high),
        "brow_height": d.uniform("brow_height", rise_low, rise_high),
        "brow_weight": d.bell("brow_weight", 0, 1),
        "blush": d.uniform("blush", 0.75, 1) if expression == "shy" else d.uniform("blush", 0.05, 0.95) ** 1.4,
        "mouth_shape": d.weigh("mouth_shape", _MOUTHS[expression]),
        "mouth_open": d.uniform("mouth_open", 0.0, 1),
        "mouth_width": d.bell("mouth_width", 0.14, 0.27) * (1.1 if masculine > 0.5 else 1.0),
    }


def _hair(d: Dice, masculine: float, age: float) -> dict[str, Any]:
    manly = masculine > 0.5
    return {
        "fringe": d.weigh("fringe", _MANLY_FRINGES if manly else _FRINGES),
        "fringe_length": d.bell("fringe_length", 0, 1),
        "back": d.weigh("back", _MANLY_BACKS if manly else _BACKS),
        "hair_volume": d.bell("hair_volume", 0, 1),
        "hair_length": d.uniform("hair_length", 0, 1),
        "hair_wave": d.uniform("hair_wave", 0, 1) ** 1.5,
        "strands": d.uniform("strands", 0, 1),
        "side_locks": 0.0 if d.chance("side.none", 0.5 if manly else 0.15) else d.uniform("side_locks", 0.2, 1),
        "ahoge": d.uniform("ahoge", 0.4, 1) if d.chance("ahoge.there", 0.18) else 0.0,
        "part": d.bell("part", -0.8, 0.8),
        "ring": d.uniform("ring", 0.15, 1),
        "dye": d.weigh("dye", {"none": 8.0, "tips": 0.9, "gradient": 1.4, "inner": 0.6, "streak": 0.6, "split": 0.25}),
    }


def _worn(d: Dice, masculine: float) -> dict[str, Any]:
    plain = 3.0 if masculine > 0.5 else 1.0
    head = d.weigh(
        "headwear",
        {"none": 17.0, "headphones": 0.6, "beret": 0.5, "cap": 0.4, "witch": 0.35, "straw": 0.3, "beanie": 0.35}
        | ({"maid": 0.4, "crown": 0.3} if masculine <= 0.5 else {}),
    )
    bare = head == "none"
    return {
        "collar": d.choose("collar", COLLARS if masculine <= 0.5 else _MANLY_COLLARS),
        "glasses": d.weigh("glasses", {"none": 10.0, "round": 0.55, "square": 0.55, "half": 0.3}),
        "ribbon": d.weigh("ribbon", {"none": 7.0 * plain} | _RIBBONS) if bare else "none",
        "hairpin": d.weigh("hairpin", {"none": 6.0 * plain} | _HAIRPINS) if bare else "none",
        "hairpin_side": 1 if d.chance("hairpin.right", 0.5) else -1,
        "hairband": bare and masculine <= 0.5 and d.chance("hairband", 0.06),
        "headwear": head,
        "mask": d.weigh("mask", {"none": 40.0, "medical": 0.7, "eyepatch": 0.7}),
    }


def _colors(d: Dice, fixed: dict[str, Any], drawn: dict[str, Any]) -> dict[str, Any]:
    # What is fixed decides what depends on it: pink hair asked for by family gets a pink, and a backdrop to suit.
    hair_color = fixed.get("hair_color") or d.weigh("hair_color", palettes.HAIR_WEIGHTS)
    eye_color = fixed.get("eye_color") or palettes.eyes_with(hair_color, d)
    odd = d.chance("odd", 0.03)
    other_eye_color = fixed.get("other_eye_color") or (d.weigh("eye_other", palettes.EYE_WEIGHTS) if odd else eye_color)
    hair_rgb = fixed.get("hair_rgb") or palettes.hair_of(hair_color, d)
    eye_rgb = fixed.get("eye_rgb") or palettes.eye_of(eye_color, d)
    same = other_eye_color == eye_color
    accent = fixed.get("accent_rgb") or palettes.accent_of(hair_rgb, eye_rgb, d, "accent")
    backdrop, other = palettes.backdrop_of(hair_rgb, accent, d)
    dye = fixed.get("dye", drawn["dye"])
    return {
        "hair_color": hair_color,
        "eye_color": eye_color,
        "other_eye_color": other_eye_color,
        "hair_rgb": hair_rgb,
        "hair_tip_rgb": hair_rgb if dye == "none" else palettes.tips_of(hair_rgb, d),
        "eye_rgb": eye_rgb,
        "other_eye_rgb": eye_rgb if same else palettes.eye_of(other_eye_color, d, "eye_other_rgb"),
        "skin_rgb": palettes.skin_of(fixed.get("skin_tone", drawn["skin_tone"]), d),
        "cloth_rgb": palettes.accent_of(hair_rgb, eye_rgb, d, "cloth"),
        "accent_rgb": accent,
        "background_rgb": backdrop,
        "background_other_rgb": other,
    }


def sample_parameters(seed: int, **fixed: Any) -> Parameters:
    """A head by chance, the same for the same seed on every machine; `fixed` overrides single parameters.

    What depends on a fixed parameter follows it (a family of hair colour chooses the exact colour); all others stay as
    the seed has them. Raises TypeError for a name that is no parameter and ValueError for an unknown colour family.
    """
    check(Parameters, fixed, _NAMED)
    d = Dice(seed)
    expression = fixed.get("expression") or d.weigh("expression", _EXPRESSIONS)
    shape = fixed.get("eye_shape") or d.weigh("eye_shape", _EYE_SHAPES)
    manly = d.chance("masculine.there", 0.16)
    masculine = fixed.get("masculine", d.uniform("masculine", 0.6, 1) if manly else d.uniform("masculine", 0, 0.25))
    head = _head(d, masculine)
    age = fixed.get("age", head["age"])
    drawn = {
        "seed": seed,
        "eye_shape": shape,
        **_pose(d),
        **head,
        **_look(d, shape, expression, masculine),
        **_hair(d, masculine, age),
        **_worn(d, masculine),
        **sample_manner(d, _STYLES),
        "background": d.weigh("background", _BACKGROUNDS),
    }
    if manly:
        drawn["eye_height"] *= lerp(1.0, 0.9, age)
    if fixed.get("ears", drawn["ears"]) == "cat" or fixed.get("back", drawn["back"]) == "buns":
        drawn["scale"] *= 0.94  # room for what stands on the head
        drawn["shift_y"] += 0.02
    if (worn := fixed.get("headwear", drawn["headwear"])) != "none":
        tall = worn in ("witch", "straw", "crown")
        drawn["scale"] *= 0.9 if tall else 0.94
        drawn["shift_y"] += 0.03 if tall else 0.015
        if worn in COVERING and drawn["ears"] == "cat":
            drawn["ears"] = "human"  # they would stand on the hat
    drawn |= _colors(d, fixed, drawn)
    return settled(Parameters, drawn, fixed)


def sample_portrait(seed: int, **fixed: Any) -> Parameters:
    """A head as a small network learns it: nearly frontal, nothing on or before the face but glasses, a quiet backdrop.

    What a member can ask for comes often enough to be learnt: glasses, closed and half-shut eyes, open mouths and
    frowns. Otherwise, and in its errors, as `sample_parameters`.
    """
    d = Dice(seed)
    asked = {
        "yaw": d.bell("portrait.yaw", -24, 24),
        "pitch": d.bell("portrait.pitch", -8, 8),
        "roll": d.bell("portrait.roll", -10, 10),
        "scale": d.bell("portrait.scale", 0.318, 0.338),
        "shift_x": d.bell("portrait.x", -0.02, 0.02),
        "shift_y": d.bell("portrait.y", 0.02, 0.05),
        "headwear": "none",
        "mask": "none",
        "hairband": False,
        "ahoge": 0.0,
        "dye": d.weigh("portrait.dye", {"none": 9.0, "gradient": 0.7, "tips": 0.4}),
        "glasses": d.weigh("portrait.glasses", {"none": 8.0, "round": 1.0, "square": 0.8}),
        "background": d.weigh("portrait.background", {"plain": 1.0, "gradient": 2.0}),
        "style": d.weigh("portrait.style", {"cel": 2.0, "soft": 2.0, "flat": 1.0, "chibi": 1.0, "retro": 0.8}),
        "expression": d.weigh("portrait.expression", _EXPRESSIONS | {"sad": 1.0, "angry": 1.0, "sleepy": 0.9}),
    }
    if d.chance("portrait.closed", 0.12):
        asked["eye_open"] = 0.0
    elif d.chance("portrait.half", 0.08):
        asked["eye_open"] = d.uniform("portrait.half_open", 0.35, 0.65)
    return sample_parameters(seed, **(asked | fixed))
