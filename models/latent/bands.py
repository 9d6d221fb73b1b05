"""Which styles of a StyleGAN are coarse, middle and fine, and the faces that two or more make with them.

Karras et al. 2019, section 3.1: coarse at 4 and 8 px (pose, shape of face and hair), middle at 16 and 32 px (features,
hairstyle, eyes), fine from 64 px on (colours, lines). A network of less than 128 px has its own styles in thirds.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Literal

Band = Literal["coarse", "middle", "fine"]
BANDS: tuple[Band, ...] = ("coarse", "middle", "fine")
COARSE, MIDDLE = 4, 8  # styles below them at 1024 px


def bands(num_ws: int) -> dict[Band, slice]:
    """The places of each band's styles among `num_ws`, at least 2 of which a network has at each size."""
    first = min(COARSE, max(1, 2 * round(num_ws / 6)))
    second = min(MIDDLE, max(first + 1, 2 * round(num_ws / 3)))
    return {"coarse": slice(0, first), "middle": slice(first, second), "fine": slice(second, num_ws)}


def crossings() -> Iterator[tuple[int, int, int]]:
    """Whose coarse, middle and fine styles (0 or 1) each of the eight faces of two parents has, both of them first and
    last: the first row keeps the first's coarse ones, the second the other's."""
    yield from itertools.product((0, 1), repeat=3)  # type: ignore[misc]
