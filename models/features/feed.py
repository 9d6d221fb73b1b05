"""Batches for metric learning out of a packed set: characters, several pictures of each, and what is true of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.dataset import Dataset
from data.vision.features.targets import UNKNOWN, targets


class Unlabelled(Exception):
    """The set does not say what is in its pictures; the message is one sentence for the person who trains."""


@dataclass(frozen=True, slots=True)
class Batch:
    images: np.ndarray  # uint8 (N, H, W, 3)
    chosen: np.ndarray  # int64 (N, attributes)
    weights: np.ndarray  # float32 (N, attributes): rare words count more
    numbers: np.ndarray  # float32 (N, numbers)
    groups: np.ndarray  # int64 (N,): one number a character


class Feed:
    """Batches of a drawn set; what `models.training.loop.train` asks with indices. Raises Unlabelled.

    Of N indices the first N / views name the characters; of each, `views` pictures come, the one named and others by
    a chance that the indices decide. A picture whose character has no other is shown several times: the augmentation
    makes the difference.
    """

    def __init__(self, dataset: Dataset, views: int) -> None:
        self.dataset, self.views = dataset, views
        who, told = [], []
        for i, labels in enumerate(dataset.labels()):
            try:
                told.append(targets(labels))
            except (KeyError, ValueError, TypeError, AttributeError) as error:
                raise Unlabelled(
                    f"picture {i} of {dataset.manifest['source']} is not labelled as drawn faces are: {error!r}"
                ) from error
            who.append(labels.get("character", f"picture {i}"))
        self.chosen = np.stack([chosen for chosen, _ in told])
        self.numbers = np.stack([numbers for _, numbers in told])
        self.weights = np.stack([_weights(column) for column in self.chosen.T], 1)
        _, self.groups = np.unique(np.array([str(name) for name in who]), return_inverse=True)
        order = np.argsort(self.groups, kind="stable")
        self._members = np.split(order, np.flatnonzero(np.diff(self.groups[order])) + 1)

    def __call__(self, indices: np.ndarray) -> Batch:
        chance = np.random.default_rng(indices)
        named = indices[: -(-len(indices) // self.views)]
        picked = np.array([self._fellows(int(i), chance) for i in named]).T.ravel()[: len(indices)]
        return self.batch(picked)

    def batch(self, indices: np.ndarray) -> Batch:
        """Exactly these pictures."""
        return Batch(
            self.dataset.images(indices),
            self.chosen[indices],
            self.weights[indices],
            self.numbers[indices],
            self.groups[indices],
        )

    def _fellows(self, index: int, chance: np.random.Generator) -> list[int]:
        members = self._members[self.groups[index]]
        others = members[members != index]
        if len(others) == 0:
            return [index] * self.views
        more = chance.permutation(others)[: self.views - 1].tolist()
        return [index, *(more * self.views)[: self.views - 1]]


def _weights(chosen: np.ndarray) -> np.ndarray:
    """float32 (N,): by the root of a word's rarity, half-way between every picture and every word counting alike."""
    known = chosen[chosen != UNKNOWN]
    if len(known) == 0:
        return np.ones(len(chosen), np.float32)
    counts = np.bincount(known)
    rarity = np.sqrt(len(known) / np.maximum(counts, 1) / np.count_nonzero(counts))
    return np.where(chosen == UNKNOWN, 1.0, rarity[chosen]).astype(np.float32)
