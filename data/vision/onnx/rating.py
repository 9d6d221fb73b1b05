"""How fit for whom a picture is: deepghs' classifiers (https://huggingface.co/deepghs/anime_rating, anime_dbrating).

A folder of `model.onnx` and `meta.json` ({"labels": ["safe", "r15", "r18"]}). Input float RGB -1…1, (1, 3, S, S), the
picture drawn out to a square; output (1, labels), probabilities.
"""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np

from data.vision.flat import flat
from data.vision.onnx.session import OnnxUnavailable, Session

MODEL, META = "model.onnx", "meta.json"
SIDE = 384  # px where the file does not say
MOST_META = 1_000_000

_RATINGS = {
    "safe": "g", "general": "g", "r15": "q", "r18": "e", "sensitive": "s", "questionable": "q", "explicit": "e",
}  # fmt: skip


class Rater:
    """A rating classifier out of a folder, or its `model.onnx`. Raises OnnxUnavailable."""

    def __init__(self, path: Path, threads: int = 0) -> None:
        file, meta = self.files(path)
        self._labels = _read(meta)
        self._session = Session(file, threads)
        shape = self._session.shape
        if len(shape) != 4 or shape[0] not in (None, 1) or shape[1] not in (None, 3):
            raise OnnxUnavailable(f"{file} takes {shape}, not one picture of (3, H, W)")
        self._size = shape[2] or SIDE, shape[3] or SIDE

    @staticmethod
    def files(path: Path) -> tuple[Path, Path]:
        """Its network and its labels."""
        file = path / MODEL if path.is_dir() else path
        return file, file.with_name(META)

    def ratings(self, picture: np.ndarray) -> dict[str, float]:
        """uint8 (H, W, 3), (H, W) or (H, W, 4) -> a key of `data.booru.post.RATINGS` -> probability.

        Raises ValueError for what is no picture, and OnnxUnavailable where the network does not answer probabilities.
        """
        h, w = self._size
        small = cv2.resize(flat(picture), (w, h), interpolation=cv2.INTER_AREA).astype(np.float32)
        answer = self._session.run((small / 127.5 - 1).transpose(2, 0, 1)[None])
        if answer.shape != (1, len(self._labels)) or answer.min() < -0.01 or not 0.98 < answer.sum() < 1.02:
            raise OnnxUnavailable(f"{self._session.file} does not answer a probability for each of {self._labels}")
        found: dict[str, float] = {}
        for label, value in zip(self._labels, answer[0].tolist(), strict=True):
            found[_RATINGS[label]] = found.get(_RATINGS[label], 0.0) + value
        return found

    def rating(self, picture: np.ndarray) -> str:
        """The likeliest one: "g", "s", "q" or "e"."""
        found = self.ratings(picture)
        return max(found, key=found.__getitem__)


def _read(file: Path) -> list[str]:
    try:
        with file.open("rb") as content:
            labels = json.loads(content.read(MOST_META))["labels"]
        labels = [str(label).lower() for label in labels]
    except OSError as error:
        raise OnnxUnavailable(f"{file}, the classifier's labels, cannot be read: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise OnnxUnavailable(f"{file} has no list of labels") from error
    if not labels or not set(labels) <= set(_RATINGS):
        strange = ", ".join(sorted(set(labels) - set(_RATINGS))[:3])
        raise OnnxUnavailable(f"{file} has labels that are no ratings: {strange or 'none'}")
    return labels
