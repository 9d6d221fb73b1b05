"""Points of latent space that are made of others."""

import json
import math

import numpy as np
import pytest

from models.errors import BadRequest
from models.latent.points import MAX_LEAVES, Between, Crossed, Point, labels_common, point_of
from models.requests import Latent

A, B, C = Latent(1).labelled({"age": 1.0, "glasses": 1.0}), Latent(2).labelled({"age": 1.0}), Latent(3)
POINTS: list[Point] = [
    A,
    Between(A, B, 0.25, "z"),
    Between(A, Crossed(A, B, C), 0.5, "w"),
    Crossed(Between(A, B, 0.5, "w"), Between(A, C, 0.1, "z"), C),
]


@pytest.mark.parametrize("point", POINTS)
def test_what_is_written_down_is_read_back(point: Point) -> None:
    assert point_of(json.loads(json.dumps(point.to_json()))) == point


@pytest.mark.parametrize("point", POINTS)
def test_a_step_and_a_wish_reach_every_seed_that_a_point_is_made_of(point: Point) -> None:
    moved = point.step(9, 0.3).labelled({"yaw": 0.5})
    assert len(moved.leaves) == len(point.leaves)
    assert all(leaf.steps[-1].seed == 9 and dict(leaf.labels)["yaw"] == 0.5 for leaf in moved.leaves)
    assert all(not {"age", "yaw"} & dict(leaf.labels).keys() for leaf in moved.without({"age", "yaw"}).leaves)


def test_only_what_all_seeds_are_asked_for_is_common() -> None:
    assert labels_common([Between(A, B, 0.5, "z")]) == {"age": 1.0}
    assert labels_common([A, Crossed(A, B, C)]) == {}


def test_on_an_arc_between_two_samples_every_point_is_as_long_as_a_sample() -> None:
    ends = [Latent(seed).z(512) for seed in (1, 2)]
    for share in np.linspace(0, 1, 9):
        z = Between(Latent(1), Latent(2), float(share), "z").z(512)
        assert abs(np.linalg.norm(z) - np.interp(share, [0, 1], [np.linalg.norm(end) for end in ends])) < 1e-3
    middle = Between(Latent(1), Latent(2), 0.5, "z").z(512)
    angles = [math.acos(middle @ end / np.linalg.norm(middle) / np.linalg.norm(end)) for end in ends]
    assert angles[0] == pytest.approx(angles[1], abs=1e-3)


def test_labels_between_two_change_by_share() -> None:
    names, bank = ("age", "glasses", "yaw"), np.zeros((1, 3), np.float32)
    found = Between(A, Latent(2), 0.25, "z").c(8, names, bank)
    assert found.tolist() == [0.75, 0.75, 0.0]


@pytest.mark.parametrize(
    "value",
    [
        {"from": {"seed": 1}, "to": {"seed": 2}, "share": 1.5, "space": "z"},
        {"from": {"seed": 1}, "to": {"seed": 2}, "share": float("nan"), "space": "z"},
        {"from": {"seed": 1}, "to": {"seed": 2}, "share": 0.5, "space": "y"},
        {"from": {"seed": -1}, "to": {"seed": 2}, "share": 0.5, "space": "w"},
        {"coarse": {"seed": 1}, "middle": {"seed": 1}},
        {"coarse": 7, "middle": {"seed": 1}, "fine": {"seed": 1}},
        {"from": {"coarse": A.to_json(), "middle": A.to_json(), "fine": B.to_json()}, "to": {"seed": 1}, "share": 0.5,
         "space": "z"},
        {},
    ],
)  # fmt: skip
def test_what_is_no_point_is_refused(value: dict) -> None:
    with pytest.raises((BadRequest, KeyError, TypeError, ValueError)):
        point_of(value)


def test_what_is_nested_without_end_is_refused_before_it_is_followed() -> None:
    value: dict = {"seed": 1}
    for _ in range(100_000):
        value = {"from": value, "to": {"seed": 2}, "share": 0.5, "space": "w"}
    with pytest.raises(BadRequest):
        point_of(value)


def test_of_too_many_seeds_nothing_is_made() -> None:
    def pair(seed: int) -> Between:
        return Between(Latent(seed), Latent(seed + 1), 0.5, "w")

    six = Crossed(pair(1), pair(3), pair(5))
    assert len(Between(six, pair(1), 0.5, "w").leaves) == 6 <= MAX_LEAVES
    with pytest.raises(BadRequest):
        Between(six, Crossed(pair(7), pair(9), pair(11)), 0.5, "w")
