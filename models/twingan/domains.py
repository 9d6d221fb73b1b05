"""The pictures of a domain as a run takes them: RGBA, with labels as far as they are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from data.dataset import Dataset
from data.dataset.people import Drawn, Lent, People, Wished
from data.labels import NAMES, told

CATS, FACES, PICTURES = "cat", "portrait", ""  # what a domain's pictures are drawings of, as `data.likeness` names it


@dataclass(frozen=True, slots=True)
class Domain:
    """Pictures, and those of them that a run learns from.

    `pixels` gives uint8 (n, H, W, 4) for int64 indices (n,). `c` and `said` are float32 (N, c_dim): label values, and
    which are known.
    """

    name: str
    pixels: Callable[[np.ndarray], np.ndarray] = field(repr=False)
    c: np.ndarray = field(repr=False)
    said: np.ndarray = field(repr=False)
    learnt: np.ndarray = field(repr=False)  # int64: indices of those to learn from
    held: np.ndarray = field(repr=False)  # int64: of those that no step sees
    people: bool = False  # photos, whose alpha is what belongs to the person
    kind: str = PICTURES  # what they are drawings of: FACES, CATS, or nobody knows
    drawn: Mapping[str, Drawn] = field(default_factory=dict, repr=False)  # everybody in them, by what they are drawn as
    wished: Wished | None = field(default=None, repr=False)  # everybody as a portrait of whom something is asked
    lent: Lent | None = field(default=None, repr=False)  # and with the look of another portrait
    manifest_hash: str = ""

    def __len__(self) -> int:
        return len(self.c)

    @property
    def is_labelled(self) -> bool:
        return bool(self.said.any())


def of_people(name: str, people: People, held: np.ndarray) -> Domain:
    """`held` int64: indices of photos that no step may see."""
    learnt = np.setdiff1d(np.arange(len(people)), held)
    return Domain(
        name, lambda rows: np.asarray(people.pixels[rows]), people.c, people.said, learnt, held, True, PICTURES,
        people.drawn, people.wished, people.lent, people.manifest_hash,
    )  # fmt: skip


def of_set(name: str, dataset: Dataset, kind: str = PICTURES, labelled: bool = False) -> Domain:
    """Of a packed set. `labelled` says whether its labels are to be read; those that mean nothing raise ValueError."""
    n = len(dataset)
    c, said = np.zeros((2, n, len(NAMES)), np.float32)
    if labelled:
        for row, labels in enumerate(dataset.labels()):
            known = told(labels)
            for name_, value in known.items():
                at = _PLACES[name_]
                c[row, at], said[row, at] = value, 1.0
    everyone = np.arange(n)
    return Domain(
        name, lambda rows: opaque(dataset.images(rows)), c, said, everyone, everyone[:0], False, kind,
        manifest_hash=dataset.manifest_hash,
    )  # fmt: skip


def opaque(images: np.ndarray) -> np.ndarray:
    """uint8 (n, H, W, 3) -> (n, H, W, 4)."""
    return np.concatenate([images, np.full((*images.shape[:3], 1), 255, np.uint8)], 3)


_PLACES = {name: place for place, name in enumerate(NAMES)}
