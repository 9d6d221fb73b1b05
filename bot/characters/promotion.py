"""The gate: whether a new version may take the place of the one in use by itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal, get_args

from bot.store.votes import NO_VOTES, Tally

Reason = Literal["worse", "collapsed", "copies", "faceless", "disliked", "tainted", "unmeasured"]
REASONS: tuple[Reason, ...] = get_args(Reason)
"""Why a version stays a candidate: it is farther from held-out pictures than the one in use; what it draws is all the
same; it draws what it has learnt from; it draws no faces; members do not like it; somebody has taken pictures back that
it learnt from; nothing is known of it. Each has its text in the catalogue under `retrain.reason`."""

SLACK = 0.05  # of the old distance by which the new one may be larger
LEAST_DIVERSITY = 0.5  # of how far her own pictures are apart
LESS_DIVERSE = 0.6  # of the old version's diversity, where that was less than her pictures'
MOST_COPIES = 0.1  # share of drawings that are too near to one picture
FEWER_FACES = 0.5  # of the old version's
ENOUGH_VOTES = 30
DISLIKED = 1 / 3  # approval below which enough votes keep a version back
LIKING = 0.4  # what approval is worth in slack: between none and all


def reasons_against(numbers: Mapping[str, Any], old: Tally = NO_VOTES, new: Tally = NO_VOTES) -> tuple[Reason, ...]:
    """What speaks against bringing the new version into use; () is nothing.

    `numbers` are those of `models.stylegan.comparing.compare`: "old" and "new", of the same held-out pictures. The
    tallies count from `ENOUGH_VOTES` votes on: an old version that is not liked may be followed by one that is a little
    farther, a new one that is liked may be that itself.
    """
    try:
        before, after = ({key: float(value) for key, value in numbers[name].items()} for name in ("old", "new"))
        decisive = before["distance"], after["distance"], after["diversity"]
    except (KeyError, TypeError, ValueError, AttributeError):
        return ("unmeasured",)
    if not all(map(math.isfinite, decisive)):
        return ("unmeasured",)
    found: list[Reason] = []
    if after["distance"] > farthest(before, after, old, new):
        found.append("worse")
    apart = min(LEAST_DIVERSITY, LESS_DIVERSE * before.get("diversity", 1.0))
    if after["diversity"] < apart:
        found.append("collapsed")
    if after.get("copies", 0.0) > MOST_COPIES:
        found.append("copies")
    if after.get("faces", 1.0) < FEWER_FACES * before.get("faces", 0.0):
        found.append("faceless")
    if new.count >= ENOUGH_VOTES and new.approval < DISLIKED:
        found.append("disliked")
    return tuple(found)


def farthest(before: Mapping[str, float], after: Mapping[str, float], old: Tally, new: Tally) -> float:
    """The distance up to which a new version is no worse: the old one's, some slack, and what chance does to both."""
    slack = SLACK
    if old.count >= ENOUGH_VOTES:
        slack += LIKING * (0.5 - old.approval)
    if new.count >= ENOUGH_VOTES:
        slack += LIKING * (new.approval - 0.5)
    chance = math.hypot(before.get("noise", 0.0), after.get("noise", 0.0))
    return before["distance"] + max(slack, 0.0) * abs(before["distance"]) + chance
