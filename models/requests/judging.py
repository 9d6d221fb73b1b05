"""`Judge`: what a discriminator makes of one picture."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from data.pictures import Pixels
from models.requests.pictures import check_picture


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to `Judge`."""

    score: float  # 0…1: how far up the picture stands among the model's own training pictures and drawings
    logit: float  # D's

    @classmethod
    def of(cls, value: Self | Mapping[str, Any]) -> Self:
        """From what a worker says, {"score", "logit"}. Raises ValueError for what is no such answer."""
        if isinstance(value, cls):
            return value
        try:
            return cls(float(value["score"]), float(value["logit"]))  # type: ignore[index]
        except (TypeError, KeyError) as error:
            raise ValueError(f"not a verdict: {error!r}") from error


@dataclass(frozen=True, slots=True)
class Judge:
    """What a model's discriminator makes of one picture, uint8 (H, W, 3). Answer: `Verdict`.

    Its middle square is resized to the network's size. A model without D is refused with BadRequest.
    """

    model: str
    pixels: Pixels = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        check_picture(self.pixels)

    @property
    def lane(self) -> str:
        return "model"

    @property
    def batch_key(self) -> Hashable:
        return ("judge", self.model)

    @property
    def cost(self) -> int:
        return 1

    def split(self, size: int) -> list[Judge]:
        return [self]

    def join(self, results: Sequence[Verdict | Mapping[str, Any]]) -> Verdict:
        """The answer as a `Verdict`. Raises ValueError for what is none."""
        return Verdict.of(results[0])
