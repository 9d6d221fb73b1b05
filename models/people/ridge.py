"""Least squares with a penalty (ridge regression, Hoerl and Kennard 1970), and how it does on what it was not shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from data.vision.people.fitted import Linear

FOLDS = 5


@dataclass(frozen=True, slots=True)
class _Sums:
    """All that a fit needs to know of its rows; those of some rows can be taken away again."""

    count: float
    x: np.ndarray  # (inputs,)
    y: np.ndarray  # (outputs,)
    xx: np.ndarray  # (inputs, inputs)
    xy: np.ndarray  # (inputs, outputs)

    @classmethod
    def of(cls, x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> Self:
        w = weights[:, None].astype(np.float32)
        wx = x * w
        xx, xy = (x.T @ wx).astype(np.float64), (wx.T @ y).astype(np.float64)
        return cls(float(w.sum()), wx.sum(0, dtype=np.float64), (y * w).sum(0, dtype=np.float64), xx, xy)

    def without(self, other: _Sums) -> _Sums:
        return _Sums(
            self.count - other.count, self.x - other.x, self.y - other.y, self.xx - other.xx, self.xy - other.xy
        )

    def fit(self, penalty: float) -> Linear:
        x, y = self.x / self.count, self.y / self.count
        gram = self.xx - self.count * np.outer(x, x)
        gram[np.diag_indices(len(x))] += penalty
        weight = np.linalg.solve(gram, self.xy - self.count * np.outer(x, y))
        return Linear(weight.astype(np.float32), (y - x @ weight).astype(np.float32))


def ridge(x: np.ndarray, y: np.ndarray, penalty: float, weights: np.ndarray | None = None) -> Linear:
    """The linear map from x float32 (N, inputs) to y (N, outputs) that errs least, with `penalty` on its squared
    weights; `weights` (N,) say how much each row counts."""
    return _Sums.of(x, y, np.ones(len(x)) if weights is None else weights).fit(penalty)


def balanced(y: np.ndarray) -> np.ndarray:
    """Weights (N,) with which each value that occurs in y (N,) counts as much as the others."""
    kinds, where, counts = np.unique(y, return_inverse=True, return_counts=True)
    return (len(y) / len(kinds) / counts)[where]


def held_out(x: np.ndarray, y: np.ndarray, penalty: float, who: np.ndarray) -> np.ndarray:
    """What is said of each row of x (N, inputs), as (N,), by a fit to the others' y (N,), both kinds counting as much:
    a fold of `who` (N,) is left out at a time."""
    weights = balanced(y)
    folds = [who % FOLDS == fold for fold in range(FOLDS)]
    sums = [_Sums.of(x[fold], y[fold, None], weights[fold]) for fold in folds]
    whole = _Sums.of(x, y[:, None], weights)
    said = np.zeros(len(y))
    for fold, part in zip(folds, sums, strict=True):
        said[fold] = whole.without(part).fit(penalty)(x[fold])[:, 0]
    return said
