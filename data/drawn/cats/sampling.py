"""Cats by chance: coats as cats have them, eyes that go with the coat, a collar that goes with both."""

from typing import Any

from data.drawn import palettes
from data.drawn.cats.parameters import CAT_EYE_COLORS, COAT_COLORS, CatParameters
from data.drawn.chance import Dice
from data.drawn.color import RGB, oklch, shift
from data.drawn.fixed import check, settled
from data.drawn.manner import sample_manner

# family: (lightness low, high, chroma low, high, hue low, high); OKLCH, hue in degrees.
_COATS = {
    "black": (0.29, 0.36, 0.008, 0.025, 250, 310),
    "gray": (0.58, 0.68, 0.006, 0.018, 240, 290),
    "white": (0.955, 0.975, 0.004, 0.012, 60, 90),
    "cream": (0.87, 0.92, 0.035, 0.06, 74, 86),
    "orange": (0.75, 0.82, 0.10, 0.135, 60, 70),
    "brown": (0.60, 0.68, 0.05, 0.075, 58, 70),
    "blue": (0.60, 0.68, 0.020, 0.035, 250, 270),
    "chocolate": (0.42, 0.50, 0.045, 0.065, 40, 56),
    "lilac": (0.76, 0.82, 0.018, 0.03, 350, 400),
}
_EYES = {
    "gold": (0.80, 0.86, 0.14, 0.165, 86, 94),
    "amber": (0.72, 0.78, 0.14, 0.165, 66, 78),
    "green": (0.76, 0.82, 0.13, 0.17, 130, 148),
    "teal": (0.76, 0.82, 0.10, 0.13, 180, 200),
    "blue": (0.68, 0.76, 0.11, 0.14, 236, 256),
    "copper": (0.64, 0.70, 0.13, 0.15, 48, 58),
    "violet": (0.66, 0.74, 0.11, 0.14, 292, 310),
}
# Colours that a coat comes in, and how often.
_FAMILIES: dict[str, dict[str, float]] = {
    "solid": {"black": 1.5, "gray": 1.0, "white": 1.2, "cream": 0.8, "orange": 0.8, "blue": 0.8, "chocolate": 0.6,
    "lilac": 0.6},
    "tabby": {"orange": 1.6, "brown": 1.4, "gray": 1.3, "cream": 0.8, "blue": 0.4},
    "tuxedo": {"black": 2.4, "gray": 0.8, "blue": 0.5, "chocolate": 0.4},
    "calico": {"white": 1.0},
    "siamese": {"cream": 1.0},
    "tortoiseshell": {"black": 1.0, "chocolate": 0.4},
    "van": {"white": 1.0},
}  # fmt: skip
_NAMED = {
    "coat": _FAMILIES,
    "coat_color": COAT_COLORS,
    "eye_color": CAT_EYE_COLORS,
    "other_eye_color": CAT_EYE_COLORS,
}
_MATCHES: dict[str, tuple[str, ...]] = {
    "black": ("gold", "amber", "green", "copper"), "gray": ("gold", "green", "copper"),
    "white": ("blue", "gold", "teal", "green"),
    "cream": ("blue", "amber", "green"), "orange": ("green", "gold", "amber"), "brown": ("green", "gold", "amber"),
    "blue": ("copper", "gold", "green"), "chocolate": ("green", "gold"), "lilac": ("green", "blue", "violet"),
}  # fmt: skip
_BLACK, _ORANGE, _GRAY = (0.34, 0.015, 40.0), (0.75, 0.125, 62.0), (0.64, 0.015, 260.0)


def _near(d: Dice, name: str, middle: tuple[float, float, float]) -> RGB:
    lightness, chroma, hue = middle
    return oklch(
        lightness + d.uniform(name + ".l", -0.03, 0.03),
        chroma * d.uniform(name + ".c", 0.85, 1.1),
        hue + d.uniform(name + ".h", -6, 6),
    )


