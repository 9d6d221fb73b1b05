import math

import pytest

from data.crop.framing import EYES_AT, around
from data.vision.faces import Face

FACE = Face((100, 100, 100, 100), 0.9, (90, 55, 120, 145), 0.0, ((126.0, 149.0), (174.0, 149.0)), (150.0, 200.0))


def turned(face: Face, degrees: float) -> Face:
    """The face after its picture was turned clockwise around (150, 150)."""
    a = math.radians(degrees)

    def at(p: tuple[float, float]) -> tuple[float, float]:
        x, y = p[0] - 150, p[1] - 150
        return 150 + x * math.cos(a) - y * math.sin(a), 150 + x * math.sin(a) + y * math.cos(a)

    assert face.eyes is not None
    assert face.chin is not None
    return Face(face.box, face.score, face.head_box, degrees, (at(face.eyes[0]), at(face.eyes[1])), at(face.chin))


def test_a_crop_shows_face_hair_and_a_little_neck():
    frame = around(FACE)
    assert frame.seen((150.0, 55.0), 1)[1] > 0.08  # the top of the head
    assert 0.75 < frame.seen((150.0, 200.0), 1)[1] < 0.88  # the chin
    assert frame.seen((90.0, 120.0), 1)[0] > 0.15


@pytest.mark.parametrize("degrees", [-60.0, -17.0, 0.0, 33.0, 120.0])
def test_aligned_eyes_are_level_and_at_one_place_however_the_head_leans(degrees: float):
    frame = around(turned(FACE, degrees), align=True)
    eyes = turned(FACE, degrees).eyes
    assert eyes is not None
    left, right = (frame.seen(eye, 1) for eye in eyes)
    assert left[1] == pytest.approx(right[1], abs=1e-6)
    assert left[0] < right[0]
    assert ((left[0] + right[0]) / 2, left[1]) == pytest.approx(EYES_AT, abs=1e-6)
    assert frame.side == pytest.approx(around(FACE, align=True).side)


def test_eyes_that_are_nearly_one_do_not_turn_a_head_in_profile():
    profile = Face(FACE.box, 0.9, FACE.head_box, 5.0, ((150.0, 140.0), (152.0, 160.0)), FACE.chin)
    assert around(profile, align=True).turn == 5.0
    assert around(profile, align=True).side == pytest.approx(around(FACE, align=True).side, rel=0.05)


def test_a_finder_without_eyes_can_cut_but_not_align():
    plain = Face(FACE.box, 1.0)
    assert around(plain).side == around(FACE).side
    assert around(plain).y == pytest.approx(around(FACE).y, abs=6)
    with pytest.raises(ValueError, match="without eyes"):
        around(plain, align=True)
