"""Least squares with a penalty (ridge regression, Hoerl and Kennard 1970), and how it does on what it was not shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from data.vision.people.fitted import Linear

FOLDS = 5


def ridge(x: np.ndarray, y: np.ndarray, penalty: float, weights: np.ndarray | None = None) -> Linear:
    """The linear map from x float32 (N, inputs) to y (N, outputs) that errs least, with `penalty` on its squared
    weights; `weights` (N,) say how much each row counts."""
    w = np.ones(len(x)) if weights is None else weights
    return _Sums.of(x, y, w).fit(penalty) if len(x) > x.shape[1] else _by_rows(x, y, penalty, w)


def balanced(y: np.ndarray) -> np.ndarray:
    """Weights (N,) with which each value that occurs in y (N,) counts as much as the others."""
    kinds, where, counts = np.unique(y, return_inverse=True, return_counts=True)
    return (len(y) / len(kinds) / counts)[where]


def held_out(x: np.ndarray, y: np.ndarray, penalty: float, who: np.ndarray) -> np.ndarray:
    """What is said of each row of x (N, inputs), as (N,), by a fit to the others' y (N,), all values counting as much:
    a fold of `who` (N,) is left out at a time."""
    weights, said = balanced(y), np.zeros(len(y))
    folds = [who % FOLDS == fold for fold in range(FOLDS)]
    few = len(x) <= x.shape[1]
    whole = None if few else _Sums.of(x, y[:, None], weights)
    for fold in folds:
        if whole is None:
            fit = _by_rows(x[~fold], y[~fold, None], penalty, weights[~fold])
        else:
            fit = whole.without(_Sums.of(x[fold], y[fold, None], weights[fold])).fit(penalty)
        said[fold] = fit(x[fold])[:, 0]
    return said


def _by_rows(x: np.ndarray, y: np.ndarray, penalty: float, weights: np.ndarray) -> Linear:
    """By a system of as many equations as there are rows, which are fewer than inputs (the dual form)."""
    middle, level = np.average(x, 0, weights), np.average(y, 0, weights)
    root = np.sqrt(weights)[:, None]
    a, b = ((x - middle) * root).astype(np.float32), (y - level) * root
    gram = (a @ a.T).astype(np.float64)
    gram[np.diag_indices(len(x))] += penalty
    weight = a.T @ np.linalg.solve(gram, b)
    return Linear(weight.astype(np.float32), (level - middle @ weight).astype(np.float32))


@dataclass(frozen=True, slots=True)
class _Sums:
    """All that a fit to many rows needs to know of them; what it knows of some can be taken away again."""

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
