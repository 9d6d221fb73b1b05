"""How a figure is written down."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    name: str
    value: float
    unit: str
    floor: float | None = None  # what it must reach
    ceiling: float | None = None  # what it must not exceed

    @property
    def holds(self) -> bool | None:
        if self.floor is None and self.ceiling is None:
            return None
        low = self.floor is None or self.value >= self.floor
        return low and (self.ceiling is None or self.value <= self.ceiling)


def in_turn(rounds: int, *measures: Callable[[], float]) -> list[float]:
    """The median of each measure over `rounds`, taken in turn so that a slow minute hits all alike."""
    taken: list[list[float]] = [[] for _ in measures]
    for _ in range(rounds):
        for values, measure in zip(taken, measures, strict=True):
            values.append(measure())
    return [statistics.median(values) for values in taken]


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile, `share` in 0…1."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
