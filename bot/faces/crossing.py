"""The recipe of a mix: faces with the coarse, middle and fine styles of two, or of each pair of several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from models.errors import BadRequest
from models.latent.bands import BANDS, crossings
from models.latent.points import Between, Crossed, Point, Space, point_of
from models.latent.walk import there

Share = Literal["first", "second", "half"]
SHARES: tuple[Share, ...] = get_args(Share)
USUAL: tuple[Share, Share, Share] = ("first", "second", "second")  # her shape, the other's features and colours
MOST_PARENTS = 8
STEPS = 8  # of the grid of a network without styles


@dataclass(frozen=True, slots=True)
class Mix:
    """Both parents and their child between them; or the whole `grid`: of two, all eight ways to cross them; of more, in
    row i and column j the coarse styles of the i-th with the others of the j-th.

    Without `styles` a child is halfway between its parents in z, and the grid of two the way from one to the other.
    """

    model: str
    parents: tuple[Point, ...]
    take: tuple[Share, Share, Share]  # whose coarse, middle and fine styles the child has
    grid: bool
    styles: bool
    trunc: float
    words: tuple[str, ...] = ()  # how the parents were named: "#k7f3.2", "7"

    def __post_init__(self) -> None:
        if not 2 <= len(self.parents) <= MOST_PARENTS or not set(self.take) <= set(SHARES) or len(self.take) != 3:
            raise BadRequest(f"a mix of {len(self.parents)}, {self.take}")

    @property
    def points(self) -> tuple[Point, ...]:
        """In reading order."""
        first, second, *more = self.parents
        if not self.grid:
            return (first, self._child(first, second, self.take), second)
        if more:
            return tuple(self._child(a, b, USUAL) if a is not b else a for a in self.parents for b in self.parents)
        if not self.styles:
            return tuple(self._between(first, second, share) for share in there(2 * STEPS - 2, eased=False))
        return tuple(self._crossed([self.parents[i] for i in whose]) for whose in crossings())

    @property
    def columns(self) -> int:
        """How many of the points stand side by side."""
        if not self.grid:
            return 3
        return len(self.parents) if len(self.parents) > 2 else STEPS // 2

    def body(self) -> dict[str, Any]:
        """The recipe."""
        return {
            "op": "mix",
            "model": self.model,
            "faces": [point.to_json() for point in self.parents],
            "take": list(self.take),
            "grid": self.grid,
            "styles": self.styles,
            "trunc": self.trunc,
            "words": list(self.words),
        }

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Mix:
        """From a recipe. Raises BadRequest, KeyError, TypeError or ValueError for what is none."""
        return cls(
            str(body["model"]),
            tuple(point_of(value) for value in body["faces"]),
            cast(tuple[Share, Share, Share], tuple(str(share) for share in body["take"])),
            bool(body["grid"]),
            bool(body["styles"]),
            float(body["trunc"]),
            tuple(str(word) for word in body.get("words", ())),
        )

    def _child(self, first: Point, second: Point, take: Sequence[Share]) -> Point:
        half = self._between(first, second, 0.5)
        if not self.styles:
            return half
        return self._crossed([{"first": first, "second": second, "half": half}[share] for share in take])

    def _between(self, first: Point, second: Point, share: float) -> Point:
        if share in (0.0, 1.0):
            return second if share else first
        space: Space = "w" if self.styles else "z"
        return Between(first, second, share, space)

    @staticmethod
    def _crossed(parents: Sequence[Point]) -> Point:
        """Whose styles are all one face's is that face; of one who is crossed herself, those of hers that are taken."""
        if len(set(parents)) == 1:
            return parents[0]
        taken = [p.of(band) if isinstance(p, Crossed) else p for band, p in zip(BANDS, parents, strict=True)]
        return Crossed(*taken)
