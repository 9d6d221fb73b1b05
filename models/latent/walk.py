"""Ways through latent space: arcs, ease, and the frames of a loop past several points."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

STRAIGHT = 1e-4  # radians (or short of half a turn) below which an arc is as good as a line


def slerp(a: np.ndarray, b: np.ndarray, share: float) -> np.ndarray:
    """float32 (dim,): on the great arc from a to b, its length going from one's to the other's (Shoemake 1985; White
    2016, arXiv 1609.04468). On a straight line, points between two samples of N(0, 1) would be shorter than any sample.
    """
    one, other = np.linalg.norm(a), np.linalg.norm(b)
    if one == 0 or other == 0:
        return ((1 - share) * a + share * b).astype(np.float32)
    angle = np.arccos(np.clip(np.dot(a / one, b / other), -1.0, 1.0))
    if angle < STRAIGHT or np.pi - angle < STRAIGHT:
        return ((1 - share) * a + share * b).astype(np.float32)
    way = (np.sin((1 - share) * angle) * a / one + np.sin(share * angle) * b / other) / np.sin(angle)
    return (way * ((1 - share) * one + share * other)).astype(np.float32)


def ease(share: float) -> float:
    """0…1 -> 0…1, slow at both ends: 3t² - 2t³."""
    return share * share * (3 - 2 * share)


def loop(stations: int, frames: int, *, eased: bool = True) -> list[tuple[int, int, float]]:
    """Where each of `frames` is on a way past so many stations and back to the first: (from, to, share).

    Each station has a frame of its own, with the share 0, and the ways between them are as even as they can be. Raises
    ValueError for fewer than 2 stations, or fewer frames than stations.
    """
    if stations < 2 or frames < stations:
        raise ValueError(f"{frames} frames past {stations} stations")
    starts = [round(i * frames / stations) for i in range(stations + 1)]
    return [
        (i, (i + 1) % stations, ease(k / (end - start)) if eased else k / (end - start))
        for i, (start, end) in enumerate(itertools.pairwise(starts))
        for k in range(end - start)
    ]


def there(frames: int, *, eased: bool = True) -> list[float]:
    """The shares of the first half of a loop between two stations, both of them among them; backwards it is the second
    half, but for its ends: so many frames make a loop of 2 (n - 1)."""
    count = max(2, frames // 2 + 1)
    shares = np.linspace(0.0, 1.0, count).tolist()
    return [ease(share) for share in shares] if eased else shares


def stops(places: Sequence[tuple[int, int, float]]) -> list[int]:
    """The numbers of the frames that show a station itself."""
    return [i for i, (_, _, share) in enumerate(places) if share == 0.0]
