from typing import Any

import numpy as np
import pytest

from models.training.held_out import HeldOut, best, is_over, split


def faces(count: int, seed: int) -> np.ndarray:
    """uint8 (count, 32, 32, 3): smooth, and each different."""
    chance = np.random.RandomState(seed)
    coarse = chance.randint(0, 255, (count, 4, 4, 3)).astype(np.uint8)
    return coarse.repeat(8, 1).repeat(8, 2)


@pytest.mark.parametrize(("count", "held"), [(10, 0), (20, 8), (60, 8), (200, 20), (500, 50), (501, 0), (60000, 0)])
def test_a_tenth_of_a_small_set_is_held_out(count: int, held: int):
    learnt, unseen = split(count, 0)
    assert len(unseen) == held
    assert sorted([*learnt, *unseen]) == list(range(count))


def test_what_is_held_out_follows_from_the_seed():
    assert np.array_equal(split(60, 1)[1], split(60, 1)[1])
    assert not np.array_equal(split(60, 1)[1], split(60, 2)[1])


def test_copies_are_told_from_drawings_of_ones_own():
    learnt, unseen = faces(60, 0), faces(20, 1)
    watch = HeldOut(unseen, learnt)
    noise = np.random.RandomState(2).randint(-3, 4, learnt[:30].shape)
    copied = (learnt[:30].astype(int) + noise).clip(0, 255).astype(np.uint8)
    assert watch.measure(copied)["copies"] == 1.0
    assert watch.measure(copied[:, :, ::-1])["copies"] == 1.0  # a mirrored copy is one
    assert watch.measure(faces(30, 3))["copies"] == 0.0


def test_nearer_drawings_have_a_smaller_distance():
    unseen, chance = faces(40, 0), np.random.RandomState(0)
    watch = HeldOut(unseen)
    near, far = watch.measure(faces(40, 1)), watch.measure(chance.randint(0, 255, (40, 32, 32, 3)).astype(np.uint8))
    assert near["distance"] < far["distance"]
    assert "copies" not in near


def test_features_decide_where_there_are_any():
    watch = HeldOut(faces(20, 0), embed=lambda pictures: pictures.reshape(len(pictures), -1)[:, :8] / 255)
    found = watch.measure(faces(20, 1))
    assert found["distance"] == found["kernel"]


def lines(*distances: float, copies: float = 0.0) -> list[dict[str, Any]]:
    return [{"nimg": 1000 * i, "distance": d, "copies": copies} for i, d in enumerate(distances, 1)]


def test_the_nearest_snapshot_that_does_not_copy_is_the_best():
    assert best([]) is None
    measured = [*lines(3.0, 2.0), {"nimg": 3000, "distance": 1.0, "copies": 0.5}]
    assert best(measured) == measured[1]
    assert best(lines(1.0, copies=0.9)) is None


@pytest.mark.parametrize(
    ("distances", "over"),
    [((3, 2, 1), False), ((1, 2, 3), True), ((2, 1, 3), False), ((1, 2), False), ((2, 1, 2, 2), True)],
)
def test_a_run_is_over_when_the_last_snapshots_were_not_the_best(distances: tuple[float, ...], over: bool):
    assert is_over(lines(*distances), 2) is over
    assert not is_over(lines(*distances), 0)


def test_a_run_that_only_copies_is_over():
    assert is_over(lines(3, 2, 1, copies=0.9), 2)


def test_of_a_set_of_which_nothing_is_held_out_each_picture_is_compared_with_the_others():
    chance = np.random.RandomState(0)
    pictures = chance.randint(0, 256, (12, 32, 32, 3)).astype(np.uint8)
    known = HeldOut(pictures, pictures)
    assert known.measure(pictures)["copies"] == 1.0
    assert known.measure(chance.randint(0, 256, (12, 32, 32, 3)).astype(np.uint8))["copies"] == 0.0
