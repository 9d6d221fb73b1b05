import numpy as np
import pytest

from data.vision.frame import Frame, cut


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
