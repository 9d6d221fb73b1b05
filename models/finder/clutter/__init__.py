"""What lies about in pictures and is no face: shapes, lettering, panels, flowers, hands, blobs of skin."""

from __future__ import annotations

import cv2
import numpy as np

from models.finder.clutter.flesh import bald, fist, hand, limb
from models.finder.clutter.ornaments import badge, bow, ellipses, flower, glow, leaf, rosette, star
from models.finder.clutter.shapes import blob, box, folds, lattice, strokes, thing, tunnel
from models.finder.clutter.writing import lettering, panel

THINGS = (
    blob, bald, box, strokes, strokes, ellipses, flower, hand, fist, lettering, lettering, panel, limb, star, star,
    thing, thing, thing, folds, folds, lattice, badge, bow, bow, glow, leaf, rosette, rosette,
    tunnel,
)  # fmt: skip


FAINT = 0.2  # of the things are see-through


def clutter(chance: np.random.Generator, canvas: np.ndarray, most: int) -> None:
    """Up to `most` things, in place."""
    for _ in range(int(chance.integers(0, most + 1))):
        before = canvas.copy() if chance.random() < FAINT else None
        THINGS[int(chance.integers(len(THINGS)))](chance, canvas)
        if before is not None:
            share = chance.uniform(0.05, 0.7)
            cv2.addWeighted(canvas, share, before, 1 - share, 0, dst=canvas)
