"""One network out of a file, under our names, and what its weights do not say."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from models.foreign.arrays import Array, Numbers, Tensor
from models.foreign.errors import Unreadable

USUAL = (1.0, 3.0, 3.0, 1.0)


@dataclass(frozen=True, slots=True)
class Found:
    """A generator or discriminator. `tensors` are named as in `models.stylegan`, without the network's own name."""

    tensors: Mapping[str, Numbers] = field(repr=False)
    clamp: float | None = None  # no activation beyond
    taps: tuple[float, ...] = USUAL  # of the resampling filter
    lr_multiplier: float = 0.01  # of the mapping
    group: int | None = 4  # pictures whose spread D sees; None: the whole batch
    channel_base: int | None = None  # as written down; the widths of the tensors have the last word


@dataclass(slots=True)
class Networks:
    """What a file holds."""

    layout: str  # who wrote it, for people
    found: dict[str, Found] = field(default_factory=dict)  # by "G_ema", "G", "D"
    notes: list[str] = field(default_factory=list)  # sentences on what was left out or taken to be so
    kimg: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Derived:
    """An array that is another one, changed. Its shape is known before it is."""

    source: Numbers = field(repr=False)
    shape: tuple[int, ...]
    change: Callable[[np.ndarray], np.ndarray] = field(repr=False)

    def array(self) -> np.ndarray:
        """float32, in an array of its own. Raises Unreadable."""
        return np.ascontiguousarray(self.change(self.source.array()), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """An array that is in no file."""

    value: np.ndarray = field(repr=False)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape

    def array(self) -> np.ndarray:
        return self.value.astype(np.float32)


def tensor(value: Any, name: str) -> Numbers:
    """`value`, if it is an array that a file holds, or one number, as TensorFlow hands out. Raises Unreadable."""
    if type(value) in (int, float):
        return Made(np.asarray(value, np.float32))
    if not isinstance(value, Tensor | Array):
        raise Unreadable(f"holds something else than numbers as {name}")
    return value


def reshaped(source: Numbers, shape: tuple[int, ...]) -> Numbers:
    """The same numbers in another shape. Raises Unreadable where they are not as many."""
    if math.prod(source.shape) != math.prod(shape):
        raise Unreadable(f"holds a tensor of the shape {source.shape} where {shape} is needed")
    return Derived(source, shape, lambda a: a.reshape(shape))


def permuted(source: Numbers, axes: tuple[int, ...], flipped: int = 0) -> Numbers:
    """With its axes in another order, after the first `flipped` of them were reversed. Raises Unreadable."""
    if len(source.shape) != len(axes):
        raise Unreadable(f"holds a tensor of the shape {source.shape} where one of {len(axes)} axes is needed")
    steps = tuple(slice(None, None, -1) for _ in range(flipped))
    return Derived(source, tuple(source.shape[axis] for axis in axes), lambda a: a[steps].transpose(axes))


def scaled(source: Numbers, factor: float, plus: float = 0.0) -> Numbers:
    """factor * source + plus."""
    return Derived(source, source.shape, lambda a: a * np.float32(factor) + np.float32(plus))


def taps_of(filters: list[Numbers]) -> tuple[float, ...]:
    """The taps, the smallest of them 1, of which filters (k, k) are made; (k,) where one alone is applied both ways.

    Raises Unreadable where they differ, or are not the product of two equal rows.
    """
    if not filters:
        return USUAL
    if any(f.shape != filters[0].shape for f in filters) or not 1 <= len(filters[0].shape) <= 2:
        raise Unreadable("resamples with more than one filter, which cannot be read here")
    if max(filters[0].shape) > 64:
        raise Unreadable("resamples with a filter that is too large")
    first, *others = (f.array().astype(np.float64) for f in filters)
    row = first.sum(1) if first.ndim == 2 else first
    if not np.isfinite(first).all() or abs(row.sum()) < 1e-6:
        raise Unreadable("resamples with a filter that is none")
    row = row / row.sum()
    square = np.outer(row, row) if first.ndim == 2 else row
    if not all(np.allclose(square, f / f.sum(), atol=1e-6) for f in (first, *others)):
        raise Unreadable("resamples with more than one filter, which cannot be read here")
    # float32 has rounded them; what is as good as whole is whole, so that [1, 3, 3, 1] is found to be that.
    steps = row / np.abs(row[row != 0]).min()
    whole = np.round(steps)
    return tuple(float(t) for t in (whole if np.allclose(steps, whole, atol=1e-4) else steps))
