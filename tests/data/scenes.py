"""Whole pictures with drawn heads in them, and what a booru would say of them."""

import io
from functools import cache

import numpy as np
from PIL import Image

from data.drawn.spec import Spec

SIDE = 300  # px of a drawn portrait in a scene
FACES = Spec(40, seed=2_600_000, kind="portrait")
_TAGGED = {"blond": "blonde", "silver": "grey", "gold": "yellow", "teal": "aqua", "chestnut": "brown"}


@cache
def scene(number: int, heads: int = 1, width: int = 900, height: int = 640) -> tuple[np.ndarray, str]:
    """uint8 (height, width, 3) and the tags of its first head. With 0 heads it is a landscape."""
    chance = np.random.default_rng(number)
    sky, ground = chance.integers(120, 230, 3), chance.integers(60, 160, 3)
    down = np.linspace(0, 1, height)[:, None, None]
    pixels = np.broadcast_to((sky * (1 - down) + ground * down), (height, width, 3)).astype(np.uint8).copy()
    tags = ["scenery"] if heads == 0 else []
    for place in range(heads):
        portrait, labels = FACES.draw((number + 7 * place) % FACES.count, SIDE)
        left = 40 + place * (SIDE + 60) if heads > 1 else int(chance.integers(0, width - SIDE))
        top = int(chance.integers(0, height - SIDE))
        pixels[top : top + SIDE, left : left + SIDE] = portrait
        if place == 0:
            tags = [
                "1girl", "solo", f"{_TAGGED.get(labels['hair_color'], labels['hair_color'])}_hair",
                f"{_TAGGED.get(labels['eye_color'], labels['eye_color'])}_eyes",
                *(["glasses"] if labels["glasses"] != "none" else []),
            ]  # fmt: skip
    return pixels, " ".join(tags)


def encoded(pixels: np.ndarray, kind: str = "PNG", **more: object) -> bytes:
    """The bytes of a file."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind, **more)
    return buffer.getvalue()
