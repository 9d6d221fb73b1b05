"""Which colours there are, and which go together."""

from data.drawn.chance import Dice
from data.drawn.color import RGB, oklch, shift, to_oklch

# family: (lightness low, high, chroma low, high, hue low, high); OKLCH, hue in degrees.
_HAIR = {
    "black": (0.25, 0.34, 0.005, 0.04, 240, 330),
    "brown": (0.38, 0.50, 0.05, 0.085, 40, 62),
    "chestnut": (0.50, 0.62, 0.085, 0.12, 38, 58),
    "blond": (0.83, 0.90, 0.085, 0.14, 82, 96),
    "orange": (0.68, 0.75, 0.13, 0.16, 50, 64),
    "silver": (0.76, 0.83, 0.008, 0.03, 240, 300),
    "white": (0.91, 0.95, 0.004, 0.018, 60, 300),
    "red": (0.48, 0.58, 0.15, 0.19, 18, 30),
    "pink": (0.74, 0.82, 0.09, 0.14, 350, 372),
    "purple": (0.50, 0.68, 0.10, 0.15, 296, 318),
    "blue": (0.50, 0.72, 0.09, 0.14, 245, 272),
    "teal": (0.66, 0.78, 0.08, 0.12, 185, 212),
    "green": (0.60, 0.74, 0.10, 0.14, 140, 165),
}
_EYE = {
    "black": (0.28, 0.34, 0.01, 0.03, 30, 280),
    "brown": (0.44, 0.54, 0.07, 0.10, 40, 60),
    "gold": (0.72, 0.80, 0.13, 0.16, 78, 92),
    "red": (0.52, 0.60, 0.18, 0.22, 18, 28),
    "pink": (0.66, 0.74, 0.14, 0.18, 350, 368),
    "purple": (0.52, 0.62, 0.14, 0.20, 294, 315),
    "blue": (0.56, 0.68, 0.13, 0.18, 245, 266),
    "teal": (0.64, 0.74, 0.11, 0.14, 190, 215),
    "green": (0.60, 0.70, 0.13, 0.17, 142, 162),
    "silver": (0.62, 0.70, 0.01, 0.03, 240, 290),
    "white": (0.84, 0.90, 0.005, 0.02, 220, 280),
}
# Often drawn colours more often, but none rare: training must see them all.
HAIR_WEIGHTS = {
    "black": 1.2, "brown": 1.3, "chestnut": 1.0, "blond": 1.5, "orange": 0.7, "silver": 1.0, "white": 0.8, "red": 1.0,
    "pink": 1.3, "purple": 1.2, "blue": 1.4, "teal": 0.9, "green": 0.9,
}  # fmt: skip
EYE_WEIGHTS = {
    "black": 0.4, "brown": 1.1, "gold": 1.0, "red": 1.2, "pink": 0.7, "purple": 1.2, "blue": 1.7, "teal": 1.0,
    "green": 1.2, "silver": 0.4, "white": 0.1,
}  # fmt: skip


def _middle(ranges: tuple[float, float, float, float, float, float]) -> RGB:
    l0, l1, c0, c1, h0, h1 = ranges
    return oklch((l0 + l1) / 2, (c0 + c1) / 2, (h0 + h1) / 2)


HAIR_COLORS: dict[str, RGB] = {name: _middle(ranges) for name, ranges in _HAIR.items()}
EYE_COLORS: dict[str, RGB] = {name: _middle(ranges) for name, ranges in _EYE.items()}


def within(dice: Dice, name: str, ranges: tuple[float, float, float, float, float, float]) -> RGB:
    """A colour by chance: (lightness low, high, chroma low, high, hue low, high); OKLCH, hue in degrees."""
    l0, l1, c0, c1, h0, h1 = ranges
    return oklch(
        dice.uniform(name + ".l", l0, l1), dice.uniform(name + ".c", c0, c1), dice.uniform(name + ".h", h0, h1)
    )


def hair_of(family: str, dice: Dice) -> RGB:
    """A hair colour of the family; KeyError when there is no such family."""
    return within(dice, "hair_rgb", _HAIR[family])


def eye_of(family: str, dice: Dice, name: str = "eye_rgb") -> RGB:
    """An iris colour of the family; KeyError when there is no such family."""
    return within(dice, name, _EYE[family])


