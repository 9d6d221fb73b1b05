"""`Draw`: pictures from points of latent space."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from data.pictures import Pixels
from models.errors import BadRequest
from models.latent.points import Point


@dataclass(frozen=True, slots=True)
class Draw:
    """Pictures from latents. Answer: uint8 (N, H, W, 3) in the order of `latents`.

    `model` is a resolved version (`waifu@starter`). `trunc` pulls `w` towards `w_avg`; a network without mapping
    scales `z` by it (1 = as drawn, 0 = the average face). Labels are never truncated. A point whose `styled` is true is
    refused with BadRequest by a network without styles.
    """

    model: str
    latents: tuple[Point, ...] = field(repr=False)
    trunc: float = 1.0

    def __post_init__(self) -> None:
        if not self.latents or not 0.0 <= self.trunc <= 2.0:
            raise BadRequest(f"nothing to draw, or truncation out of range: {self}")

    @property
    def lane(self) -> str:
        return "model"

    @property
    def batch_key(self) -> Hashable:
        return ("draw", self.model)

    @property
    def cost(self) -> int:
        return len(self.latents)

    def split(self, size: int) -> list[Draw]:
        """Pieces of at most `size` pictures, in order."""
        return [replace(self, latents=self.latents[i : i + size]) for i in range(0, len(self.latents), size)]

    def join(self, results: Sequence[Pixels]) -> Pixels:
        """The answer to the whole from the answers to the pieces of `split`."""
        return results[0] if len(results) == 1 else np.concatenate(results)
