"""What the networks that see answer to a batch of requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from data.vision.features import Features
from data.vision.finder import Finder
from data.vision.requests import Find, See, spoken, told


def see(features: Features, requests: Sequence[See]) -> list[dict[str, Any]]:
    """Each what `See.join` reads, out of one batch."""
    seen = features.see([picture for request in requests for picture in request.pictures])
    answers, start = [], 0
    for request in requests:
        answers.append(spoken(seen[start : start + request.cost]))
        start += request.cost
    return answers


def find(finder: Finder, requests: Sequence[Find]) -> list[dict[str, Any]]:
    """Each what `Find.join` reads. Pictures differ in size, so the network looks at one after the other."""
    return [told([finder.find(picture) for picture in request.pictures]) for request in requests]