def _marks(d: Dice, coat: str, body: RGB) -> tuple[RGB, RGB]:
    """Colours of first and second marks."""
    if coat in ("calico", "tortoiseshell"):
        warm = _near(d, "mark", _ORANGE)
        dark = _near(d, "other", _GRAY if d.chance("dilute", 0.25) else _BLACK)
        return warm, dark
    if coat == "van":
        first = _near(d, "mark", (_ORANGE, _BLACK, _GRAY)[int(d.unit("van") * 3)])
        return first, first
    if coat == "siamese":
        kind = d.choose("points", ("seal", "blue", "chocolate", "lilac", "flame"))
        points = {
            "seal": (0.38, 0.03, 45.0),
            "blue": (0.54, 0.03, 260.0),
            "chocolate": (0.47, 0.05, 48.0),
            "lilac": (0.66, 0.03, 10.0),
            "flame": (0.70, 0.11, 58.0),
        }
        mark = _near(d, "mark", points[kind])
        return mark, mark
    mark = shift(body, -d.uniform("mark.step", 0.13, 0.19), 1.12, toward=40, turn=12)
    return mark, shift(mark, -0.08)


def _pose(d: Dice) -> dict[str, Any]:
    wide = d.chance("yaw.wide", 0.4)
    return {
        "yaw": d.uniform("yaw", -33, 33) if wide else d.bell("yaw", -18, 18),
        "pitch": d.bell("pitch", -13, 13),
        "roll": d.bell("roll", -18, 18),
        "scale": d.bell("scale", 0.29, 0.335),
        "shift_x": d.bell("shift_x", -0.035, 0.035),
        "shift_y": d.bell("shift_y", -0.02, 0.025),
    }


def _head(d: Dice, coat: str) -> dict[str, Any]:
    return {
        "age": d.uniform("age", 0, 1),
        "face_width": d.bell("face_width", 0, 1),
        "cheek_fluff": d.uniform("cheek_fluff", 0.1, 1),
        "crest": d.uniform("crest", 0.2, 1) if d.chance("crest.there", 0.6) else 0.0,
        "ear_size": d.bell("ear_size", 0, 1),
        "ear_fold": d.uniform("ear_fold", 0.7, 1) if d.chance("ear.folded", 0.09) else 0.0,
        "ear_spread": d.bell("ear_spread", 0, 1),
        "muzzle": d.bell("muzzle", 0, 1),
        "whiskers": d.uniform("whiskers", 0.3, 1),
        "blush": d.uniform("blush", 0.2, 0.9) if d.chance("blush.there", 0.5) else 0.0,
        "white": 0.0 if coat in ("solid", "siamese", "tortoiseshell") and not d.chance("white.any", 0.15)
        else d.uniform("white", 0.35, 1.0) if coat == "tuxedo" or d.chance("white.there", 0.5) else 0.0,
    }  # fmt: skip


def _face(d: Dice) -> dict[str, Any]:
    closed = d.chance("eyes.closed", 0.10)
    return {
        "eye_shape": d.weigh("eye_shape", {"round": 2.0, "almond": 1.3, "droopy": 0.8, "sharp": 0.8}),
        "eye_size": d.bell("eye_size", 0, 1),
        "eye_gap": d.bell("eye_gap", 0.44, 0.51),
        "eye_open": 0.0 if closed else d.uniform("eye_open", 0.5, 0.75) if d.chance("eyes.half", 0.12)
        else d.uniform("eye_open", 0.9, 1.0),
        "eye_arc": d.uniform("eye_arc", 0.6, 1) if d.chance("arc.up", 0.65) else d.uniform("eye_arc", -1, -0.6),
        "wink": (-1 if d.chance("wink.side", 0.5) else 1) if not closed and d.chance("wink", 0.04) else 0,
        "pupil": d.uniform("pupil", 0.05, 1),
        "gaze_x": d.bell("gaze_x", -1, 1),
        "gaze_y": d.bell("gaze_y", -0.7, 0.7),
        "highlight": d.uniform("highlight", 0.3, 1),
        "mouth_shape": d.weigh("mouth_shape", {"smile": 2.4, "open": 1.0, "tongue": 0.5, "pout": 0.5, "fang": 0.5}),
        "mouth_open": d.uniform("mouth_open", 0.2, 1),
    }  # fmt: skip


