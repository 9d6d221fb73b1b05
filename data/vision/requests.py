"""What can be asked of the networks that see: frozen dataclasses, numpy only."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self, TypeVar

import numpy as np

from data.pictures import Pixels
from data.vision.faces import Face

T = TypeVar("T")

EMBEDDING = 128  # dimensions
MOST_FACES = 500  # of one picture
_NUMBERS = 16  # of a face on its way: box, score, head box, angle, eyes, chin
_SURE = (0, 1, 2, 3, 4, 9)  # those that every finder knows


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
class _OfPictures:
    """Pictures to look at: uint8 (H, W, 3) each. Raises ValueError where there is no picture, or one is no picture."""

    kind: ClassVar[str]  # requests of one kind may share a batch
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
        return (self.kind,)

    @property
    def cost(self) -> int:
        return len(self.pictures)

    def split(self, size: int) -> list[Self]:
        """Pieces of at most `size` pictures, in order."""
        return [replace(self, pictures=self.pictures[i : i + size]) for i in range(0, len(self.pictures), size)]

    def _joined(self, results: Sequence[Any], read: Callable[[Mapping[str, Any]], Sequence[T]]) -> tuple[T, ...]:
        """An answer a picture, from those to the pieces: `read` from what a worker said, or joined already.

        Raises ValueError where they are too many or too few.
        """
        joined = tuple(one for result in results for one in (read(result) if isinstance(result, Mapping) else result))
        if len(joined) != len(self.pictures):
            raise ValueError(f"{len(joined)} answers to {len(self.pictures)} pictures")
        return joined


@dataclass(frozen=True, slots=True)
class See(_OfPictures):
    """Look at faces: uint8 (H, W, 3) each, of any size, framed as `data.vision.framing.around` frames a face box.

    Answer: a tuple of `Seen`, one a picture. Raises ValueError where there is no picture, or one is no picture.
    """

    kind = "see"

    def join(self, results: Sequence[Mapping[str, Any] | Sequence[Seen]]) -> tuple[Seen, ...]:
        """The answer to the whole from those to the pieces: what a worker said, or what `join` made of that.

        Raises ValueError where they are no answer.
        """
        return self._joined(results, _heard)


@dataclass(frozen=True, slots=True)
class Find(_OfPictures):
    """Find the drawn faces in pictures: uint8 (H, W, 3) each, of any size, upright and opaque as `Decode` gives them.

    Answer: for each picture a tuple of `Face`, in its pixels, best first, at most MOST_FACES. Raises ValueError where
    there is no picture, or one is no picture.
    """

    kind = "find"

    def join(self, results: Sequence[Mapping[str, Any] | Sequence[tuple[Face, ...]]]) -> tuple[tuple[Face, ...], ...]:
        """The answer to the whole from those to the pieces: what a worker said, or what `join` made of that.

        Raises ValueError where they are no answer.
        """
        return self._joined(results, _found)


@dataclass(frozen=True, slots=True)
class FindReal(Find):
    """As `Find`, but people's faces in photographs, with OpenCV's cascade, in the picture lane: it is no network."""

    @property
    def lane(self) -> str:
        return "picture"

    @property
    def batch_key(self) -> Hashable:
        return None


@dataclass(frozen=True, slots=True)
class Rate(_OfPictures):
    """How fit for whom pictures are: uint8 (H, W, 3) each, of any size. The bot asks where RATER_ONNX is set.

    Answer: float32 (N,), how surely each is questionable or explicit, 0…1. Raises ValueError where there is no picture,
    or one is no picture.
    """

    kind = "rate"

    def join(self, results: Sequence[Any]) -> np.ndarray:
        """The answer to the whole from those to the pieces. Raises ValueError where they are no answer."""
        parts = [result for result in results if isinstance(result, np.ndarray) and result.dtype == np.float32]
        if len(parts) != len(results) or any(part.ndim != 1 for part in parts):
            raise ValueError("not the answer to a Rate")
        joined = np.concatenate(parts)
        if len(joined) != len(self.pictures) or not ((joined >= 0) & (joined <= 1)).all():
            raise ValueError("not the answer to a Rate")
        return joined


def told(found: Sequence[Sequence[Face]]) -> dict[str, Any]:
    """The faces of each picture in what travels between processes: arrays. NaN stands for what a finder cannot see."""
    kept = [faces[:MOST_FACES] for faces in found]
    rows = [_row(face) for faces in kept for face in faces]
    return {
        "counts": np.array([len(faces) for faces in kept], np.int64),
        "faces": np.array(rows, np.float32).reshape(-1, _NUMBERS),
    }


def _row(face: Face) -> tuple[float, ...]:
    unseen = float("nan")
    eyes = (unseen,) * 4 if face.eyes is None else (*face.eyes[0], *face.eyes[1])
    return (
        *face.box, face.score, *(face.head_box or (unseen,) * 4), face.angle, *eyes, *(face.chin or (unseen,) * 2)
    )  # fmt: skip


def _found(answer: Mapping[str, Any]) -> list[tuple[Face, ...]]:
    """The inverse of `told`. Raises ValueError for what it did not make."""
    try:
        counts, rows = answer["counts"], answer["faces"]
        fits = counts.dtype == np.int64 and counts.ndim == 1 and rows.dtype == np.float32
        if (
            not fits
            or rows.shape != (int(counts.sum()), _NUMBERS)
            or not ((counts >= 0) & (counts <= MOST_FACES)).all()
        ):
            raise ValueError("arrays that do not fit together")
        if not (np.isfinite(rows[:, _SURE]).all() and not np.isinf(rows).any()):
            raise ValueError("values that are no numbers")
        faces = [_face(row) for row in rows.tolist()]
        ends = np.cumsum(counts).tolist()
        return [tuple(faces[end - count : end]) for end, count in zip(ends, counts.tolist(), strict=True)]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not what was found: {error!r}") from error


def _face(row: list[float]) -> Face:
    x, y, w, h, score, a, b, c, d, angle, *points = row
    known = [value == value for value in (a, points[0], points[4])]
    return Face(
        (x, y, w, h), score, (a, b, c, d) if known[0] else None, angle,
        ((points[0], points[1]), (points[2], points[3])) if known[1] else None,
        (points[4], points[5]) if known[2] else None,
    )  # fmt: skip


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
