import numpy as np
import pytest

from models.finder.degrade import degraded, grey, jpeg, line_art, posterised, screentone, shrunk


@pytest.fixture
def picture() -> np.ndarray:
    ramp = np.linspace(0, 255, 64, dtype=np.uint8)
    return np.stack([np.tile(ramp, (64, 1)), np.tile(ramp[:, None], (1, 64)), np.full((64, 64), 90, np.uint8)], 2)


def test_a_picture_keeps_its_size_whatever_happens(picture: np.ndarray):
    for i in range(60):
        seen = degraded(np.random.default_rng(i), picture)
        assert seen.shape == picture.shape
        assert seen.dtype == np.uint8
    assert picture[0, 0].tolist() == [0, 0, 90]  # the original is left alone


@pytest.mark.parametrize("make", [lambda chance, p: grey(p), line_art, screentone])
def test_copies_in_grey_have_no_colour(picture: np.ndarray, make):
    seen = make(np.random.default_rng(0), picture)
    assert (seen[..., 0] == seen[..., 1]).all()
    assert (seen[..., 0] == seen[..., 2]).all()


def test_line_art_keeps_lines_and_drops_flats():
    picture = np.full((40, 40, 3), 200, np.uint8)
    picture[:, 20] = 20
    seen = line_art(np.random.default_rng(3), picture)
    assert int(seen[20, 5, 0]) - int(seen[20, 20, 0]) > 60


def test_few_colours_are_few(picture: np.ndarray):
    assert len(np.unique(posterised(np.random.default_rng(0), picture)[..., 0])) <= 6


@pytest.mark.parametrize("make", [lambda p: jpeg(p, 30), lambda p: shrunk(np.random.default_rng(0), p)])
def test_copies_look_like_the_original(picture: np.ndarray, make):
    assert np.abs(make(picture).astype(int) - picture).mean() < 16
