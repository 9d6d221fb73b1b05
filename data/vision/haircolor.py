"""The colour of a head's hair, measured where hair is: above the forehead. Numpy and OpenCV only."""

from __future__ import annotations

import math

import cv2
import numpy as np

from data.drawn.color import RGB
from data.pictures import Pixels
from data.vision.faces import Face

# In faces from the middle of the face box, along the head: how far up, and how far to either side.
_UP, _ASIDE = np.linspace(0.42, 0.8, 14), np.linspace(-0.38, 0.38, 20)
_LEAST = 30  # places that must lie in the picture
_SHADES = 3  # light, colour and shadow, or a hat and a background beside it


def hair_color(picture: Pixels, face: Face) -> RGB | None:
    """sRGB of the commonest shade of the hair of a face in uint8 (H, W, 3); None where too little of it is seen."""
    x, y, w, h = face.box
    turn, size = math.radians(face.angle), math.sqrt(w * h)
    aside, up = (grid.ravel() for grid in np.meshgrid(_ASIDE, _UP))
    across = x + w / 2 + size * (aside * math.cos(turn) + up * math.sin(turn))
    down = y + h / 2 + size * (aside * math.sin(turn) - up * math.cos(turn))
    inside = (across >= 0) & (down >= 0) & (across < picture.shape[1]) & (down < picture.shape[0])
    if inside.sum() < _LEAST:
        return None
    places = picture[down[inside].astype(int), across[inside].astype(int)]  # (n, 3)
    colours = cv2.cvtColor(places[None].astype(np.float32) / 255, cv2.COLOR_RGB2Lab)[0]
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 1e-3)
    # Begun by lightness and not by chance: the same picture has the same hair.
    first = np.zeros((len(colours), 1), np.int32)
    first[np.argsort(colours[:, 0], kind="stable"), 0] = np.arange(len(colours)) * _SHADES // len(colours)
    _, shade, _ = cv2.kmeans(colours, _SHADES, first, criteria, 1, cv2.KMEANS_USE_INITIAL_LABELS)
    shade = shade.ravel()
    r, g, b = np.median(places[shade == np.bincount(shade, minlength=_SHADES).argmax()], axis=0).round().astype(int)
    return int(r), int(g), int(b)
