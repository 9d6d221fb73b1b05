"""Heads by chance: what is common, what goes with what."""

from dataclasses import fields, replace
from typing import Any

from data.drawn import palettes
from data.drawn.chance import Dice
from data.drawn.parameters import Parameters

BACKGROUNDS = ("plain", "gradient", "bokeh", "dots", "stripes", "sky")
COLLARS = ("sailor", "shirt", "crew", "off_shoulder", "hoodie")

_FRINGES = {"hime": 1.2, "swept_left": 1, "swept_right": 1, "parted": 1, "messy": 1.3, "lock": 1, "wispy": 1}
_BACKS = {
    "bob": 1.2, "long": 1.6, "twin_tails": 1.1, "ponytail": 0.8, "short": 1.0, "spiky": 0.8, "wavy": 1.1,
    "side_tail": 0.6, "buns": 0.5,
}  # fmt: skip
_MOUTHS = {
    "smile": 2.4, "open_smile": 1.8, "grin": 0.7, "cat": 0.7, "neutral": 1.3, "pout": 0.6, "open_o": 0.8, "frown": 0.6,
    "fang": 0.5,
}  # fmt: skip
_EYE_SHAPES = {"round": 1.6, "tareme": 1.2, "tsurime": 1.2, "narrow": 0.5, "jito": 0.5}
_HEIGHTS = {
    "round": (0.33, 0.41),
    "tareme": (0.31, 0.38),
    "tsurime": (0.30, 0.37),
    "narrow": (0.24, 0.30),
    "jito": (0.30, 0.36),
}


def _pose(d: Dice) -> dict[str, Any]:
    # Half the heads nearly frontal, as in the collections of drawn faces; the rest over the whole range.
    wide = d.chance("yaw.wide", 0.5)
    return {
        "yaw": d.uniform("yaw", -35, 35) if wide else d.bell("yaw", -22, 22),
        "pitch": d.bell("pitch", -12, 12),
        "roll": d.bell("roll", -15, 15),
        "scale": d.bell("scale", 0.315, 0.375),
        "shift_x": d.bell("shift_x", -0.04, 0.04),
        "shift_y": d.bell("shift_y", -0.03, 0.03),
    }


def _head(d: Dice) -> dict[str, Any]:
    return {
        "face_point": d.bell("face_point", 0, 1),
        "face_length": d.bell("face_length", 0.94, 1.12),
        "cheek": d.bell("cheek", 0, 1),
        "ears": "cat" if d.chance("ears", 0.09) else "human",
        # Pale as most drawn heads are, with every third over the whole range.
        "skin_tone": d.uniform("skin_tone", 0, 0.95)
        if d.chance("skin.wide", 0.25)
        else d.uniform("skin_tone", 0, 0.14),
        "blush": d.uniform("blush", 0, 1) ** 1.5,
        "nose": d.uniform("nose", 0, 1),
    }


def _features(d: Dice, shape: str) -> dict[str, Any]:
    closed = d.chance("eyes.closed", 0.08)
    sleepy = d.chance("eyes.sleepy", 0.12)
    low, high = _HEIGHTS.get(shape, (0.30, 0.37))
    return {
        "eye_width": d.bell("eye_width", 0.29, 0.37),
        "eye_height": d.bell("eye_height", low, high),
        "eye_gap": d.bell("eye_gap", 0.43, 0.50),
        "eye_open": 0.0 if closed else d.uniform("eye_open", 0.55, 0.8) if sleepy else d.uniform("eye_open", 0.85, 1),
        "eye_arc": d.uniform("eye_arc", 0.6, 1) if d.chance("arc.up", 0.7) else d.uniform("eye_arc", -1, -0.5),
        "wink": (-1 if d.chance("wink.side", 0.5) else 1) if d.chance("wink", 0.03) and not closed else 0,
        "iris": d.bell("iris", 0.66, 0.86),
        "pupil": d.bell("pupil", 0.3, 0.6),
        "gaze_x": d.bell("gaze_x", -1, 1),
        "gaze_y": d.bell("gaze_y", -0.7, 0.7),
        "highlight": d.uniform("highlight", 0.2, 1),
        "highlight_count": 1 + int(d.unit("highlight_count") * 3),
        "lash": d.bell("lash", 0, 1),
        "brow_tilt": d.bell("brow_tilt", -1, 1),
        "brow_height": d.bell("brow_height", 0, 1),
        "brow_weight": d.bell("brow_weight", 0, 1),
        "mouth_shape": d.weigh("mouth_shape", _MOUTHS),
        "mouth_open": d.uniform("mouth_open", 0.2, 1),
        "mouth_width": d.bell("mouth_width", 0.15, 0.31),
    }


