"""What is left of an old head beside the new one."""

import math

import cv2
import numpy as np
import pytest

from data.pictures.compose.anchors import Anchors
from data.pictures.compose.clearing import clear

PAPER, HAIR, SKIN, MOUTH = (120, 170, 210), (40, 30, 35), (245, 220, 205), (190, 40, 50)
SIDE = 320
WINDOW = (0, 0, SIDE, SIDE)


def _scene(roll: float = 0.0, mouth: float = 0.0) -> tuple[np.ndarray, Anchors]:
    """A round head of dark hair on paper, its chin at (160, 220) while it is upright."""
    length = 60.0
    picture = np.full((SIDE, SIDE, 3), PAPER, np.uint8)
    cv2.circle(picture, (160, 150), 88, HAIR, -1)
    cv2.rectangle(picture, (120, 200), (200, SIDE), SKIN, -1)
    cv2.ellipse(picture, (160, 170), (46, 52), 0, 0, 360, SKIN, -1)
    if mouth:
        cv2.ellipse(picture, (160, 215), (14, round(mouth * length)), 0, 0, 360, MOUTH, -1)
    turn = cv2.getRotationMatrix2D((160, 220), -roll, 1.0)
    picture = cv2.warpAffine(picture, turn, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)
    s, c = math.sin(math.radians(roll)), math.cos(math.radians(roll))
    return picture, Anchors((160 + length * s, 220 - length * c), (160, 220), (72, 62, 176, 160), roll)


def _cover(radius: int, roll: float = 0.0) -> np.ndarray:
    cover = np.zeros((SIDE, SIDE), np.float32)
    s, c = math.sin(math.radians(roll)), math.cos(math.radians(roll))
    cv2.circle(cover, (round(160 + 70 * s), round(220 - 70 * c)), radius, 1.0, -1)
    return cover


def _near(picture: np.ndarray, colour: tuple[int, int, int], cover: np.ndarray) -> int:
    """How many pixels that are not covered have a colour."""
    alike = np.abs(picture.astype(int) - colour).max(2) < 30
    return int((alike & (cover < 0.5)).sum())


@pytest.mark.parametrize("roll", [0.0, 35.0])
def test_a_ring_of_old_hair_above_the_eyes_goes(roll: float) -> None:
    picture, face = _scene(roll)
    cover = _cover(80, roll)
    s, c = math.sin(math.radians(roll)), math.cos(math.radians(roll))
    x, y = round(160 + 155 * s), round(220 - 155 * c)  # over the new head, in what was hair
    assert np.abs(picture[y, x].astype(int) - HAIR).max() < 30
    clear(picture, face, cover, WINDOW)
    assert np.abs(picture[y, x].astype(int) - PAPER).max() < 30


def test_thick_hair_stays_for_it_is_no_ring() -> None:
    picture, face = _scene()
    cover = _cover(40)
    before = _near(picture, HAIR, cover)
    clear(picture, face, cover, WINDOW)
    assert _near(picture, HAIR, cover) > 0.9 * before


def test_an_open_mouth_below_the_new_chin_becomes_skin() -> None:
    picture, face = _scene(mouth=0.35)
    cover = _cover(72)
    assert _near(picture, MOUTH, cover) > 50
    clear(picture, face, cover, WINDOW)
    assert _near(picture, MOUTH, cover) == 0
    assert np.abs(picture[230, 160].astype(int) - SKIN).max() < 20


def test_a_collar_below_the_chin_is_no_mouth() -> None:
    picture, face = _scene()
    cv2.rectangle(picture, (80, 236), (240, 256), MOUTH, -1)
    cover = _cover(80)
    before = _near(picture, MOUTH, cover)
    clear(picture, face, cover, WINDOW)
    assert _near(picture, MOUTH, cover) > 0.95 * before


def test_where_all_is_covered_nothing_changes() -> None:
    picture, face = _scene()
    before = picture.copy()
    clear(picture, face, np.ones((SIDE, SIDE), np.float32), WINDOW)
    assert (picture == before).all()


@pytest.mark.parametrize("chin", [(-400.0, 20.0), (2.0, 2.0), (160.0, 2000.0)])
def test_a_face_at_an_edge_or_beyond_it_is_bounded(chin: tuple[float, float]) -> None:
    picture, _ = _scene()
    x, y = chin
    face = Anchors((x, y - 60), chin, (x - 75, y - 160, 150, 160))
    clear(picture, face, np.ones((8, 8), np.float32), (0, 0, 8, 8))
    assert picture.shape == (SIDE, SIDE, 3)


def test_in_a_picture_that_is_all_head_nothing_is_painted_out_of_nothing() -> None:
    picture = np.full((64, 64, 3), HAIR, np.uint8)
    cv2.circle(picture, (32, 40), 18, SKIN, -1)
    face = Anchors((32, 38), (32, 58), (-20, -20, 104, 104))
    cover = np.zeros((64, 64), np.float32)
    cv2.circle(cover, (32, 32), 30, 1.0, -1)
    clear(picture, face, cover, (0, 0, 64, 64))
    assert picture.min() >= min(HAIR) - 2
