"""A head in the light of a picture: its skin as bright and as warm as the skin that was there, gently."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import cv2
import numpy as np

from data.pictures.compose.anchors import Anchors
from data.pictures.compose.head import Head
from data.pictures.types import Pixels

GENTLY = 0.4  # of the difference of colour that is made up for
BRIGHTLY, IN_DARKNESS = 0.12, 0.75  # of that of lightness: where it is bright, dark skin is dark by itself
BRIGHT, DARK = 88.0, 50.0  # L of the lightest parts of a head and of its picture: whites of eyes, gloss, cloth
HERE = 0.5  # how much those of the head count
DARKEST, BRIGHTEST = 0.4, 1.08  # what may become of lightness
WARMEST = 6.0  # Lab units that a and b may move
WARM = 0.15  # the share of a face from which warm pixels are taken for its skin
COLOURFUL = 20.0  # the chroma of a picture's colourful parts from which a head keeps all its own
GREY, PALE = 1.0, 3.0  # the chroma of a picture in which somebody on no face is all grey, and in colour
FEWER = 3  # every third pixel each way tells of a whole picture
USUAL = np.array([80.0, 0.0, 0.0])  # skin that is not seen


class Surroundings:
    """What is seen of the light of a whole picture (H, W, 3), once for all of its faces."""

    def __init__(self, picture: Pixels) -> None:
        self._lab = _lab(picture)
        few = self._lab[::FEWER, ::FEWER]
        self._chroma = float(np.percentile(np.hypot(few[..., 1], few[..., 2]), 97))
        self._height = float(np.percentile(few[..., 0], 96))

    def anywhere(self) -> Light:
        """The light on somebody of whom nothing is seen."""
        return Light(None, 0.0, self._chroma, self._height)

    def on(self, face: Anchors, solid: np.ndarray | None = None) -> Light:
        """The light on one face; `solid` (H, W) says where the picture is one at all."""
        height, width, _ = self._lab.shape
        x0, y0, x1, y1 = (
            max(0, math.floor(face.head_box[0])),
            max(0, math.floor(face.head_box[1])),
            min(width, math.ceil(face.head_box[0] + face.head_box[2])),
            min(height, math.ceil(face.head_box[1] + face.head_box[3])),
        )
        part = self._lab[y0 : max(y0, y1), x0 : max(x0, x1)]
        if not part.size:
            return Light(USUAL, 0.0, self._chroma, self._height)
        seen = np.ones(part.shape[:2], bool) if solid is None else solid[y0:y1, x0:x1]
        if not seen.any():
            return Light(USUAL, 0.0, self._chroma, self._height)
        skin = cheeks(part.shape, face, x0, y0) & seen
        low, high, lightest = np.percentile(part[seen][:, 0], (10, 90, 98))
        height = HERE * float(lightest) + (1 - HERE) * self._height
        return Light(_skin(part[skin]) if skin.any() else USUAL, float(high - low), self._chroma, height)


@dataclass(frozen=True, slots=True)
class Light:
    """What the light of a picture makes of a face, CIE Lab."""

    skin: np.ndarray | None = field(repr=False)  # (3,); None: there is no face that tells of it
    spread: float  # of lightness within the head
    chroma: float  # of the picture's colourful parts
    height: float  # of lightness in the lightest parts of the head and its picture

    def upon(self, head: Head) -> Head:
        """`head` as this light would show it; its alpha is kept."""
        lab = _lab(head.pixels)
        if self.skin is None:
            lab[..., 0] *= max(DARKEST, min(1.0, self.height / BRIGHT))
            lab[..., 1:] *= np.interp(self.chroma, (GREY, PALE), (0, 1))
            return _matched(lab, head)
        own = Surroundings(head.pixels).on(head.anchors, head.pixels[..., 3] > 250)
        assert own.skin is not None
        share = np.interp(self.height, (DARK, BRIGHT), (IN_DARKNESS, BRIGHTLY))
        brightness = np.clip((self.skin[0] / max(own.skin[0], 1.0)) ** share, DARKEST, BRIGHTEST)
        tint = np.clip(GENTLY * (self.skin[1:] - own.skin[1:]), -WARMEST, WARMEST)
        paler = np.clip(np.hypot(*self.skin[1:]) / max(np.hypot(*own.skin[1:]), 1.0), 0.75, 1.2) ** 0.5
        colour = min(1.0, self.chroma / COLOURFUL)
        contrast = np.clip(self.spread / max(own.spread, 1.0), 0.75, 1.2) ** 0.5
        lab[..., 0] = (own.skin[0] + (lab[..., 0] - own.skin[0]) * contrast) * brightness
        lab[..., 1:] = lab[..., 1:] * (colour * paler * min(1.0, brightness)) + tint * min(1.0, 2 * colour)
        return _matched(lab, head)


def cheeks(shape: tuple[int, ...], face: Anchors, x: int = 0, y: int = 0) -> np.ndarray:
    """bool (H, W): the part of a face between eyes and chin, where skin is; (x, y) is the corner of what is seen."""
    mask = np.zeros(shape[:2], np.uint8)
    (ex, ey), (cx, cy) = face.eyes, face.chin
    centre = (round(0.5 * ex + 0.5 * cx) - x, round(0.5 * ey + 0.5 * cy) - y)
    axes = (max(1, round(0.5 * face.length)), max(1, round(0.3 * face.length)))
    cv2.ellipse(mask, centre, axes, face.roll, 0, 360, 1, -1)
    return mask > 0


def _lab(pixels: Pixels) -> np.ndarray:
    """CIE Lab, float32 (H, W, 3), of RGB uint8; L 0…100."""
    return cv2.cvtColor(pixels[..., :3].astype(np.float32) / 255, cv2.COLOR_RGB2LAB)


def _matched(lab: np.ndarray, head: Head) -> Head:
    rgb = (cv2.cvtColor(lab, cv2.COLOR_LAB2RGB).clip(0, 1) * 255).round().astype(np.uint8)
    return Head(np.dstack([rgb, head.pixels[..., 3]]), head.anchors)


def _skin(values: np.ndarray) -> np.ndarray:
    """float32 (3,): what is skin among the Lab pixels (N, 3) of a face: lighter than hair and eyes, and warm where
    enough of it is; in a blue light none is."""
    low, high = np.percentile(values[:, 0], (45, 92))
    values = values[(values[:, 0] >= low) & (values[:, 0] <= high)]
    warm = (values[:, 1] > 2) & (values[:, 2] > 0)
    return np.median(values[warm] if warm.mean() > WARM else values, 0)
