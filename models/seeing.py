"""What the networks that see answer to a batch of requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from data.vision.features import Features
from data.vision.finder import Finder
from data.vision.onnx.rating import Rater
from data.vision.requests import Find, Rate, See, spoken, told

ADULT = "qe"  # questionable, explicit: ratings of `data.booru.post`


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


def rate(rater: Rater, requests: Sequence[Rate]) -> list[np.ndarray]:
    """Each what `Rate.join` reads."""
    return [
        np.array([_adult(rater.ratings(picture)) for picture in request.pictures], np.float32) for request in requests
    ]


def _adult(ratings: Mapping[str, float]) -> float:
    return min(max(sum(ratings.get(rating, 0.0) for rating in ADULT), 0.0), 1.0)
