"""`Translate`: pictures of one domain become pictures of another. `Embed`: what they are, for comparing."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np

from data.pictures import Pixels
from models.errors import BadRequest
from models.latent.latent import MAX_SEED, labels_sorted
from models.requests.pictures import check_picture

MAX_STRENGTH = 1.5
MAX_ENCODING = 32_000_000  # bytes
MAX_VARIANTS = 64


@dataclass(frozen=True, slots=True)
class Translated:
    """The answer to `Translate`."""

    pixels: Pixels = field(repr=False, compare=False)  # uint8 (pictures · seeds, H, W, 3): all seeds of the first first
    embedding: np.ndarray = field(repr=False, compare=False)  # float32 (pictures, E) of unit length
    encodings: tuple[bytes, ...] = field(default=(), repr=False)  # one a picture, where they were wanted

    @classmethod
    def of(cls, value: Self | Mapping[str, Any]) -> Self:
        """From what a worker says, {"pixels", "embedding", "encodings"}. Raises ValueError for what is no answer."""
        if isinstance(value, cls):
            return value
        try:
            answer = cls(value["pixels"], _embedding(value["embedding"]), tuple(value["encodings"]))  # type: ignore[index]
        except (TypeError, KeyError) as error:
            raise ValueError(f"not a translation: {error!r}") from error
        pixels = answer.pixels
        if not (isinstance(pixels, np.ndarray) and pixels.dtype == np.uint8 and pixels.ndim == 4 and len(pixels)):
            raise ValueError("not a translation: it holds no pictures")
        if pixels.shape[3] != 3 or not all(isinstance(encoding, bytes) for encoding in answer.encodings):
            raise ValueError("not a translation: its parts are of the wrong kind")
        return answer


@dataclass(frozen=True, slots=True)
class Translate:
    """Pictures of the domain `source` as pictures of the domain `to`. Answer: `Translated`.

    In place of `pictures` there may be `encodings`, which an earlier answer of the same model gave where `encode` asked
    for it. `labels` are values by name that all are to have; the rest stays as the picture has it. `like` is a picture
    of `to` whose look is taken. `strength` is how far to go: 0 is `source`, 1 as trained. Seeds other than 0 vary the
    look a little, each in its own way. Raises BadRequest for what makes no sense; a model refuses so what it lacks.
    """

    model: str
    pictures: tuple[Pixels, ...] = field(repr=False, compare=False)  # uint8 (H, W, 3), framed heads of any size
    source: str
    to: str
    labels: tuple[tuple[str, float], ...] = ()
    like: Pixels | None = field(default=None, repr=False, compare=False)
    strength: float = 1.0
    seeds: tuple[int, ...] = (0,)
    encodings: tuple[bytes, ...] = field(default=(), repr=False)
    encode: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", labels_sorted(self.labels))
        if bool(self.pictures) == bool(self.encodings):
            raise BadRequest("pictures or encodings are translated, one of both")
        for picture in self.pictures if self.like is None else (*self.pictures, self.like):
            check_picture(picture)
        if not all(isinstance(encoding, bytes) and len(encoding) <= MAX_ENCODING for encoding in self.encodings):
            raise BadRequest("not an encoding of a picture")
        if not 0.0 <= self.strength <= MAX_STRENGTH:  # "not" catches NaN too
            raise BadRequest(f"strength is from 0 to {MAX_STRENGTH:g}, not {self.strength}")
        if not 1 <= len(self.seeds) <= MAX_VARIANTS or not all(0 <= seed <= MAX_SEED for seed in self.seeds):
            raise BadRequest(f"there are 1 to {MAX_VARIANTS} seeds, each from 0 to {MAX_SEED}")

    @property
    def lane(self) -> str:
        return "model"

    @property
    def batch_key(self) -> Hashable:
        return ("translate", self.model, self.source, self.to)

    @property
    def count(self) -> int:
        """Pictures that are translated."""
        return len(self.pictures) + len(self.encodings)

    @property
    def cost(self) -> int:
        return self.count * len(self.seeds)

    def split(self, size: int) -> list[Translate]:
        """Pieces of at most `size` pictures, in order; the seeds of one picture are parted where they are more."""
        each = len(self.seeds)
        if each <= size:
            whole = size // each
            return [self._some(i, i + whole) for i in range(0, self.count, whole)]
        starts = range(0, each, size)
        ones = [self._some(i, i + 1) for i in range(self.count)]
        return [replace(one, seeds=self.seeds[i : i + size]) for one in ones for i in starts]

    def join(self, results: Sequence[Translated | Mapping[str, Any]]) -> Translated:
        """The answer to the whole. Raises ValueError for answers that are none, or do not fit together."""
        pieces = [Translated.of(result) for result in results]
        embedding: dict[int, np.ndarray] = {}
        encodings: dict[int, bytes] = {}
        at = 0  # picture among all that were drawn
        for piece in pieces:
            first = at // len(self.seeds)  # a picture whose seeds were parted comes in each of its pieces
            embedding |= {first + i: row for i, row in enumerate(piece.embedding)}
            encodings |= {first + i: one for i, one in enumerate(piece.encodings)}
            at += len(piece.pixels)
        wanted = range(self.count)
        if at != self.cost or sorted(embedding) != [*wanted] or sorted(encodings) != [*(wanted if self.encode else ())]:
            raise ValueError(f"{at} pictures of {len(embedding)}, where {self.cost} of {self.count} were to come")
        pixels = [piece.pixels for piece in pieces]
        try:
            return Translated(
                pixels[0] if len(pixels) == 1 else np.concatenate(pixels),
                np.stack([embedding[i] for i in wanted]),
                tuple(encodings[i] for i in sorted(encodings)),
            )
        except ValueError as error:
            raise ValueError(f"translations that do not fit together: {error}") from error

    def _some(self, begin: int, end: int) -> Translate:
        return replace(self, pictures=self.pictures[begin:end], encodings=self.encodings[begin:end])


@dataclass(frozen=True, slots=True)
class Embed:
    """What pictures of a domain are, for comparing, with pictures of other domains too. Answer: float32 (N, E).

    Rows are of unit length; that of two pictures which look alike have a dot product near 1. Raises BadRequest where
    there is no picture.
    """

    model: str
    pictures: tuple[Pixels, ...] = field(repr=False, compare=False)  # uint8 (H, W, 3), framed heads of any size
    domain: str

    def __post_init__(self) -> None:
        if not self.pictures:
            raise BadRequest("nothing to look at")
        for picture in self.pictures:
            check_picture(picture)

    @property
    def lane(self) -> str:
        return "model"

    @property
    def batch_key(self) -> Hashable:
        return ("embed", self.model, self.domain)

    @property
    def cost(self) -> int:
        return len(self.pictures)

    def split(self, size: int) -> list[Embed]:
        """Pieces of at most `size` pictures, in order."""
        return [replace(self, pictures=self.pictures[i : i + size]) for i in range(0, len(self.pictures), size)]

    def join(self, results: Sequence[np.ndarray]) -> np.ndarray:
        """The answer to the whole. Raises ValueError for answers that are none, or do not fit together."""
        found = np.concatenate([_embedding(result) for result in results])
        if len(found) != len(self.pictures):
            raise ValueError(f"{len(found)} embeddings of {len(self.pictures)} pictures")
        return found


def _embedding(value: Any) -> np.ndarray:
    """Raises ValueError for what is no float32 (N, E), finite."""
    if not isinstance(value, np.ndarray) or value.dtype != np.float32 or value.ndim != 2 or not value.size:
        raise ValueError("not an embedding")
    if not np.isfinite(value).all():
        raise ValueError("an embedding with values that are no numbers")
    return value
