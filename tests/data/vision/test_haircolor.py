import numpy as np
import pytest

from data.vision.faces import Face
from data.vision.haircolor import hair_color

pytest.importorskip("skia")
from data.drawn.color import to_oklch
from data.drawn.spec import Spec


def test_the_hair_of_drawn_faces_is_measured():
    faces = Spec(30, seed=300, kind="portrait")
    off = []
    for i in range(30):
        pixels, labels = faces.draw(i, 256)
        if labels["headwear"] != "none":
            continue
        measured = hair_color(pixels, Face(tuple(labels["face_box"]), 1.0, angle=labels["roll"]))
        assert measured is not None
        off.append(abs(to_oklch(measured)[0] - to_oklch((*labels["hair_rgb"],))[0]))
    assert np.median(off) < 0.08


def test_where_too_little_is_seen_nothing_is_said():
    assert hair_color(np.zeros((50, 50, 3), np.uint8), Face((0, -20, 50, 50), 1.0)) is None
