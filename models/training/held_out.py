"""How near a run's drawings are at a snapshot to pictures that it does not learn from, and whether they are copies.

A set of hundreds of pictures can be known by heart: the losses then look better and better. What was held out tells,
and so does the distance from a drawing to the nearest picture that was learnt from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch.nn.functional import interpolate

from models.training.metrics import kernel_distance, sliced_wasserstein

SMALL = 24  # px at which pictures are compared one with one
RARE = 5.0  # per cent of unseen pictures that are so near to a learnt one
NEAR = 0.6  # of that distance, below which a drawing is a copy
COPIES = 0.1  # share of copies from which a snapshot is no candidate
SWD_PICTURES = 128  # it costs seconds

Embed = Callable[[np.ndarray], np.ndarray]
"""uint8 (N, H, W, 3) -> features float (N, d)."""


def split(count: int, seed: int, most: int = 500) -> tuple[np.ndarray, np.ndarray]:
    """Which of a set's pictures to learn from and which to hold out, int64, ascending: a tenth, at least 8, at most 64.

    Nothing is held out of sets too small for it, nor of more than `most`, which nobody knows by heart so soon.
    """
    if not 20 <= count <= most:
        return np.arange(count), np.arange(0)
    order = np.random.default_rng([seed, count]).permutation(count)
    held = min(64, max(8, count // 10))
    return np.sort(order[held:]), np.sort(order[:held])


class HeldOut:
    """`measure` compares drawings with `unseen` pictures, uint8 (n, H, W, 3), and looks for copies of `learnt` ones.

    Without `learnt` it looks for none. Where the very same pictures are both, since a set is too small to hold any out,
    each is compared with the others. `embed` gives features for the kernel distance, where there is a network.
    """

    def __init__(self, unseen: np.ndarray, learnt: np.ndarray | None = None, embed: Embed | None = None) -> None:
        self._unseen, self._embed = unseen, embed
        self._features = None if embed is None else embed(unseen)
        self._learnt, self._near = None, 0.0
        if learnt is not None:
            self._learnt = np.concatenate([small(learnt), small(learnt[:, :, ::-1])])
            nearest = _nearest(small(unseen), self._learnt, others=unseen is learnt)
            self._near = NEAR * float(np.percentile(nearest, RARE))

    def measure(self, drawn: np.ndarray) -> dict[str, float]:
        """Drawings, uint8 (n, H, W, 3) -> `swd`, `kernel` where features are there, `copies` (0…1), and `distance`,
        the one of them that decides: lower is better."""
        found = {"swd": sliced_wasserstein(self._unseen[:SWD_PICTURES], drawn[:SWD_PICTURES])["mean"]}
        if self._embed is not None and self._features is not None:
            found["kernel"] = kernel_distance(self._features, self._embed(drawn))
        if self._learnt is not None:
            found["copies"] = float((_nearest(small(drawn), self._learnt) < self._near).mean())
        return {**found, "distance": found.get("kernel", found["swd"])}


def best(lines: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Of what was measured at snapshots, `nimg` in each, the nearest that does not copy; None where there is none."""
    candidates = [line for line in lines if line.get("copies", 0.0) <= COPIES]
    return min(candidates, key=lambda line: line["distance"], default=None)


def is_over(lines: Sequence[Mapping[str, Any]], patience: int) -> bool:
    """Whether the last `patience` snapshots were none of them the best so far. 0: never."""
    if not patience or len(lines) <= patience:
        return False
    found = best(lines)
    return found is None or found["nimg"] < lines[-patience]["nimg"]


def small(pictures: np.ndarray) -> np.ndarray:
    """uint8 (N, H, W, 3) -> float32 (N, SMALL * SMALL * 3)."""
    x = torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2).float()
    return interpolate(x, (SMALL, SMALL), mode="area").flatten(1).numpy()


def _nearest(a: np.ndarray, b: np.ndarray, others: bool = False) -> np.ndarray:
    """(N,): the distance of each row of a (N, d) to the nearest of b (M, d); with `others` not to the row of its own
    number."""
    squares = np.square(a).sum(1)[:, None] + np.square(b).sum(1)[None] - 2 * a @ b.T
    if others:
        squares[np.arange(len(a)), np.arange(len(a))] = np.inf
    return np.sqrt(squares.clip(0).min(1))
