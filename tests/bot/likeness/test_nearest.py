"""The nearest neighbours are those that a look at each one would find."""

import numpy as np
import pytest

from bot.likeness.nearest import BLOCK, nearest


def unit(n: int, size: int = 16, seed: int = 7) -> np.ndarray:
    vectors = np.random.RandomState(seed).randn(n, size)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float16)


def naive(vectors: np.ndarray, query: np.ndarray, most: int) -> list[int]:
    distances = [(1 - float(np.dot(v.astype(np.float64), query.astype(np.float64))), i) for i, v in enumerate(vectors)]
    return [i for _, i in sorted(distances)[:most]]


@pytest.mark.parametrize("n", [1, 4, 5, 300, 2 * BLOCK + 3])
def test_they_are_found_wherever_they_stand(n: int) -> None:
    vectors, query = unit(n), unit(1, seed=9)[0].astype(np.float32)
    numbers, distances = nearest(vectors, query, 5)
    assert numbers.tolist() == naive(vectors, query, 5)
    assert np.allclose(distances, 1 - vectors[numbers].astype(np.float32) @ query, atol=1e-6)
    assert (np.diff(distances) >= 0).all()


def test_the_same_face_is_at_distance_nothing_and_the_opposite_at_two() -> None:
    vectors = unit(50)
    query = vectors[31].astype(np.float32)
    numbers, distances = nearest(vectors, query, 50)
    assert numbers[0] == 31
    assert distances[0] < 2e-3
    opposite = nearest(-vectors[31:32], query, 1)[1][0]
    assert 2 - opposite < 2e-3


def test_equally_near_ones_come_in_the_order_in_which_they_stand() -> None:
    vectors = np.repeat(unit(1), 2 * BLOCK, axis=0)
    assert nearest(vectors, vectors[0], 5)[0].tolist() == [0, 1, 2, 3, 4]


def test_only_some_can_be_looked_at() -> None:
    vectors, query = unit(3 * BLOCK), unit(1, seed=9)[0].astype(np.float32)
    rows = np.arange(1, 3 * BLOCK, 2)
    numbers, _ = nearest(vectors, query, 4, rows)
    assert numbers.tolist() == rows[naive(vectors[rows], query, 4)].tolist()
    assert nearest(vectors, query, 4, np.zeros(0, np.int64))[0].tolist() == []


def test_nothing_is_near_where_there_is_nothing() -> None:
    assert nearest(np.zeros((0, 16), np.float16), unit(1)[0], 5)[0].tolist() == []
    assert nearest(unit(9), unit(1)[0], 0)[0].tolist() == []
