import cv2
import numpy as np
import pytest

from data.vision.faces import Face
from data.vision.frame import Frame
from data.vision.people.aligning import LOOKED_AT, face_of
from data.vision.people.framing import CHIN, DRAWN_BOX, DRAWN_SIDE, frame, framed, middle, whole
from tests.data.people import person

HERS = face_of(Frame(0.5 * 256, 0.52 * 256, 0.84 * 256), 1.0)


def test_the_chin_and_the_crown_are_where_a_drawn_portrait_has_them():
    square = frame(HERS)
    assert HERS.chin is not None
    assert square.seen(HERS.chin, 1) == pytest.approx((0.5, CHIN))
    assert 0.0 < square.seen((128, 0.05 * 256), 1)[1] < 0.1
    assert 1.9 <= square.side / np.sqrt(HERS.box[2] * HERS.box[3]) <= 2.1


@pytest.mark.parametrize("turn", [-35.0, 20.0])
def test_a_head_that_leans_is_upright_in_its_frame(turn: float):
    leaning = face_of(Frame(300, 200, 120, turn), 1.0)
    assert leaning.eyes is not None
    assert leaning.chin is not None
    square = frame(leaning)
    left, right = (square.seen(eye, 1) for eye in leaning.eyes)
    assert left[1] == pytest.approx(right[1], abs=1e-6)
    assert square.seen(leaning.chin, 1) == pytest.approx((0.5, CHIN), abs=1e-6)


def test_a_drawn_face_is_framed_as_the_portraits_that_are_learnt():
    pytest.importorskip("skia")
    from data.drawn.spec import Spec

    spec = Spec(12, 0, "portrait")
    boxes = []
    for number in range(8):
        _, told = spec.draw(number, 128)
        face = Face(tuple(told["face_box"]), 1.0)
        square = frame(face, DRAWN_SIDE)
        assert square.side == pytest.approx(128, rel=0.06)
        boxes.append(np.array(told["face_box"]) / 128)
    assert np.median(boxes, 0) == pytest.approx(DRAWN_BOX, abs=0.02)


def test_one_head_is_cut_out_for_each_face_and_else_the_middle():
    picture = person()
    heads = framed(picture, [HERS, HERS], 64)
    assert heads.shape == (2, 64, 64, 3)
    alone = framed(picture[:, :200], [], 64)
    assert alone.shape == (1, 64, 64, 3)
    between = cv2.resize(picture[28:228, :200], (64, 64), interpolation=cv2.INTER_AREA)
    assert np.abs(alone[0].astype(int) - between).mean() < 3
    assert middle(200, 256) == Frame(100, 128, 200)


def test_what_is_looked_at_in_a_framed_picture_is_the_face():
    square = frame(HERS)
    at = square.seen((0.5 * 256, LOOKED_AT[1] * 256), 1)
    looked_at = whole(100, 100)
    assert (looked_at.x / 100, looked_at.y / 100) == pytest.approx(at, abs=1e-6)
    assert looked_at.side / 100 == pytest.approx(LOOKED_AT[2] * 256 / square.side)
