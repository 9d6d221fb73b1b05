"""What the network that sees answers to a batch of requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from data.vision.features import Features
from data.vision.requests import See, spoken


def see(features: Features, requests: Sequence[See]) -> list[dict[str, Any]]:
    """Each what `See.join` reads, out of one batch."""
    seen = features.see([picture for request in requests for picture in request.pictures])
    answers, start = [], 0
    for request in requests:
        answers.append(spoken(seen[start : start + request.cost]))
        start += request.cost
    return answers
