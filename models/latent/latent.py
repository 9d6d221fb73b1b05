"""A point of latent space by name: a seed, and the small steps that were taken from it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from models.errors import BadRequest

MAX_SEED = 2**32 - 1
MAX_STEPS = 64  # how often "more like this" can be taken from one seed before the recipe must start anew
MAX_LABELS = 64
LABEL_RANGE = 4.0  # label values are about -1…1; what is asked for lies within plus or minus this

_LABEL_NAME = re.compile(r"[a-z_]{1,32}")


def seed_of(text: str) -> int:
    """The seed that a text stands for: the first four bytes of its MD5, big-endian."""
    return int.from_bytes(hashlib.md5(text.encode(), usedforsecurity=False).digest()[:4], "big")


def labels_sorted(labels: Iterable[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    """Label values that are asked for, by name. Raises BadRequest for too many, one twice, and what no label can be."""
    found = tuple(sorted((name, float(value)) for name, value in labels))
    if len(found) > MAX_LABELS or len({name for name, _ in found}) < len(found):
        raise BadRequest(f"too many labels, or one twice: {len(found)}")
    for name, value in found:
        if not _LABEL_NAME.fullmatch(name) or not abs(value) <= LABEL_RANGE:  # "not" catches NaN too
            raise BadRequest(f"no such label: {name[:40]!r} = {value}")
    return found


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
        object.__setattr__(self, "labels", labels_sorted(self.labels))
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

    @property
    def leaves(self) -> tuple[Self, ...]:
        """The seeds that it is made of: itself."""
        return (self,)

    @property
    def styled(self) -> bool:
        """Whether it takes a network with styles to draw it."""
        return False

    def step(self, seed: int, size: float) -> Self:
        """This point after one more step."""
        return replace(self, steps=(*self.steps, Step(seed, size)))

    def labelled(self, labels: Mapping[str, float]) -> Self:
        """This point with these label values, added to those it has or in their place."""
        return replace(self, labels=tuple({**dict(self.labels), **labels}.items()))

    def without(self, names: Collection[str]) -> Self:
        """This point with nothing asked of these labels."""
        return replace(self, labels=tuple(label for label in self.labels if label[0] not in names))

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
