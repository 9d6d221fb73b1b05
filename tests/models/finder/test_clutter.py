import numpy as np
import pytest

from models.finder.clutter import THINGS, clutter


@pytest.mark.parametrize("thing", dict.fromkeys(THINGS))
def test_each_thing_paints_and_stays_within(thing):
    painted = 0
    for i in range(12):
        canvas = np.full((64, 64, 3), 128, np.uint8)
        thing(np.random.default_rng(i), canvas)
        painted += bool((canvas != 128).any())
        assert canvas.shape == (64, 64, 3)
    assert painted >= 6


def test_none_at_most_is_none():
    canvas = np.full((16, 16, 3), 9, np.uint8)
    clutter(np.random.default_rng(0), canvas, 0)
    assert (canvas == 9).all()
