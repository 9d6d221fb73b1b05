import numpy as np
import pytest

from data.vision.frame import Frame
from data.vision.people.patches import CELLS, Pyramid, gradients


def test_a_square_shows_what_its_frame_says():
    y, x = np.mgrid[0:200, 0:300].astype(np.uint8) // 2
    square = Pyramid(np.stack([x, y], 2)).square(Frame(120, 80, 64), 64)
    assert square.shape == (64, 64, 2)
    for v, u in ((0, 0), (63, 63), (10, 50)):
        assert square[v, u].tolist() == pytest.approx([(88 + u) / 2, (48 + v) / 2], abs=1.5)


def test_detail_in_a_large_square_is_averaged_and_not_skipped():
    stripes = np.zeros((1024, 1024), np.uint8)
    stripes[:, ::2] = 255
    square = Pyramid(stripes).square(Frame(512, 512, 900), 64)
    assert 115 < square.mean() < 140
    assert square.std() < 4


def test_beyond_the_picture_its_edge_goes_on():
    picture = np.full((20, 20), 30, np.uint8)
    picture[:, 10:] = 220
    square = Pyramid(picture).square(Frame(20, 10, 60), 64)
    assert (square[:, 40:] == 220).all()
    assert Pyramid(np.zeros((1, 1, 3), np.uint8)).square(Frame(0, 0, 5000)).shape == (64, 64, 3)


def test_gradients_know_directions_and_not_how_bright_it_is():
    wave = (127 + 60 * np.sin(np.arange(64) / 3)).astype(np.uint8)
    across, down = np.tile(wave, (64, 1)), np.tile(wave[:, None], (1, 64))
    one, other = gradients(across), gradients(down)
    assert one.shape == (CELLS,)
    assert one.dtype == np.float32
    assert np.abs(one - gradients((across // 2 + 60).astype(np.uint8))).max() < 0.2
    assert np.abs(one - other).mean() > 5 * np.abs(one - gradients((across // 2 + 60).astype(np.uint8))).mean()