def _colors(d: Dice, fixed: dict[str, Any], coat: str) -> dict[str, Any]:
    family = fixed.get("coat_color") or d.weigh("coat_color", _FAMILIES[coat])
    body = fixed.get("coat_rgb") or palettes.within(d, "coat", _COATS[family])
    if coat == "siamese" and "coat_rgb" not in fixed and family == "cream":
        body = oklch(0.935, 0.022, 80)
    mark, other = _marks(d, coat, body)
    options = ("blue",) if coat == "siamese" else _MATCHES[family]
    eye_color = fixed.get("eye_color") or (
        d.choose("eye_color", CAT_EYE_COLORS) if d.chance("eye.free", 0.15) else d.choose("eye.match", options)
    )
    odd = d.chance("odd", 0.16 if family == "white" else 0.03)
    other_eye = fixed.get("other_eye_color") or (d.choose("eye_other", ("blue", "gold", "green")) if odd else eye_color)
    eye_rgb = fixed.get("eye_rgb") or palettes.within(d, "eye", _EYES[eye_color])
    collar = fixed.get("collar_rgb") or palettes.accent_of(body, eye_rgb, d, "collar")
    backdrop, second = palettes.backdrop_of(body, collar, d)
    dark_nose = family in ("black", "chocolate") or (coat == "siamese" and d.chance("nose.dark", 0.5))
    return {
        "coat_color": family, "coat_rgb": body, "mark_rgb": mark, "other_rgb": other,
        "nose": d.weigh("nose", {"pink": 0.5, "brick": 0.5, "black": 1.5} if dark_nose
        else {"pink": 2.0, "brick": 0.6}),
        "eye_color": eye_color, "other_eye_color": other_eye, "eye_rgb": eye_rgb,
        "other_eye_rgb": eye_rgb if other_eye == eye_color else palettes.within(d, "eye_other_rgb", _EYES[other_eye]),
        "collar_rgb": collar, "background_rgb": backdrop, "background_other_rgb": second,
    }  # fmt: skip


def sample_cat(seed: int, **fixed: Any) -> CatParameters:
    """A cat by chance, the same for the same seed on every machine; `fixed` overrides single parameters.

    What depends on a fixed parameter follows it; all others stay as the seed has them. Raises TypeError for a name that
    is no parameter and ValueError for an unknown coat or colour family.
    """
    check(CatParameters, fixed, _NAMED)
    d = Dice(seed)
    coat = fixed.get("coat") or d.weigh(
        "coat", {"solid": 1.5, "tabby": 2.2, "tuxedo": 1.1, "calico": 1.1, "siamese": 1.0, "tortoiseshell": 0.7,
        "van": 0.6}
    )  # fmt: skip
    drawn = {
        "seed": seed, "coat": coat, **_pose(d), **_head(d, coat), **_face(d), **_colors(d, fixed, coat),
        "collar": d.weigh("collar_kind", {"none": 1.6, "band": 0.7, "bell": 1.6, "ribbon": 0.9, "kerchief": 0.6}),
        "flower": d.chance("flower", 0.08),
        "background": d.weigh(
            "background",
            {"plain": 1.2, "gradient": 1.6, "bokeh": 1.0, "dots": 0.5, "stripes": 0.4, "sky": 0.7, "indoor": 0.7,
            "outdoor": 0.8, "petals": 0.5},
        ),
        **sample_manner(d, {"flat": 0.9, "cel": 1.8, "soft": 1.8, "chibi": 0.8, "retro": 0.7, "ink": 0.5}),
    }  # fmt: skip
    return settled(CatParameters, drawn, fixed)
