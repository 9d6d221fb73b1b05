"""What can be asked of a model: frozen dataclasses, numpy only, no torch.

A pool reads `lane`, `batch_key` and `cost`, cuts with `split` and puts together with `join`; it knows nothing else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np

from data.pictures import Pixels

MAX_SEED = 2**32 - 1
MAX_STEPS = 64  # how often "more like this" can be taken from one seed before the recipe must start anew
MAX_LABELS = 64
LABEL_RANGE = 4.0  # label values are about -1…1; what is asked for lies within plus or minus this

_LABEL_NAME = re.compile(r"[a-z_]{1,32}")


class BadRequest(ValueError):
    """A request that no model could answer; the message is for the log, never for a member."""


def seed_of(text: str) -> int:
    """The seed that a text stands for: the first four bytes of its MD5, big-endian."""
    return int.from_bytes(hashlib.md5(text.encode(), usedforsecurity=False).digest()[:4], "big")


@dataclass(frozen=True, slots=True)
class Step:
    """A small walk in latent space: towards the point of `seed`, `size` of the way (0…1)."""

    seed: int
    size: float


@dataclass(frozen=True, slots=True)
class Latent:
    """A point of latent space by name: a seed and the steps taken from it, and the label values that are asked for.

    `z(dim)` gives float32 (dim,), distributed as N(0, 1) whatever the steps: a step of size s turns z into
    sqrt(1 - s²) z + s n, with n drawn from the step's own seed. `labels` are values by name (`data.labels.NAMES`), kept
    sorted by name; what they leave open comes from the model's bank (`c`).
    """

    seed: int
    steps: tuple[Step, ...] = ()
    labels: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        labels = tuple(sorted((name, float(value)) for name, value in self.labels))
        if len(labels) > MAX_LABELS or len({name for name, _ in labels}) < len(labels):
            raise BadRequest(f"too many labels, or one twice: {len(labels)}")
        for name, value in labels:
            if not _LABEL_NAME.fullmatch(name) or not abs(value) <= LABEL_RANGE:  # "not" catches NaN too
                raise BadRequest(f"no such label: {name[:40]!r} = {value}")
        object.__setattr__(self, "labels", labels)
        if not 0 <= self.seed <= MAX_SEED or len(self.steps) > MAX_STEPS:
            raise BadRequest(f"no such latent: {self}")
        for step in self.steps:
            if not (0 <= step.seed <= MAX_SEED and 0.0 <= step.size <= 1.0):
                raise BadRequest(f"no such step: {step}")

    def z(self, dim: int) -> np.ndarray:
        """float32 (dim,). As in the StyleGAN tools: `np.random.RandomState(seed).randn(1, z_dim)`."""
        z = np.random.RandomState(self.seed).randn(1, dim)[0]
        for step in self.steps:
            n = np.random.RandomState(step.seed).randn(1, dim)[0]
            z = np.sqrt(1.0 - step.size**2) * z + step.size * n
        return z.astype(np.float32)

    def step(self, seed: int, size: float) -> Self:
        """This point after one more step."""
        return replace(self, steps=(*self.steps, Step(seed, size)))

    def labelled(self, labels: Mapping[str, float]) -> Self:
        """This point with these label values, added to those it has or in their place."""
        return replace(self, labels=tuple({**dict(self.labels), **labels}.items()))

    def c(self, z_dim: int, names: Sequence[str], bank: np.ndarray) -> np.ndarray:
        """float32 (len(names),): the label vector. `bank` (n, len(names)) are those of a model's training set.

        The seed chooses a row: after `state = np.random.RandomState(seed); state.randn(1, z_dim)` it is
        `state.randint(n)`. Steps do not change it. Raises BadRequest for a label that is not among `names`.
        """
        if strangers := [name for name, _ in self.labels if name not in names]:
            raise BadRequest(f"the model knows no label {strangers[0]!r}")
        state = np.random.RandomState(self.seed)
        state.randn(1, z_dim)
        vector = np.array(bank[state.randint(len(bank))], np.float32)
        for name, value in self.labels:
            vector[names.index(name)] = value
        return vector

    def to_json(self) -> dict[str, Any]:
        steps = [[s.seed, s.size] for s in self.steps]
        return {
            "seed": self.seed,
            **({"steps": steps} if steps else {}),
            **({"labels": dict(self.labels)} if self.labels else {}),
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """Raises BadRequest, KeyError, TypeError or ValueError for what is no latent."""
        steps = tuple(Step(int(seed), float(size)) for seed, size in value.get("steps", ()))
        labels = value.get("labels", {})
        if not isinstance(labels, Mapping):
            raise BadRequest("labels are an object")
        return cls(int(value["seed"]), steps, tuple((str(name), float(number)) for name, number in labels.items()))


@dataclass(frozen=True, slots=True)
class Draw:
    """Pictures from latents. Answer: uint8 (N, H, W, 3) in the order of `latents`.

    `model` is a resolved version (`waifu@starter`). `trunc` pulls `w` towards `w_avg`; a network without mapping
    scales `z` by it (1 = as drawn, 0 = the average face). Labels are never truncated.
    """

    model: str
    latents: tuple[Latent, ...] = field(repr=False)
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
        shape = self.pixels.shape
        if (
            self.pixels.dtype != np.uint8
            or len(shape) != 3
            or shape[2] != 3
            or not 0 < min(shape) <= max(shape) < 2**14
        ):
            raise BadRequest(f"not a picture: {self.pixels.dtype} {shape}")

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
