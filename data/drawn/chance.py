"""Chance that is the same on every machine: each number depends on a seed and the name of what it decides.

A stream that all parameters share would shift them all when one is added; here a new parameter leaves the others
as they were.
"""

import hashlib
from collections.abc import Mapping, Sequence


class Dice:
    """Named draws of one seed. Any integer is a seed."""

    def __init__(self, seed: int) -> None:
        self._key = f"nijigen/{seed}/"

    def unit(self, name: str) -> float:
        """Uniform in [0, 1)."""
        digest = hashlib.blake2b((self._key + name).encode(), digest_size=7).digest()
        return (int.from_bytes(digest) >> 3) / 2.0**53

    def uniform(self, name: str, low: float, high: float) -> float:
        """Uniform in [low, high], rounded to 4 decimals so that it survives any text form."""
        return round(low + (high - low) * self.unit(name), 4)

    def bell(self, name: str, low: float, high: float) -> float:
        """Bell-shaped in [low, high]: the mean of three uniforms, which no libm rounds its own way."""
        mean = sum(self.unit(f"{name}.{i}") for i in range(3)) / 3.0
        return round(low + (high - low) * mean, 4)

    def chance(self, name: str, probability: float) -> bool:
        """True with the given probability."""
        return self.unit(name) < probability

    def choose(self, name: str, options: Sequence[str]) -> str:
        """One of the options, all alike."""
        return options[int(self.unit(name) * len(options))]

    def weigh(self, name: str, weights: Mapping[str, float]) -> str:
        """One key, in proportion to its weight."""
        rest = self.unit(name) * sum(weights.values())
        for key, weight in weights.items():
            rest -= weight
            if rest < 0:
                return key
        return list(weights)[-1]