def tips_of(hair: RGB, dice: Dice) -> RGB:
    """A second colour for the ends of the hair: a neighbour on the wheel, or a paler or deeper self."""
    lightness, chroma, hue = to_oklch(hair)
    way = dice.choose("tip.way", ("neighbour", "neighbour", "pale", "deep", "opposite"))
    if way == "pale":
        return shift(hair, 0.16, 0.75)
    if way == "deep":
        return shift(hair, -0.16, 1.1, toward=290, turn=25)
    turn = 180 if way == "opposite" else (55 if dice.chance("tip.side", 0.5) else -55)
    return oklch(min(max(lightness, 0.5), 0.84), max(chroma, 0.11), hue + turn)


def skin_of(tone: float, dice: Dice) -> RGB:
    """Skin from porcelain (tone 0) to deep brown (tone 1)."""
    lightness = 0.968 - 0.47 * tone
    chroma = 0.022 + 0.088 * min(1.0, 2.0 * tone) - 0.038 * tone
    return oklch(lightness, chroma, 57 + dice.uniform("skin.h", -10, 10))


def accent_of(hair: RGB, eye: RGB, dice: Dice, name: str) -> RGB:
    """A cloth or ribbon colour that goes with hair and eyes: the eye's hue, the hair's opposite, or a quiet neutral."""
    way = dice.weigh(name + ".way", {"eye": 1.0, "opposite": 1.0, "near": 0.6, "white": 0.9, "dark": 0.8, "red": 0.5})
    _, _, hair_hue = to_oklch(hair)
    _, _, eye_hue = to_oklch(eye)
    lightness = dice.uniform(name + ".l", 0.45, 0.80)
    chroma = dice.uniform(name + ".c", 0.07, 0.15)
    if way == "white":
        return oklch(0.95, 0.012, eye_hue)
    if way == "dark":
        return oklch(0.33, 0.045, dice.uniform(name + ".h", 240, 320))
    hue = {"eye": eye_hue, "opposite": hair_hue + 180, "near": hair_hue + 40, "red": 22.0}[way]
    return oklch(lightness, chroma, hue)


def backdrop_of(hair: RGB, accent: RGB, dice: Dice) -> tuple[RGB, RGB]:
    """Two background colours, mostly pale, whose lightness keeps away from the hair's."""
    hair_light, _, hair_hue = to_oklch(hair)
    if dice.chance("back.white", 0.16):
        return (255, 255, 255), oklch(0.93, 0.02, hair_hue)
    hue = hair_hue + dice.uniform("back.turn", 120, 240) if dice.chance("back.from", 0.6) else to_oklch(accent)[2]
    dark = hair_light > 0.6 and dice.chance("back.dark", 0.30)
    lightness = dice.uniform("back.l", 0.34, 0.58) if dark else dice.uniform("back.l", 0.84, 0.96)
    chroma = dice.uniform("back.c", 0.02, 0.10)
    first = oklch(lightness, chroma, hue)
    second = oklch(
        min(0.98, lightness + dice.uniform("back.step", -0.14, 0.10)),
        dice.uniform("back.c2", 0.02, 0.10),
        hue + dice.uniform("back.hue", -60, 60),
    )
    return first, second


# Eyes that painters like beside a hair colour; every third pair of eyes is chosen freely.
_MATCHES = {
    "black": ("brown", "red", "purple", "blue", "gold"),
    "brown": ("brown", "green", "gold", "blue"),
    "chestnut": ("brown", "green", "gold", "red"),
    "blond": ("blue", "green", "purple", "red"),
    "orange": ("green", "gold", "blue"),
    "silver": ("red", "blue", "purple", "teal"),
    "white": ("red", "blue", "gold", "pink"),
    "red": ("red", "green", "gold", "blue"),
    "pink": ("pink", "blue", "purple", "green"),
    "purple": ("purple", "gold", "pink", "teal"),
    "blue": ("blue", "gold", "purple", "red"),
    "teal": ("teal", "gold", "purple", "pink"),
    "green": ("green", "gold", "red", "purple"),
}


def eyes_with(hair: str, dice: Dice) -> str:
    """A family of eye colours for a family of hair colours."""
    if dice.chance("eye.free", 0.4):
        return dice.weigh("eye_color", EYE_WEIGHTS)
    return dice.choose("eye.match", _MATCHES[hair])
