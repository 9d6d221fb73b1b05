"""Which new versions may take the place of the one in use."""

from typing import Any

import pytest

from bot.characters.promotion import ENOUGH_VOTES, REASONS, reasons_against
from bot.locale import Catalogue
from bot.store.votes import Tally

OLD = {"distance": 0.020, "noise": 0.0005, "diversity": 0.9, "copies": 0.0, "faces": 0.95}
LIKED, DISLIKED = Tally(27, 3, 0.9), Tally(6, 24, 0.2)


def against(**new: Any) -> tuple[str, ...]:
    return reasons_against({"old": OLD, "new": {**OLD, **new}})


def test_a_nearer_one_and_an_equal_one_may():
    assert against(distance=0.01) == ()
    assert against() == ()


def test_what_is_within_chance_and_slack_is_no_worse():
    assert against(distance=0.0215) == ()
    assert against(distance=0.0235) == ("worse",)
    near_zero = {"old": {**OLD, "distance": -0.0001}, "new": {**OLD, "distance": 0.0004}}
    assert reasons_against(near_zero) == ()


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        ({"distance": 0.5}, "worse"),
        ({"distance": 0.001, "diversity": 0.05}, "collapsed"),
        ({"distance": 0.001, "copies": 0.3}, "copies"),
        ({"distance": 0.001, "faces": 0.1}, "faceless"),
        ({"distance": float("nan")}, "unmeasured"),
        ({"diversity": float("inf")}, "unmeasured"),
    ],
)
def test_each_fault_keeps_one_back_however_near_it_is(new: dict[str, float], reason: str):
    assert against(**new) == (reason,)


def test_noise_learnt_by_heart_is_kept_back():
    """Nearer to the noisy pictures that were held out, and yet none of the things that a character is."""
    assert against(distance=0.001, faces=0.0, diversity=0.2) == ("collapsed", "faceless")


@pytest.mark.parametrize(
    "numbers", [{}, {"old": OLD}, {"old": None, "new": None}, {"old": OLD, "new": {"distance": "x"}}]
)
def test_what_was_not_measured_is_kept_back(numbers: dict[str, Any]):
    assert reasons_against(numbers) == ("unmeasured",)


def test_networks_that_find_no_faces_at_all_are_not_asked_for_any():
    base = {**OLD, "faces": 0.0}
    assert reasons_against({"old": base, "new": base}) == ()
    without = {name: value for name, value in OLD.items() if name != "faces"}
    assert reasons_against({"old": without, "new": without}) == ()


def test_a_set_of_like_pictures_may_be_drawn_alike():
    """What counts as collapsed follows from the version before where that was not various either."""
    before = {**OLD, "diversity": 0.4}
    assert reasons_against({"old": before, "new": {**before, "diversity": 0.3}}) == ()
    assert reasons_against({"old": before, "new": {**before, "diversity": 0.2}}) == ("collapsed",)


def test_votes_count_from_thirty_on():
    farther = {"old": OLD, "new": {**OLD, "distance": 0.024}}
    assert reasons_against(farther) == ("worse",)
    assert reasons_against(farther, new=LIKED) == ()
    assert reasons_against(farther, old=DISLIKED) == ()
    few = Tally(ENOUGH_VOTES - 1, 0, 1.0)
    assert reasons_against(farther, new=few) == ("worse",)
    good = {"old": OLD, "new": {**OLD, "distance": 0.01}}
    assert reasons_against(good, new=DISLIKED) == ("disliked",)
    level = {"old": OLD, "new": {**OLD, "distance": 0.0212}}
    assert reasons_against(level) == ()
    assert reasons_against(level, old=LIKED) == ("worse",)  # what is liked is not given up for a little


def test_no_vote_makes_good_what_is_none():
    adored = Tally(100, 0, 1.0)
    assert reasons_against({"old": OLD, "new": {**OLD, "copies": 0.9}}, new=adored) == ("copies",)
    assert reasons_against({"old": OLD, "new": {**OLD, "distance": 0.04}}, new=adored) == ("worse",)


def test_every_reason_has_its_words():
    catalogue = Catalogue.load()
    for reason in REASONS:
        assert catalogue.has(f"retrain.reason.{reason}"), reason
