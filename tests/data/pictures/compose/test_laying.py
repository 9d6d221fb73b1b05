"""A head that is laid over a picture."""

import math

import numpy as np
import pytest

from data.pictures.compose.anchors import Anchors
from data.pictures.compose.head import Head
from data.pictures.compose.laying import lay

GREY = 128


def _head(turn: float = 0.0, marks: bool = True) -> Head:
    """A green disc with a red chin and, to the right of its eyes, a blue ear."""
    pixels = np.zeros((200, 200, 4), np.uint8)
    ys, xs = np.mgrid[0:200, 0:200]
    discs = [((0, 200, 0), 100, 95, 70), ((255, 0, 0), 100, 160, 6), ((0, 0, 255), 150, 110, 6)]
    for colour, x, y, radius in discs if marks else discs[:1]:
        pixels[(xs - x) ** 2 + (ys - y) ** 2 <= radius**2] = (*colour, 255)
    return Head(pixels, Anchors((100, 110), (100, 160), (40, 30, 120, 130), 0.0, turn))


def _face(roll: float, turn: float = 0.0, scale: float = 0.8) -> Anchors:
    """Where a head of this size has its chin at (150, 170)."""
    s, c = math.sin(math.radians(roll)), math.cos(math.radians(roll))
    length = 50 * scale
    side = 130 * scale / 1.1
    return Anchors((150 + length * s, 170 - length * c), (150, 170), (0, 0, side, side), roll, turn)


def _centre(picture: np.ndarray, channel: int) -> tuple[float, float]:
    """Of what has this colour and no other."""
    others = [c for c in range(3) if c != channel]
    ys, xs = np.nonzero((picture[..., channel] > 170) & (picture[..., others] < 90).all(2))
    assert len(xs)
    return float(xs.mean()), float(ys.mean())


def _laid(face: Anchors, head: Head | None = None) -> np.ndarray:
    picture = np.full((320, 320, 3), GREY, np.uint8)
    lay(picture, head or _head(), face)
    return picture


@pytest.mark.parametrize("turn", [0.0, 0.4])
@pytest.mark.parametrize("roll", [-150, -60, -17, 0, 17, 60, 90, 180])
def test_the_chin_lies_on_the_chin_within_a_pixel(roll: int, turn: float) -> None:
    picture = _laid(_face(roll, turn), _head(-turn))
    assert math.dist(_centre(picture, 0), (150, 170)) < 1


@pytest.mark.parametrize(("of_head", "side"), [(0.4, 1), (-0.4, -1)])
def test_it_is_mirrored_to_the_face_it_stands_for(of_head: float, side: int) -> None:
    x, _ = _centre(_laid(_face(0, 0.4), _head(of_head)), 2)
    assert (x - 150) * side > 20


@pytest.mark.parametrize("roll", [0, 30, 90])
def test_its_edge_is_soft(roll: int) -> None:
    green = _laid(_face(roll))[..., 1]
    assert ((green > GREY + 10) & (green < 190)).sum() > 40  # a step of some pixels, not of one


@pytest.mark.parametrize("roll", [0, 30, 90])
def test_what_is_transparent_brings_no_fringe(roll: int) -> None:
    """Transparent pixels have a colour too, here black."""
    head = _head()
    head.pixels[head.pixels[..., 3] > 0] = 255
    picture = np.full((320, 320, 3), 255, np.uint8)
    lay(picture, head, _face(roll))
    ys, xs = np.mgrid[0:320, 0:320]
    beyond_shadow = np.hypot(xs - 150, ys - 170) > 70
    assert picture[beyond_shadow].min() == 255


@pytest.mark.parametrize("chin", [(0, 0), (319, 10), (-60, 160), (160, 400), (10_000, 10_000), (-9_000, 50)])
def test_a_face_at_the_edge_or_beyond_is_no_fault(chin: tuple[float, float]) -> None:
    face = Anchors((chin[0], chin[1] - 40), chin, (0, 0, 95, 95), 0.0)
    assert _laid(face).shape == (320, 320, 3)


def test_the_neck_is_in_its_shadow_and_the_air_beside_it_is_not() -> None:
    picture = _laid(_face(0))
    assert picture[176, 150].mean() < GREY - 12
    assert (picture[60:170, :60] == GREY).all()
    assert (picture[260:] == GREY).all()
