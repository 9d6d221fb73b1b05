import numpy as np
import pytest

from data.vision.finder.coding import STRIDES, decoded
from models.finder.scenes import Labelled
from models.finder.targets import IGNORED, targets


def face(x: float, y: float, size: float, angle: float = 0.3, counted: bool = True) -> Labelled:
    half = size / 2
    box = (x - half, y - half, x + half, y + half)
    head = (x - 1.2 * half, y - 1.6 * half, x + 1.2 * half, y + half)
    return Labelled(box, head, (x - 5, y - 1, x + 5, y + 1, x, y + half), angle, counted)


@pytest.mark.parametrize(("size", "stride"), [(24.0, 8), (60.0, 16), (150.0, 32), (230.0, 32)])
def test_what_is_told_of_a_face_decodes_to_that_face(size: float, stride: int):
    true = face(130.0, 120.0, size)
    told = targets([[true]], 256)[STRIDES.index(stride)][0]
    assert (told[0] == 1).any()
    told[0] = np.where(told[0] == 1, 5.0, -5.0)
    for row in decoded(told, stride, 0.5):
        assert row[1:5].tolist() == pytest.approx(true.box, abs=0.01)
        assert row[5:9].tolist() == pytest.approx(true.head_box, abs=0.01)
        assert row[9:15].tolist() == pytest.approx(true.points, abs=0.01)
        assert row[15] == pytest.approx(true.angle, abs=1e-5)


@pytest.mark.parametrize("size", np.geomspace(12.0, 240.0, 30))
def test_no_size_falls_between_the_maps(size: float):
    assert any((told[:, 0] == 1).any() for told in targets([[face(128.0, 128.0, size)]], 256))


def test_a_face_that_does_not_count_asks_for_nothing():
    for told in targets([[face(128.0, 128.0, 40.0, counted=False)]], 256):
        assert set(np.unique(told[:, 0])) <= {0.0, IGNORED}


def test_the_smaller_of_two_faces_that_meet_is_asked_for():
    far, near = face(128.0, 128.0, 80.0), face(136.0, 128.0, 90.0, angle=-0.5)
    told = targets([[near, far]], 256)[1][0]
    row, column = 8, 8
    assert told[0, row, column] == 1
    assert told[15, row, column] == pytest.approx(np.sin(far.angle))


def test_each_picture_has_its_own():
    first, second = ([face(30.0, 30.0, 24.0)], [])
    told = targets([first, second], 64)
    assert (told[0][0, 0] == 1).any()
    assert not any(m[1].any() for m in told)


def test_a_face_beyond_the_edge_is_no_error():
    for told in targets([[face(-200.0, 30.0, 60.0), face(10.0, 300.0, 24.0)]], 64):
        assert not told.any()
