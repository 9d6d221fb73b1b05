"""From points of latent space to the styles that a StyleGAN draws them with."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from models.latent.bands import BANDS, bands
from models.latent.points import Between, Crossed, Point

Mapped = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""z (n, z_dim), c (n, c_dim) -> ws float32 (n, num_ws, w_dim), not truncated."""


def styles_of(
    points: Sequence[Point], mapped: Mapped, z_dim: int, names: Sequence[str] = (), bank: np.ndarray | None = None
) -> np.ndarray:
    """float32 (len(points), num_ws, w_dim). What they have in common is mapped once, all in one call.

    Raises BadRequest for a label that is not among `names`.
    """
    plain = list(dict.fromkeys(found for point in points for found in _mapped_parts(point)))
    z = np.stack([point.z(z_dim) for point in plain]).astype(np.float32)
    c = np.zeros((len(plain), 0), np.float32)
    if names and bank is not None:
        c = np.stack([point.c(z_dim, names, bank) for point in plain]).astype(np.float32)
    known = dict(zip(plain, mapped(z, c), strict=True))
    return np.stack([_styles(point, known) for point in points])


def _mapped_parts(point: Point) -> list[Point]:
    """What the network itself must map, in order."""
    match point:
        case Between(start, end, _, "w"):
            return [*_mapped_parts(start), *_mapped_parts(end)]
        case Crossed(coarse, middle, fine):
            return [*_mapped_parts(coarse), *_mapped_parts(middle), *_mapped_parts(fine)]
    return [point]


def _styles(point: Point, known: dict[Point, np.ndarray]) -> np.ndarray:
    """(num_ws, w_dim)"""
    match point:
        case Between(start, end, share, "w"):
            one = _styles(start, known)
            return one + np.float32(share) * (_styles(end, known) - one)
        case Crossed():
            parents = {band: _styles(point.of(band), known) for band in BANDS}
            ws = parents["coarse"].copy()
            for band, places in bands(len(ws)).items():
                ws[places] = parents[band][places]
            return ws
    return known[point]
