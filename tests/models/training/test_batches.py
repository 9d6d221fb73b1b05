from functools import partial

import numpy as np
import pytest

from models.training.batches import batches
from models.training.randomness import Order


def chosen(pixels: np.ndarray, indices: np.ndarray) -> np.ndarray:
    return pixels[indices]


@pytest.mark.parametrize("processes", [1, 2])
def test_they_come_in_the_order_of_the_run_whoever_makes_them(processes: int):
    order, feed = Order(10, seed=1), partial(chosen, np.arange(10) ** 2)
    with batches(feed, order, 12, 44, 4, processes) as made:
        found = list(made)
    wanted = [chosen(np.arange(10) ** 2, order.batch(nimg, 4)) for nimg in range(12, 44, 4)]
    np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("processes", [1, 2])
def test_a_run_that_is_stopped_leaves_the_rest(processes: int):
    with batches(partial(chosen, np.arange(10)), Order(10, seed=1), 0, 10_000_000, 4, processes) as made:
        next(made)
    assert next(made, None) is None
