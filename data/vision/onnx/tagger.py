"""Tags of a picture as Danbooru has them: SmilingWolf's taggers ("WD14", https://huggingface.co/SmilingWolf).

A folder of `model.onnx` and `selected_tags.csv` (tag_id, name, category, count; category 0 general, 4 characters, 9
ratings). Input float BGR 0…255, (1, S, S, 3), the picture in the middle of a white square; output (1, tags), 0…1.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from data.vision.flat import flat
from data.vision.onnx.session import OnnxUnavailable, Session

MODEL, TAGS = "model.onnx", "selected_tags.csv"
LEAST, LEAST_CHARACTER = 0.35, 0.85  # as their author takes them
MOST_TAGS = 200_000

_GENERAL, _CHARACTER, _RATING = "0", "4", "9"


@dataclass(frozen=True, slots=True)
class Tagged:
    """What a tagger makes of a picture: confidences, 0…1, all of them."""

    tags: dict[str, float] = field(repr=False)  # general ones: "long_hair"
    characters: dict[str, float] = field(repr=False)
    ratings: dict[str, float] = field(default_factory=dict)  # "general", "sensitive", "questionable", "explicit"

    def likely(self, least: float = LEAST, least_character: float = LEAST_CHARACTER) -> frozenset[str]:
        """The tags and characters that are likely enough."""
        return frozenset(
            [tag for tag, sure in self.tags.items() if sure >= least]
            + [tag for tag, sure in self.characters.items() if sure >= least_character]
        )

    @property
    def shares(self) -> dict[str, float]:
        """A key of `data.booru.post.RATINGS` -> share of what its ratings have in all; {} of a tagger without."""
        total = sum(self.ratings.values())
        return {name[:1]: value / total for name, value in self.ratings.items()} if total > 0 else {}

    @property
    def rating(self) -> str:
        """A key of `data.booru.post.RATINGS`: "g", "s", "q", "e"; "" of a tagger without ratings."""
        return max(self.ratings, key=self.ratings.__getitem__)[:1] if self.ratings else ""


class Tagger:
    """A tagger out of a folder, or its `model.onnx`. Raises OnnxUnavailable."""

    def __init__(self, path: Path, threads: int = 0) -> None:
        file, listed = self.files(path)
        self._names, self._categories = _read(listed)
        self._session = Session(file, threads)
        shape = self._session.shape
        if len(shape) != 4 or shape[3] != 3 or shape[0] not in (None, 1) or shape[1] != shape[2] or not shape[1]:
            raise OnnxUnavailable(f"{file} takes {shape}, not one square picture of (S, S, 3)")
        self._side = shape[1]

    @staticmethod
    def files(path: Path) -> tuple[Path, Path]:
        """Its network and its list of tags."""
        file = path / MODEL if path.is_dir() else path
        return file, file.with_name(TAGS)

    def see(self, picture: np.ndarray) -> Tagged:
        """uint8 (H, W, 3), (H, W) or (H, W, 4). Raises ValueError for what is no picture, and OnnxUnavailable where the
        network does not answer one confidence a tag."""
        answer = self._session.run(on_white(flat(picture), self._side)[None, ..., ::-1])
        if answer.shape != (1, len(self._names)):
            raise OnnxUnavailable(
                f"{self._session.file} answers {answer.shape}, and {TAGS} has {len(self._names)} tags"
            )
        sure = answer[0]
        if sure.min() < -0.01 or sure.max() > 1.01:
            raise OnnxUnavailable(f"{self._session.file} answers confidences that are not between 0 and 1")
        kinds: dict[str, dict[str, float]] = {_GENERAL: {}, _CHARACTER: {}, _RATING: {}}
        for name, category, value in zip(self._names, self._categories, sure.clip(0, 1).tolist(), strict=True):
            if category in kinds:
                kinds[category][name] = value
        return Tagged(kinds[_GENERAL], kinds[_CHARACTER], kinds[_RATING])

    def tags(self, picture: np.ndarray) -> dict[str, float]:
        """General tags and characters with their confidences, 0…1, all of them. Raises as `see`."""
        tagged = self.see(picture)
        return tagged.tags | tagged.characters


def on_white(picture: np.ndarray, side: int) -> np.ndarray:
    """uint8 (H, W, 3) in the middle of a white square, float32 (side, side, 3), 0…255."""
    h, w = picture.shape[:2]
    scale = side / max(h, w)
    inner = min(side, max(1, round(h * scale))), min(side, max(1, round(w * scale)))
    smaller = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    canvas = np.full((side, side, 3), 255, np.uint8)
    top, left = (side - inner[0]) // 2, (side - inner[1]) // 2
    canvas[top : top + inner[0], left : left + inner[1]] = cv2.resize(
        picture, (inner[1], inner[0]), interpolation=smaller
    )
    return canvas.astype(np.float32)


def _read(file: Path) -> tuple[list[str], list[str]]:
    """Names and categories, a line a tag. Raises OnnxUnavailable."""
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            rows = [row for row, _ in zip(csv.DictReader(lines), range(MOST_TAGS + 1), strict=False)]
        names, categories = [row["name"].strip().lower() for row in rows], [row["category"].strip() for row in rows]
    except OSError as error:
        raise OnnxUnavailable(
            f"{file}, the tagger's list of tags, cannot be read: {error.strerror or error}"
        ) from error
    except (ValueError, KeyError, AttributeError, csv.Error) as error:
        raise OnnxUnavailable(f"{file} is no list of tags with name and category") from error
    if not 0 < len(names) <= MOST_TAGS:
        raise OnnxUnavailable(f"{file} has {'no' if not names else 'too many'} tags")
    return names, categories
