"""What can be asked of the networks that see: frozen dataclasses, numpy only."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from data.pictures import Pixels

EMBEDDING = 128  # dimensions


@dataclass(frozen=True, slots=True)
class Seen:
    """What the features network makes of one face.

    `choices`: attribute -> its words -> probabilities, which sum to 1. Attributes and words are those of
    `data.labels.ATTRIBUTES`, and some of the drawing program's (`expression`, `fringe`, `back`, …). `numbers`: label
    values in the units of `data.labels.NAMES`. `embedding`: float32 (128,) of unit length; two pictures of one
    character have a dot product near 1.
    """

    choices: Mapping[str, Mapping[str, float]]
    numbers: Mapping[str, float]
    embedding: np.ndarray = field(repr=False)

    def word(self, attribute: str) -> str:
        """The likeliest choice; KeyError where there is no such attribute."""
        choices = self.choices[attribute]
        return max(choices, key=choices.__getitem__)

    def likeness(self, other: Seen) -> float:
        """How much the two look like one character: -1 … 1, the cosine of their embeddings."""
        return float(self.embedding @ other.embedding)


@dataclass(frozen=True, slots=True)
class See:
    """Look at faces: uint8 (H, W, 3) each, of any size, framed as `data.vision.framing.around` frames a face box.

    Answer: a tuple of `Seen`, one a picture. Raises ValueError where there is no picture, or one is no picture.
    """

    pictures: tuple[Pixels, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if not self.pictures:
            raise ValueError("nothing to look at")
        for picture in self.pictures:
            if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3 or 0 in picture.shape:
                raise ValueError(f"no picture: {picture.dtype} {picture.shape}")

    @property
    def lane(self) -> str:
        return "model"

    @property
    def batch_key(self) -> Hashable:
        return ("see",)

    @property
    def cost(self) -> int:
        return len(self.pictures)

    def split(self, size: int) -> list[See]:
        """Pieces of at most `size` pictures, in order."""
        return [replace(self, pictures=self.pictures[i : i + size]) for i in range(0, len(self.pictures), size)]

    def join(self, results: Sequence[Mapping[str, Any] | Sequence[Seen]]) -> tuple[Seen, ...]:
        """The answer to the whole from those to the pieces: what a worker said, or what `join` made of that.

        Raises ValueError where they are no answer.
        """
        joined = tuple(
            seen for result in results for seen in (_heard(result) if isinstance(result, Mapping) else result)
        )
        if len(joined) != len(self.pictures):
            raise ValueError(f"{len(joined)} faces seen in {len(self.pictures)} pictures")
        return joined


def spoken(seen: Sequence[Seen]) -> dict[str, Any]:
    """An answer in what travels between processes: strings, lists and arrays. One network saw them all."""
    first = seen[0]
    return {
        "words": {attribute: list(choices) for attribute, choices in first.choices.items()},
        "choices": {
            attribute: np.array([list(s.choices[attribute].values()) for s in seen], np.float32)
            for attribute in first.choices
        },
        "names": list(first.numbers),
        "numbers": np.array([list(s.numbers.values()) for s in seen], np.float32),
        "embedding": np.stack([s.embedding for s in seen]).astype(np.float32),
    }


def _heard(answer: Mapping[str, Any]) -> list[Seen]:
    """The inverse of `spoken`. Raises ValueError for what it did not make: a worker is not believed blindly."""
    try:
        words, choices, names = answer["words"], answer["choices"], answer["names"]
        numbers, embedding = answer["numbers"], answer["embedding"]
        n = len(embedding)
        fits = embedding.shape == (n, EMBEDDING) and numbers.shape == (n, len(names)) and words.keys() == choices.keys()
        if not fits or any(choices[name].shape != (n, len(words[name])) for name in words):
            raise ValueError("arrays that do not fit together")
        arrays = (embedding, numbers, *choices.values())
        if not all(array.dtype == np.float32 and np.isfinite(array).all() for array in arrays):
            raise ValueError("values that are no numbers")
        return [
            Seen(
                {name: dict(zip(words[name], choices[name][i].tolist(), strict=True)) for name in words},
                dict(zip(names, numbers[i].tolist(), strict=True)),
                embedding[i],
            )
            for i in range(n)
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not what was seen: {error!r}") from error
