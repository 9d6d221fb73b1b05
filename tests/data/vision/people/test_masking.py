import cv2
import numpy as np
import pytest

from data.vision.frame import Frame
from data.vision.people.masking import coordinates, foreground
from tests.data.people import BLACK, BLOND, DARK, LIGHT, person

AT = Frame(0.5 * 256, 0.52 * 256, 0.84 * 256)


@pytest.mark.parametrize(
    ("skin", "hair", "ground"),
    [(LIGHT, BLACK, (126, 140, 150)), (DARK, BLACK, (200, 205, 190)), (LIGHT, BLOND, (40, 60, 110))],
)
def test_the_person_is_in_it_and_what_is_behind_is_not(skin: tuple, hair: tuple, ground: tuple):
    mask = foreground(person(skin=skin, hair=hair, ground=ground), AT)
    assert (mask.dtype, mask.shape) == (np.uint8, (256, 256))
    across, down = coordinates(AT, 256, 256)
    face = ((across - 0.5) / 0.2) ** 2 + ((down - 0.55) / 0.28) ** 2 < 1
    hair_ring = (((across - 0.5) / 0.28) ** 2 + ((down - 0.40) / 0.32) ** 2 < 1) & (down < 0.2)
    behind = (np.abs(across - 0.5) > 0.4) & (down < 0.6)
    assert mask[face].mean() > 250
    assert mask[hair_ring].mean() > 235
    assert mask[behind].mean() < 12


def test_long_hair_belongs_to_her_down_to_the_shoulders():
    mask = foreground(person(hair=BLOND, long=True, ground=(60, 80, 120)), AT)
    across, down = coordinates(AT, 256, 256)
    beside = (np.abs(np.abs(across - 0.5) - 0.29) < 0.02) & (down > 0.55) & (down < 0.75)
    assert mask[beside].mean() > 220


def test_its_edge_is_soft_and_the_same_picture_has_the_same_mask():
    mask = foreground(person(), AT)
    assert (mask == foreground(person(), AT)).all()
    assert ((mask > 40) & (mask < 215)).sum() > 200


def test_any_size_and_a_face_that_leans():
    matrix = cv2.getRotationMatrix2D((128, 128), -18, 1.0)
    turned = cv2.warpAffine(person(), matrix, (256, 256), borderMode=cv2.BORDER_REPLICATE)
    x, y = matrix @ [AT.x, AT.y, 1]
    large = cv2.resize(turned, (400, 400), interpolation=cv2.INTER_LINEAR)
    scale = 400 / 256
    mask = foreground(np.asarray(large, np.uint8), Frame(x * scale, y * scale, AT.side * scale, 18))
    assert mask.shape == (400, 400)
    assert mask[200, 200] == 255
    assert mask[5, 5] < 20
    assert foreground(np.full((30, 50, 3), 128, np.uint8), Frame(25, 15, 25)).shape == (30, 50)
