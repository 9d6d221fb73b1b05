import numpy as np
import pytest

from data.vision.faces import Face
from data.vision.frame import Frame
from data.vision.people.aligning import CHIN, EYES, align, face_of, frame_of, moved, step_to
from data.vision.people.fitted import fitted
from data.vision.people.patches import Pyramid
from tests.data.people import person

TRUE = Frame(0.5 * 256, 0.52 * 256, 0.84 * 256)


@pytest.mark.parametrize("begun", [Frame(90, 160, 150, 20), Frame(140, 100, 260, -12)])
def test_a_step_leads_to_where_it_was_meant_to(begun: Frame):
    there = moved(begun, step_to(begun, TRUE))
    assert (there.x, there.y, there.side, there.turn) == pytest.approx((TRUE.x, TRUE.y, TRUE.side, 0.0), abs=1e-9)


def test_a_step_that_is_too_long_is_cut_short():
    there = moved(Frame(0, 0, 100), (50.0, -50.0, 9.0, 100.0))
    assert (there.x, there.y, there.turn) == pytest.approx((30, -30, 30))
    assert there.side < 150


@pytest.mark.parametrize("begun", [Frame(120, 128, 190, 18), Frame(140, 140, 240, -18), Frame(122, 126, 215, 0)])
def test_it_comes_to_rest_on_the_face(begun: Frame):
    grey = Pyramid(person()[..., 1])
    there = align(grey, begun, fitted().align)
    assert np.hypot(there.x - TRUE.x, there.y - TRUE.y) < 0.06 * TRUE.side
    assert there.side == pytest.approx(TRUE.side, rel=0.12)
    assert abs(there.turn) < 6


def test_eyes_and_chin_lie_where_the_square_has_them():
    face = face_of(TRUE, 0.7)
    assert face.eyes is not None
    assert face.chin is not None
    assert [*face.eyes[0], *face.eyes[1], *face.chin] == pytest.approx(
        [256 * v for v in (*EYES[0], *EYES[1], *CHIN)], abs=1e-6
    )
    assert (face.score, face.angle) == (0.7, 0.0)


@pytest.mark.parametrize("turn", [0.0, 25.0, -70.0])
def test_a_face_leads_back_to_its_square(turn: float):
    square = Frame(130, 90, 120, turn)
    back = frame_of(face_of(square, 1.0))
    assert (back.x, back.y, back.side, back.turn) == pytest.approx((130, 90, 120, turn), abs=1e-6)


def test_a_face_of_another_finder_has_a_square_too():
    square = frame_of(Face((64, 77, 128, 148), 1.0))
    assert square.x == pytest.approx(128, abs=1)
    assert square.y == pytest.approx(TRUE.y, abs=3)
