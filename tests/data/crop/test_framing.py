import math

import numpy as np
import pytest

from data.crop.framing import EYES_AT, Frame, around, cut
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


def gradient(height: int = 300, width: int = 300) -> np.ndarray:
    """Its red says how far to the right a pixel is, its green how far down."""
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([x * 255 / (width - 1), y * 255 / (height - 1), np.full_like(x, 128)], 2).round().astype(np.uint8)


@pytest.mark.parametrize(("side", "size"), [(100, 50), (100, 100), (90, 128), (220, 64)])
def test_what_is_cut_lies_where_the_frame_says(side: int, size: int):
    picture = gradient()
    crop = cut(picture, Frame(150, 140, side), size)
    assert crop.shape == (size, size, 3)
    for u, v in ((2, 2), (size // 2, size // 2), (size - 3, size // 3)):
        x, y = Frame(150, 140, side).matrix(size) @ [u + 0.5, v + 0.5, 1]
        assert abs(int(crop[v, u, 0]) - (x - 0.5) * 255 / 299) < 2.5
        assert abs(int(crop[v, u, 1]) - (y - 0.5) * 255 / 299) < 2.5


def test_a_frame_in_the_picture_of_its_own_size_is_that_part_of_the_picture():
    picture = np.random.default_rng(0).integers(0, 256, (80, 80, 3), np.uint8)
    assert (cut(picture, Frame(40, 40, 32), 32) == picture[24:56, 24:56]).all()


def test_small_detail_is_averaged_and_not_skipped():
    stripes = np.zeros((400, 400, 3), np.uint8)
    stripes[:, ::2] = 255
    crop = cut(stripes, Frame(200, 200, 320), 40)
    assert 120 < crop.mean() < 136
    assert crop.std() < 6


def test_beyond_the_picture_it_is_reflected_and_fades_into_the_ground():
    picture = np.full((200, 200, 3), 240, np.uint8)
    picture[:60, 70:130] = (200, 30, 30)  # hair that the upper edge cuts off
    crop = cut(picture, Frame(100, 60, 160), 160)  # 20 px of it are beyond the picture
    assert crop[19, 80].tolist() == pytest.approx([200, 30, 30], abs=30)
    far = cut(picture, Frame(100, 20, 160), 160)[2, 80]
    assert far.min() > 200
    assert crop[-1, 0].tolist() == [240, 240, 240]


def test_a_frame_is_moved_into_the_picture_but_not_by_much_and_not_where_it_leans():
    assert Frame(20, 50, 60).moved(100, 100).x == pytest.approx(20 + 7.2)
    assert Frame(28, 50, 60).moved(100, 100) == Frame(30, 50, 60)
    assert Frame(50, 50, 60).moved(100, 100) == Frame(50, 50, 60)
    assert Frame(20, 50, 60, 5.0).moved(100, 100) == Frame(20, 50, 60, 5.0)
    assert Frame(20, 50, 160).moved(100, 100) == Frame(20, 50, 160)
    assert Frame(0, 50, 60).outside(100, 100) == pytest.approx(0.5, abs=0.02)
