"""The nearest neighbours of an embedding, by looking at all: 100,000 take less than a tenth of a second."""

from __future__ import annotations

import numpy as np

BLOCK = 8192  # rows that are in single precision at a time


def nearest(
    vectors: np.ndarray, query: np.ndarray, most: int, rows: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The rows of `vectors` (N, E), of unit length, that are nearest to `query` (E,): at most `most`, nearest first.

    Gives their numbers int64 (K,) and their distances float32 (K,), 1 - cosine: 0 for the same direction, 2 for the
    opposite one. Of equally near ones the first goes first. `rows` int64 (M,), ascending: only these are looked at.
    """
    query = query.astype(np.float32)
    count = len(vectors) if rows is None else len(rows)
    kept, distances = np.zeros(0, np.int64), np.zeros(0, np.float32)
    for start in range(0, count if most > 0 else 0, BLOCK):
        numbers = np.arange(start, min(start + BLOCK, count)) if rows is None else rows[start : start + BLOCK]
        block = vectors[start : start + BLOCK] if rows is None else vectors[numbers]
        # Not a product of BLAS, whose threads wait for each other where the machine is busy.
        found = np.clip(1.0 - np.einsum("ij,j->i", block.astype(np.float32), query), 0.0, 2.0)
        if len(found) > most:  # the others cannot be among the nearest of all
            at = np.argpartition(found, most - 1)[:most]
            at = np.flatnonzero(found <= found[at].max())
            numbers, found = numbers[at], found[at]
        kept, distances = np.concatenate([kept, numbers]), np.concatenate([distances, found])
        order = np.argsort(distances, kind="stable")[:most]
        kept, distances = kept[order], distances[order]
    return kept, distances
