"""Perceptual hashes of pictures: how much alike they look. Numpy only; `data.curate.picture.hashes` makes them."""

from __future__ import annotations

import numpy as np

BYTES = 32  # of a hash: 256 bits
MOST_BITS = 24  # of 256 in which two copies' hashes differ


def joined(hashes: list[bytes]) -> np.ndarray:
    """uint64 (N, 4) of N hashes of BYTES each."""
    return np.frombuffer(b"".join(hashes), np.uint64).reshape(-1, BYTES // 8)


def distances(hashes: np.ndarray, *ways: bytes) -> np.ndarray:
    """uint16 (N,): in how many bits each of uint64 (N, 4) differs from a picture, seen whichever way it is nearest:
    `ways` are its hash and that of its mirror image."""
    return np.min([np.bitwise_count(hashes ^ joined([way])).sum(1, dtype=np.uint16) for way in ways], axis=0)
