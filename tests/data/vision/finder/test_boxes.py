import numpy as np
import pytest

from data.vision.finder.boxes import merged, overlaps
from data.vision.finder.coding import ROW


def row(score: float, *box: float, angle: float = 0.0) -> np.ndarray:
    return np.array([score, *box, *box, *[0.0] * 6, angle], np.float32)


def test_overlap_by_both_measures():
    iou, inside = overlaps(
        np.array([0.0, 0.0, 2.0, 2.0]),
        np.array([[0.0, 0.0, 2.0, 2.0], [1.0, 0.0, 3.0, 2.0], [0.0, 0.0, 1.0, 1.0], [5, 5, 6, 6.0]]),
    )
    assert iou == pytest.approx([1, 1 / 3, 1 / 4, 0])
    assert inside == pytest.approx([1, 1 / 2, 1, 0])


def test_answers_about_one_face_become_one_between_them():
    faces = merged(np.stack([row(0.6, 10, 10, 50, 50), row(0.9, 12, 10, 52, 50), row(0.5, 100, 100, 120, 120)]))
    assert faces[:, 0].tolist() == pytest.approx([0.9, 0.5])
    assert 11 < faces[0, 1] < 12
    assert faces[0, 3] - faces[0, 1] == pytest.approx(40)
    assert faces[1, 1:5].tolist() == [100, 100, 120, 120]


def test_a_part_of_a_face_is_no_second_face_and_does_not_move_the_first():
    (face,) = merged(np.stack([row(0.9, 0, 0, 100, 100), row(0.8, 40, 40, 60, 60)]))
    assert face[1:5].tolist() == [0, 0, 100, 100]


def test_two_faces_side_by_side_stay_two():
    assert len(merged(np.stack([row(0.9, 0, 0, 100, 100), row(0.8, 70, 0, 170, 100)]))) == 2


def test_angles_are_averaged_around_the_circle():
    (face,) = merged(np.stack([row(0.8, 0, 0, 9, 9, angle=3.1), row(0.8, 0, 0, 9, 9, angle=-3.1)]))
    assert abs(face[15]) == pytest.approx(np.pi, abs=0.01)


def test_no_answers_are_no_faces():
    assert merged(np.zeros((0, ROW), np.float32)).shape == (0, ROW)
