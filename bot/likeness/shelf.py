"""Embeddings of faces by name, in memory and in one file.

What stands on a shelf can be made again from what it is of: a file that is damaged or gone is an empty shelf.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from data.durable import replacing

LONGEST_NAME = 512  # characters


@dataclass(frozen=True, slots=True)
class Rows:
    """What stood on a shelf at a moment; what comes later does not change it."""

    names: Sequence[str] = field(repr=False)  # at least as many as there are vectors
    vectors: np.ndarray = field(repr=False)  # float16 (N, E), of unit length


class Shelf:
    """Changed by the event loop alone; `load` and `write` are for threads."""

    def __init__(self, rows: Rows | None = None) -> None:
        self._names: list[str] = [] if rows is None else list(rows.names)
        self._vectors = np.zeros((0, 0), np.float16) if rows is None else rows.vectors  # with room for more
        self._places = {name: place for place, name in enumerate(self._names)}
        self.changed = False  # since it was written
        self.unseen: set[str] = set()  # names of faces that could not be looked at, until the next start

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: str) -> bool:
        return name in self._places

    @property
    def names(self) -> list[str]:
        return list(self._names)

    def rows(self) -> Rows:
        return Rows(self._names, self._vectors[: len(self._names)])

    def place(self, name: str) -> int | None:
        """The row of a face."""
        return self._places.get(name)

    def vector(self, name: str) -> np.ndarray | None:
        """float32 (E,)."""
        place = self._places.get(name)
        return None if place is None else self._vectors[place].astype(np.float32)

    def add(self, names: Sequence[str], vectors: np.ndarray) -> None:
        """Put faces onto it, `vectors` (N, E) in their order. Raises `ValueError` for vectors that cannot be compared
        with those that stand there, and for names that are none."""
        if vectors.ndim != 2 or len(vectors) != len(names) or not np.isfinite(vectors).all():
            raise ValueError(f"no embeddings of {len(names)} faces: {vectors.dtype} {vectors.shape}")
        if len(self) and vectors.shape[1] != self._vectors.shape[1]:
            raise ValueError(f"embeddings of {vectors.shape[1]} numbers among those of {self._vectors.shape[1]}")
        if not all(is_name(name) for name in names):
            raise ValueError("a face without a name")
        lengths = np.linalg.norm(vectors.astype(np.float32), axis=1, keepdims=True)
        if not (lengths > 0).all():
            raise ValueError("an embedding of length 0")
        fresh = (vectors / lengths).astype(np.float16)
        self._make_room(len(self) + len(names), vectors.shape[1])
        for name, vector in zip(names, fresh, strict=True):
            place = self._places.setdefault(name, len(self._names))
            self._vectors[place] = vector
            if place == len(self._names):
                self._names.append(name)
        self.changed = True

    def keep(self, wanted: Callable[[str], bool]) -> int:
        """Let go of the faces whose names are not `wanted`; says how many."""
        places = [place for name, place in self._places.items() if wanted(name)]
        gone = len(self) - len(places)
        if gone:
            # New ones, for a search may be looking at the old.
            self._vectors = self._vectors[places]
            self._names = [self._names[place] for place in places]
            self._places = {name: place for place, name in enumerate(self._names)}
            self.changed = True
        return gone

    def _make_room(self, count: int, size: int) -> None:
        if count <= len(self._vectors) and len(self):
            return
        grown = np.zeros((max(64, count, 2 * len(self)), size), np.float16)
        grown[: len(self)] = self._vectors[: len(self)] if len(self) else 0
        self._vectors = grown


def is_name(name: str) -> bool:
    return 0 < len(name) <= LONGEST_NAME and name.isprintable()


def load(path: Path) -> Rows | None:
    """What was written; None where nothing whole is there."""
    try:
        with np.load(path, allow_pickle=False) as found:
            vectors, text = found["vectors"], found["names"]
            names = text.astype(np.uint8).tobytes().decode("utf-8").split("\n") if text.size else []
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    fits = vectors.dtype == np.float16 and vectors.ndim == 2 and len(vectors) == len(names) == len(set(names))
    return Rows(names, vectors) if fits and np.isfinite(vectors).all() and all(map(is_name, names)) else None


def write(path: Path, rows: Rows) -> None:
    """All of it or nothing. Raises `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    names = "\n".join(rows.names[: len(rows.vectors)]).encode("utf-8")
    with replacing(path) as fresh, fresh.open("wb") as file:
        np.savez(file, vectors=rows.vectors, names=np.frombuffer(names, np.uint8))
