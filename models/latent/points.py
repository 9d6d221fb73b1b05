"""Points of latent space that are made of others: on the way from one to another, or with the styles of several.

A point is a `Latent`, a `Between` or a `Crossed`. All say which seeds they are made of (`leaves`) and whether it takes
a network with styles to draw them (`styled`); all can be walked on from (`step`) and told what to show (`labelled`).
Those that are not `styled` have a `z` and a `c`, which any network draws.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self, get_args

import numpy as np

from models.errors import BadRequest
from models.latent.bands import BANDS, Band
from models.latent.latent import Latent
from models.latent.walk import slerp

Space = Literal["z", "w"]

MAX_LEAVES = 8  # seeds that one point is made of; more would be the average face
MAX_DEPTH = 6


@dataclass(frozen=True, slots=True)
class Between:
    """A point on the way from `start` (share 0) to `end` (1): on an arc in z, or on a straight line in w.

    In z both ends must have one, and their labels mix by share.
    """

    start: Point
    end: Point
    share: float
    space: Space

    def __post_init__(self) -> None:
        if not 0.0 <= self.share <= 1.0 or self.space not in get_args(Space):  # "not" catches NaN too
            raise BadRequest(f"no such place between two: {self.share} in {self.space!r}")
        if self.space == "z" and (self.start.styled or self.end.styled):
            raise BadRequest("what has styles has no z")
        _check(self)

    @property
    def leaves(self) -> tuple[Latent, ...]:
        return _once(self.start.leaves + self.end.leaves)

    @property
    def labels(self) -> tuple[tuple[str, float], ...]:
        """Those that are asked of all seeds with one value."""
        return tuple(labels_common([self]).items())

    @property
    def styled(self) -> bool:
        return self.space == "w"

    def z(self, dim: int) -> np.ndarray:
        """float32 (dim,). Raises BadRequest where it has none."""
        return slerp(_plain(self.start).z(dim), _plain(self.end).z(dim), self.share)

    def c(self, z_dim: int, names: Sequence[str], bank: np.ndarray) -> np.ndarray:
        """float32 (len(names),), as `Latent.c`; labels of both ends by share. Raises BadRequest where it has none."""
        start, end = (_plain(point).c(z_dim, names, bank) for point in (self.start, self.end))
        return (start + self.share * (end - start)).astype(np.float32)

    def step(self, seed: int, size: float) -> Self:
        return type(self)(self.start.step(seed, size), self.end.step(seed, size), self.share, self.space)

    def labelled(self, labels: Mapping[str, float]) -> Self:
        return type(self)(self.start.labelled(labels), self.end.labelled(labels), self.share, self.space)

    def without(self, names: Collection[str]) -> Self:
        return type(self)(self.start.without(names), self.end.without(names), self.share, self.space)

    def to_json(self) -> dict[str, Any]:
        return {"from": self.start.to_json(), "to": self.end.to_json(), "share": self.share, "space": self.space}


@dataclass(frozen=True, slots=True)
class Crossed:
    """A face with the coarse styles of one point (pose, shape of head and hair), the middle ones of a second (features,
    hairstyle) and the fine ones of a third (colours, lines). Karras et al. 2019, section 3.1."""

    coarse: Point
    middle: Point
    fine: Point

    def __post_init__(self) -> None:
        _check(self)

    @property
    def leaves(self) -> tuple[Latent, ...]:
        return _once(self.coarse.leaves + self.middle.leaves + self.fine.leaves)

    @property
    def labels(self) -> tuple[tuple[str, float], ...]:
        """Those that are asked of all seeds with one value."""
        return tuple(labels_common([self]).items())

    @property
    def styled(self) -> bool:
        return True

    def of(self, band: Band) -> Point:
        """Whose styles those of a band are."""
        return {"coarse": self.coarse, "middle": self.middle, "fine": self.fine}[band]

    def z(self, dim: int) -> np.ndarray:
        """It has none. Raises BadRequest."""
        raise BadRequest("what has styles has no z")

    def c(self, z_dim: int, names: Sequence[str], bank: np.ndarray) -> np.ndarray:
        """It has none. Raises BadRequest."""
        raise BadRequest("what has styles has no labels of its own")

    def step(self, seed: int, size: float) -> Self:
        return type(self)(*(self.of(band).step(seed, size) for band in BANDS))

    def labelled(self, labels: Mapping[str, float]) -> Self:
        return type(self)(*(self.of(band).labelled(labels) for band in BANDS))

    def without(self, names: Collection[str]) -> Self:
        return type(self)(*(self.of(band).without(names) for band in BANDS))

    def to_json(self) -> dict[str, Any]:
        return {band: self.of(band).to_json() for band in BANDS}


Point = Latent | Between | Crossed


def point_of(value: Mapping[str, Any]) -> Point:
    """From `to_json`. Raises BadRequest, KeyError, TypeError or ValueError for what is none, however deep."""
    return _point(value, MAX_DEPTH)


def depth(point: Point) -> int:
    """How many points stand in one another; 1 for a seed."""
    match point:
        case Between(start, end):
            return 1 + max(depth(start), depth(end))
        case Crossed(coarse, middle, fine):
            return 1 + max(depth(coarse), depth(middle), depth(fine))
    return 1


def labels_common(points: Sequence[Point]) -> dict[str, float]:
    """The labels that are asked of all seeds of all points, with the same value."""
    return dict(sorted(set.intersection(*(set(leaf.labels) for point in points for leaf in point.leaves))))


def _point(value: Mapping[str, Any], deep: int) -> Point:
    if deep < 1:
        raise BadRequest("a point made of points made of points …")
    if not isinstance(value, Mapping):
        raise BadRequest("a point is an object")
    if "seed" in value:
        return Latent.from_json(dict(value))
    if "coarse" in value:
        return Crossed(*(_point(value[band], deep - 1) for band in BANDS))
    ends = [_point(value[end], deep - 1) for end in ("from", "to")]
    return Between(ends[0], ends[1], float(value["share"]), value["space"])


def _check(point: Between | Crossed) -> None:
    if len(point.leaves) > MAX_LEAVES or depth(point) > MAX_DEPTH:
        raise BadRequest(f"a point of {len(point.leaves)} seeds, {depth(point)} deep")


def _plain(point: Point) -> Latent | Between:
    if isinstance(point, Crossed):
        raise BadRequest("what has styles has no z")
    return point


def _once(leaves: tuple[Latent, ...]) -> tuple[Latent, ...]:
    return tuple(dict.fromkeys(leaves))
