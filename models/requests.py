"""What can be asked of a model: frozen dataclasses, numpy only, no torch.

A pool reads `lane`, `batch_key` and `cost`, cuts with `split` and puts together with `join`; it knows nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np

from data.pictures import Pixels

MAX_SEED = 2**32 - 1
MAX_STEPS = 64  # how often "more like this" can be taken from one seed before the recipe must start anew


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
    """A point of latent space by name: a seed and the steps taken from it.

    `z(dim)` gives float32 (dim,), distributed as N(0, 1) whatever the steps: a step of size s turns z into
    sqrt(1 - s²) z + s n, with n drawn from the step's own seed.
    """

    seed: int
    steps: tuple[Step, ...] = ()

    def __post_init__(self) -> None:
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

    def to_json(self) -> dict[str, Any]:
        steps = [[s.seed, s.size] for s in self.steps]
        return {"seed": self.seed, "steps": steps} if steps else {"seed": self.seed}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        return cls(int(value["seed"]), tuple(Step(int(seed), float(size)) for seed, size in value.get("steps", ())))


@dataclass(frozen=True, slots=True)
class Draw:
    """Pictures from latents. Answer: uint8 (N, H, W, 3) in the order of `latents`.

    `model` is a resolved version (`waifu@starter`). `trunc` pulls `w` towards `w_avg`; a network without mapping
    scales `z` by it (1 = as drawn, 0 = the average face).
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
