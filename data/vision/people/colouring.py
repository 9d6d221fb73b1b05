"""The colours of hair and skin in a framed photograph, in OKLab, and how far hair hangs down."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from data.pictures import Pixels

_LEAST = 25  # pixels of a place in which something is measured

# OKLab (Björn Ottosson, "A perceptual color space for image processing", 2020).
_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    np.float32,
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ],
    np.float32,
)


def oklab(picture: Pixels) -> np.ndarray:
    """uint8 (…, 3) sRGB -> float32 (…, 3): lightness 0…1, a, b."""
    value = picture.astype(np.float32) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return np.cbrt(linear @ _TO_LMS.T) @ _TO_LAB.T


@dataclass(frozen=True, slots=True)
class Measured:
    """A colour, OKLab, and how surely it is that of what was meant, 0…1."""

    lab: tuple[float, float, float]
    sure: float


@dataclass(frozen=True, slots=True)
class Colours:
    """What `colours` measures."""

    skin: Measured | None
    hair: Measured | None
    bare_forehead: float | None  # 0: hair hangs into it, 1: it does not
    reach: float | None  # how far hair hangs down beside the face: 0 to the ears, 1 to where the picture ends


# Places in parts of FFHQ's square (see `aligning`): middle, half of the width, half of the height.
_CHEEKS = (0.5, 0.60, 0.15, 0.09)
_OUTLINE = (0.5, 0.53, 0.235, 0.36)
_HEAD = (0.5, 0.45, 0.42, 0.46)
_CROWN = (0.5, 0.11, 0.17, 0.06)
_FOREHEAD = (0.5, 0.27, 0.11, 0.05)
_LIKE_SKIN = 0.07  # in OKLab with half of the lightness: so near is skin, or hair that nobody can tell from it
_BALD = 0.035  # likewise: a crown that is so near to skin is likely bald
_SHADE = 0.06  # in OKLab: how far hair is from its colour, lighter or darker as it may be
_LIT = (0.5, 0.9)  # of hair, by its lightness: what is neither in the shade nor glossy
_HERS = 200  # of a mask, from which on a pixel is wholly hers


def colours(picture: Pixels, mask: np.ndarray, across: np.ndarray, down: np.ndarray) -> Colours:
    """What is measured in uint8 (H, W, 3) of a face whose mask and coordinates are those of `masking`."""
    lab = oklab(np.asarray(cv2.GaussianBlur(picture, (0, 0), max(0.5, picture.shape[1] / 200)), np.uint8))
    skin = _skin(lab, across, down)
    if skin is None:
        return Colours(None, None, None, None)
    unlike = far(lab, np.array(skin.lab, np.float32))
    hair, is_hair = _hair(lab, skin, unlike, mask, across, down)
    if hair is None:
        return Colours(skin, None, None, None)
    return Colours(skin, hair, _bare(is_hair, unlike, across, down), _reach(is_hair, across, down))


def _skin(lab: np.ndarray, across: np.ndarray, down: np.ndarray) -> Measured | None:
    """Of the lit part of cheeks and nose: shadows say more of the lamp than of the skin."""
    places = lab[within(_CHEEKS, across, down)]
    if len(places) < _LEAST:
        return None
    light = places[:, 0]
    lit = places[(light >= np.quantile(light, 0.4)) & (light <= np.quantile(light, 0.95))]
    middle = np.median(lit, axis=0)
    spread = float(np.subtract(*np.quantile(light, [0.9, 0.1])))
    return Measured(_colour(middle), float(np.clip(1.3 - 2.5 * spread, 0.1, 1.0)))


def _hair(
    lab: np.ndarray, skin: Measured, unlike: np.ndarray, mask: np.ndarray, across: np.ndarray, down: np.ndarray
) -> tuple[Measured | None, np.ndarray]:
    """Its colour where it is lit, and bool (H, W) where it is: of the person, of that colour, and not as skin is."""
    hers = cv2.erode((mask > _HERS).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    crown = within(_CROWN, across, down) & hers
    around = within(_HEAD, across, down) & ~within(_OUTLINE, across, down) & (down < 0.6) & hers
    room = int((around | crown).sum())
    places = crown | (around & (unlike > _LIKE_SKIN))  # blond hair may be as skin is, and a crown seldom bald
    if room < _LEAST or places.sum() < max(_LEAST, 0.15 * room):
        return None, np.zeros(mask.shape, bool)
    samples = lab[places]
    weight = np.where(crown[places], 3.0, 1.0)  # beside the face there may be ears, shadows and what is behind
    order = np.argsort(samples[:, 0], kind="stable")
    darker = np.cumsum(weight[order]) / weight.sum()
    middle = np.median(samples[order[(darker >= _LIT[0]) & (darker <= _LIT[1])]], axis=0)
    alike = _like(samples, middle)
    sure = float(weight[alike].sum() / weight.sum()) * min(1.0, 1.6 * float(places.sum()) / room)
    if float((unlike[crown] < _BALD).mean() if crown.any() else 0.0) > 0.7:
        sure *= 0.5
    nearer = (unlike > _LIKE_SKIN) | (_off(lab, middle) < _off(lab, np.array(skin.lab)))
    is_hair = (mask > _HERS // 2) & nearer & _like(lab, middle)
    return Measured(_colour(middle), sure), is_hair


def _colour(lab: np.ndarray) -> tuple[float, float, float]:
    light, a, b = lab
    return float(light), float(a), float(b)


def _like(lab: np.ndarray, hair: np.ndarray) -> np.ndarray:
    """Whether colours (…, 3) may be those of hair whose lit part is such: as clear or less, and no lighter by much."""
    return (_off(lab, hair) < _SHADE) & (lab[..., 0] < hair[0] + 2 * _SHADE)


def _off(lab: np.ndarray, colour: np.ndarray) -> np.ndarray:
    """How far colours (…, 3) are from another one, be it in the shade or in the light."""
    light = np.maximum(lab[..., 0], 1e-3) / max(float(colour[0]), 1e-3)
    off = lab[..., 1:] - colour[1:] * np.clip(light, 0.3, 1.2)[..., None]
    return np.sqrt((off * off).sum(-1))


def _bare(is_hair: np.ndarray, unlike: np.ndarray, across: np.ndarray, down: np.ndarray) -> float | None:
    place = within(_FOREHEAD, across, down)
    if place.sum() < _LEAST:
        return None
    covered, skin = float(is_hair[place].mean()), float((unlike[place] < 1.3 * _LIKE_SKIN).mean())
    return 1.0 if skin > 0.75 and covered < 0.15 else 0.0 if covered > 0.55 else None


def _reach(is_hair: np.ndarray, across: np.ndarray, down: np.ndarray) -> float | None:
    beside = (np.abs(across - 0.5) > 0.24) & (np.abs(across - 0.5) < 0.45)
    found = []
    for top, bottom in pairwise(np.linspace(0.5, 0.95, 10)):
        row = beside & (down >= top) & (down < bottom)
        sides = [row & (across < 0.5), row & (across > 0.5)]
        shares = [float(is_hair[side].mean()) for side in sides if side.sum() >= 8]
        if not shares:
            break
        found.append(max(shares) > 0.25)
    if len(found) < 5:
        return None
    hanging = next((i for i, there in enumerate(found) if not there), len(found))
    return hanging / len(found)


def within(ellipse: tuple[float, float, float, float], across: np.ndarray, down: np.ndarray) -> np.ndarray:
    """Where an ellipse is: its middle and half of its width and height, in the units of the coordinates."""
    x, y, a, b = ellipse
    return ((across - x) / a) ** 2 + ((down - y) / b) ** 2 < 1


def far(lab: np.ndarray, other: np.ndarray) -> np.ndarray:
    """How far colours (…, 3) are from another; lightness, of which shadows make much, counts half."""
    d = (lab - other) * np.array([0.5, 1.0, 1.0], np.float32)
    return np.sqrt((d * d).sum(-1))
