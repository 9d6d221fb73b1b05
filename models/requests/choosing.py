"""`Best`: the drawings that a discriminator takes for the most real ones."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np

from data.pictures import Pixels
from models.errors import BadRequest
from models.latent.latent import Latent


@dataclass(frozen=True, slots=True)
class Ranked:
    """The answer to `Best`, best first."""

    indices: tuple[int, ...]  # into the latents of the whole request
    scores: tuple[float, ...]  # D's logits
    pixels: Pixels = field(repr=False, compare=False)  # uint8 (keep, H, W, 3)

    @classmethod
    def of(cls, value: Self | Mapping[str, Any]) -> Self:
        """From what a worker says, {"indices", "scores", "pixels"}. Raises ValueError for what is no such answer."""
        if isinstance(value, cls):
            return value
        try:
            indices, scores, pixels = value["indices"], value["scores"], value["pixels"]  # type: ignore[index]
            answer = cls(tuple(int(i) for i in indices), tuple(float(s) for s in scores), pixels)
        except (TypeError, KeyError) as error:
            raise ValueError(f"not a ranking: {error!r}") from error
        if not (isinstance(pixels, np.ndarray) and pixels.dtype == np.uint8 and pixels.ndim == 4):
            raise ValueError("not a ranking: it holds no pictures")
        if not len(answer.indices) == len(answer.scores) == len(pixels) > 0:
            raise ValueError("not a ranking: its parts are not of one length")
        return answer


@dataclass(frozen=True, slots=True)
class Best:
    """The pictures of `latents` that the discriminator takes for the most real ones. Answer: `Ranked`.

    `keep` of them are kept, or all where there are fewer. A model without D is refused with BadRequest. `offset` is the
    place of `latents` in the whole request that this was cut from.
    """

    model: str
    latents: tuple[Latent, ...] = field(repr=False)
    keep: int
    trunc: float = 1.0
    offset: int = 0

    def __post_init__(self) -> None:
        if not self.latents or self.keep < 1 or self.offset < 0 or not 0.0 <= self.trunc <= 2.0:
            raise BadRequest(f"nothing to choose from, nothing to keep, or truncation out of range: {self}")

    @property
    def lane(self) -> str:
        return "model"

    @property
    def batch_key(self) -> Hashable:
        return ("best", self.model)

    @property
    def cost(self) -> int:
        return len(self.latents)

    def split(self, size: int) -> list[Best]:
        """Pieces of at most `size` pictures, in order; each keeps as many as the whole would, at most all it has."""
        starts = range(0, len(self.latents), size)
        return [replace(self, latents=self.latents[i : i + size], offset=self.offset + i) for i in starts]

    def join(self, results: Sequence[Ranked | Mapping[str, Any]]) -> Ranked:
        """The best of all pieces' best. Raises ValueError for answers that are none, or do not fit together."""
        pieces = [Ranked.of(result) for result in results]
        scored = [
            (-score, index, picture)
            for piece in pieces
            for index, score, picture in zip(piece.indices, piece.scores, piece.pixels, strict=True)
        ]
        kept = sorted(scored, key=lambda entry: entry[:2])[: self.keep]
        return Ranked(tuple(i for _, i, _ in kept), tuple(-s for s, _, _ in kept), np.stack([p for _, _, p in kept]))
