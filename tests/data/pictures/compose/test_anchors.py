"""What moves one head to where another is."""

import math

import numpy as np
import pytest

from data.pictures.compose.anchors import Anchors, mirrors, roll_of, scale_for, similarity, turn_of
from data.pictures.compose.found import TURN_IN_FACE, TURN_IN_HEAD, anchors_of
from data.vision.faces import Face
from tests.data.pictures.scenes import face_in, person

ROLLS = (-120.0, -58.0, -20.0, 0.0, 12.0, 45.0, 90.0, 179.0)


def _head(roll: float = 0.0, turn: float = 0.0, length: float = 50.0, x: float = 200.0, y: float = 300.0) -> Anchors:
    """A head that leans, with its chin at (x, y)."""
    s, c = math.sin(math.radians(roll)), math.cos(math.radians(roll))
    middle = (x + 1.35 * length * s, y - 1.35 * length * c)
    box = (middle[0] - 1.25 * length, middle[1] - 1.35 * length, 2.5 * length, 2.7 * length)
    return Anchors((x + length * s, y - length * c), (x, y), box, roll, turn)


def _moved(matrix: np.ndarray, point: tuple[float, float]) -> np.ndarray:
    return matrix @ [*point, 1.0]


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("of_head", [0.0, 15.0])
@pytest.mark.parametrize("of_face", ROLLS)
def test_chin_comes_to_lie_on_chin_and_roll_on_roll(of_face: float, of_head: float, mirror: bool) -> None:
    head, face = _head(of_head, length=80, x=128, y=200), _head(of_face, length=31)
    matrix = similarity(head, face, mirror)
    assert _moved(matrix, head.chin) == pytest.approx(face.chin)
    up = _moved(matrix, head.eyes) - face.chin
    wanted = np.subtract(face.eyes, face.chin)
    assert up / np.linalg.norm(up) == pytest.approx(wanted / np.linalg.norm(wanted))
    assert np.linalg.det(matrix[:, :2]) * (-1 if mirror else 1) > 0


def test_a_mirrored_head_looks_the_other_way() -> None:
    looks_left, looks_right = _head(turn=-0.4), _head(turn=0.4)
    assert mirrors(looks_left, looks_right)
    assert not mirrors(looks_left, looks_left)
    assert not mirrors(looks_left, _head(turn=0.02))  # a frontal face has no direction
    nose = (looks_left.chin[0] - 10, looks_left.chin[1] - 20)
    assert _moved(similarity(looks_left, looks_right, True), nose)[0] > looks_right.chin[0]


def test_a_head_covers_the_one_that_was_there() -> None:
    head, face = _head(length=50), _head(length=50)
    assert scale_for(head, face) > 1
    wide = Anchors(face.eyes, face.chin, (0, 0, 180, 180), 0.0)
    assert scale_for(head, wide) > scale_for(head, face)
    monstrous = Anchors(face.eyes, face.chin, (0, 0, 5000, 5000), 0.0)
    assert scale_for(head, monstrous) < 2  # a finder that errs makes no giant


@pytest.mark.parametrize("roll", ROLLS)
def test_the_lean_of_a_face_is_read_off_its_points(roll: float) -> None:
    s, c = math.sin(math.radians(roll)), math.cos(math.radians(roll))
    left, right, chin = (-20 * c, -20 * s), (20 * c, 20 * s), (-40 * s, 40 * c)
    assert math.remainder(roll_of(left, right, chin) - roll, 360) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("yaw", [-33, -15, 15, 33])
@pytest.mark.parametrize("roll", [-18, 0, 18])
def test_the_direction_of_drawn_faces_is_found(yaw: int, roll: int) -> None:
    for seed in range(6):
        drawing = person(seed, 256, yaw=yaw, roll=roll, scale=0.25, shift_x=0, shift_y=0)
        anchors = anchors_of(face_in(drawing.labels), 256, 256)
        assert math.degrees(math.asin(anchors.turn)) == pytest.approx(yaw, abs=14)
        assert anchors.roll == pytest.approx(roll, abs=4)
        assert anchors.chin == pytest.approx(drawing.labels["chin"])


def test_the_turn_is_bounded_whatever_the_finder_says() -> None:
    assert turn_of((1000.0, 0.0), (0.0, 0.0, 10.0, 10.0), 0.0, TURN_IN_FACE) == 0.6
    assert turn_of((0.0, 0.0), (0.0, 0.0, 0.0, 0.0), 0.0, TURN_IN_HEAD) == 0.0


@pytest.mark.parametrize("angle", [-40.0, 0.0, 25.0])
def test_a_box_alone_is_enough_for_a_head(angle: float) -> None:
    anchors = anchors_of(Face((100.0, 100.0, 120.0, 100.0), 0.9, angle=angle), 400, 400)
    assert anchors.roll == angle
    assert roll_of(anchors.eyes, anchors.eyes, anchors.chin) == pytest.approx(angle)
    assert math.dist(anchors.chin, (160, 150)) == pytest.approx(50)
    assert anchors.reach == pytest.approx(150, rel=0.1)


def test_a_head_that_the_picture_cuts_off_is_taken_for_a_whole_one() -> None:
    drawing = person(3, 256, yaw=0, roll=0, scale=0.25, shift_x=0, shift_y=0)
    whole = anchors_of(face_in(drawing.labels), 256, 256)
    cut = int(drawing.labels["head_box"][1]) + 30
    face = face_in(drawing.labels, y=-cut)
    assert face.head_box is not None
    x, y, w, h = face.head_box
    clipped = Face(face.box, face.score, (x, 0.0, w, h + y), face.angle, face.eyes, face.chin)
    anchors = anchors_of(clipped, 256, 256 - cut)
    assert anchors.reach == pytest.approx(whole.reach, rel=0.12)
    assert anchors.turn == pytest.approx(0, abs=0.1)
