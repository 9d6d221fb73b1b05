"""Heads told from what is around them, against drawings whose heads are known to the pixel."""

import numpy as np
import pytest

from data.drawn import draw, draw_head, sample_parameters
from data.pictures.compose.anchors import Anchors
from data.pictures.compose.found import anchors_of
from data.pictures.compose.matting import head_matte
from tests.data.pictures.scenes import face_in

SIDE = 256


def _person(seed: int, **fixed):
    """A drawing and how much of each pixel is its head."""
    parameters = sample_parameters(seed, **{"back": "bob", "scale": 0.24, "masculine": 0.1, **fixed})
    drawing = draw(parameters, SIDE)
    head = draw_head(parameters, SIDE).pixels[..., 3] / 255
    return drawing, head, anchors_of(face_in(drawing.labels), SIDE, SIDE)


def _likeness(matte: np.ndarray, head: np.ndarray) -> float:
    """Intersection over union."""
    return float(np.minimum(matte, head).sum() / np.maximum(matte, head).sum())


@pytest.mark.parametrize("background", ["plain", "gradient", "outdoor"])
def test_the_head_of_a_drawing_is_found_before_any_background(background: str) -> None:
    found = []
    for seed in range(40, 52):
        drawing, head, face = _person(seed, background=background)
        found.append(_likeness(head_matte(drawing.pixels, face), head))
    assert np.median(found) > 0.85, found
    assert min(found) > 0.6, found


def test_the_same_picture_is_cut_the_same_way() -> None:
    drawing, _, face = _person(44)
    assert (head_matte(drawing.pixels, face) == head_matte(drawing.pixels, face)).all()


def test_what_is_see_through_is_no_head() -> None:
    drawing, head, face = _person(45, background="plain")
    clear = np.dstack([drawing.pixels, (255 * (head > 0.5)).astype(np.uint8)])
    matte = head_matte(clear, face)
    assert (matte[head <= 0.5] == 0).all()
    assert matte[head > 0.99].mean() > 0.9


def test_neck_and_body_are_no_head() -> None:
    drawing, _, face = _person(46, yaw=0, roll=0)
    matte = head_matte(drawing.pixels, face)
    x, y = (round(v) for v in face.chin)
    assert matte[min(SIDE - 1, y + round(0.4 * face.length)), x] < 0.1
    assert matte[y - round(0.4 * face.length), x] > 0.9


@pytest.mark.parametrize("at", [(-500.0, -500.0), (5.0, 3.0), (250.0, 250.0), (128.0, 900.0)])
@pytest.mark.parametrize("length", [0.5, 4.0, 900.0])
def test_a_face_anywhere_and_of_any_size_is_answered(at: tuple[float, float], length: float) -> None:
    x, y = at
    face = Anchors((x, y - length), at, (x - length, y - 2 * length, 2 * length, 2 * length), 30.0)
    matte = head_matte(np.random.RandomState(0).randint(0, 256, (64, 64, 3), np.uint8), face)
    assert matte.shape == (64, 64)
    assert np.isfinite(matte).all()
    assert 0 <= matte.min() <= matte.max() <= 1
