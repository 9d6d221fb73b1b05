import numpy as np
import pytest

from models.finder.grounds import colour, cropped, gradient, ground, noise, pattern, skin

BACKDROPS = np.random.default_rng(0).integers(0, 255, (3, 32, 32, 3), np.uint8)


@pytest.mark.parametrize("make", [gradient, pattern, noise])
def test_grounds_fill_the_picture_and_vary(make):
    first, second = (make(np.random.default_rng(i), 48) for i in (1, 2))
    assert first.shape == (48, 48, 3)
    assert first.dtype == np.uint8
    assert (first != second).any()


def test_any_ground_is_a_picture_of_its_own():
    for i in range(40):
        picture = ground(np.random.default_rng(i), 40, BACKDROPS, list(BACKDROPS))
        assert picture.shape == (40, 40, 3)
        assert picture.dtype == np.uint8
        picture[:] = 0  # it may be painted on
    assert BACKDROPS.any()


def test_a_part_comes_from_the_picture():
    picture = np.zeros((20, 60, 3), np.uint8)
    picture[:, 30:] = 255
    assert set(np.unique(cropped(np.random.default_rng(0), picture, 20)[..., 0])) & {0, 255}


def test_colours_are_bytes():
    chance = np.random.default_rng(0)
    for make in (colour, skin):
        assert all(0 <= value <= 255 for _ in range(200) for value in make(chance))