def _hair(d: Dice) -> dict[str, Any]:
    dye = d.weigh("dye", {"none": 7.0, "tips": 1.0, "gradient": 1.6, "inner": 0.6})
    return {
        "fringe": d.weigh("fringe", _FRINGES),
        "fringe_length": d.bell("fringe_length", 0, 1),
        "back": d.weigh("back", _BACKS),
        "hair_volume": d.bell("hair_volume", 0, 1),
        "hair_length": d.uniform("hair_length", 0, 1),
        "strands": d.uniform("strands", 0, 1),
        "side_locks": d.uniform("side_locks", 0.25, 1) if d.chance("side", 0.8) else 0.0,
        "ahoge": d.uniform("ahoge", 0.4, 1) if d.chance("ahoge.there", 0.22) else 0.0,
        "part": d.bell("part", -0.6, 0.6),
        "ring": d.uniform("ring", 0, 1),
        "dye": dye,
    }


def _worn(d: Dice) -> dict[str, Any]:
    return {
        "collar": d.choose("collar", COLLARS),
        "glasses": d.weigh("glasses", {"none": 12.0, "round": 0.5, "square": 0.5, "half": 0.3}),
        "ribbon": d.weigh("ribbon", {"none": 7.0, "left": 0.5, "right": 0.5, "top": 0.3, "both": 0.4}),
        "hairpin": d.weigh("hairpin", {"none": 7.0, "clip": 1.6}),
        "hairband": d.chance("hairband", 0.06),
        "background": d.choose("background", BACKGROUNDS),
        "light": d.uniform("light", 0.3, 1) * (1 if d.chance("light.right", 0.5) else -1),
        "shade": d.bell("shade", 0.2, 1),
        "line_weight": d.bell("line_weight", 0, 1),
        "line_tint": d.uniform("line_tint", 0.25, 1),
    }


def _colors(d: Dice, fixed: dict[str, Any], drawn: dict[str, Any]) -> dict[str, Any]:
    # What is fixed decides what depends on it: pink hair asked for by family gets a pink, and a backdrop to suit.
    hair_color = fixed.get("hair_color") or d.weigh("hair_color", palettes.HAIR_WEIGHTS)
    eye_color = fixed.get("eye_color") or d.weigh("eye_color", palettes.EYE_WEIGHTS)
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
    if strangers := sorted(fixed.keys() - {field.name for field in fields(Parameters)}):
        raise TypeError(f"no such parameter: {', '.join(strangers)}")
    for name, families in (
        ("hair_color", palettes.HAIR_COLORS),
        ("eye_color", palettes.EYE_COLORS),
        ("other_eye_color", palettes.EYE_COLORS),
    ):
        if name in fixed and fixed[name] not in families:
            raise ValueError(f"{name} is one of {', '.join(families)}")
    d = Dice(seed)
    shape = fixed.get("eye_shape") or d.weigh("eye_shape", _EYE_SHAPES)
    drawn = {"seed": seed, "eye_shape": shape, **_pose(d), **_head(d), **_features(d, shape), **_hair(d), **_worn(d)}
    if fixed.get("ears", drawn["ears"]) == "cat" or fixed.get("back", drawn["back"]) == "buns":
        drawn["scale"] *= 0.93  # room for what stands on the head
    drawn |= _colors(d, fixed, drawn)
    rounded = {name: round(value, 4) if isinstance(value, float) else value for name, value in drawn.items()}
    return replace(Parameters(), **(rounded | fixed))
