"""nagadomi's cascade, which finds drawn faces that look at us; OpenCV runs it.

It (https://github.com/nagadomi/lbpcascade_animeface, MIT) is fetched from its home when it is first asked for.
Importing this loads cv2.
"""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path

import cv2
import numpy as np

from data.intake import IntakeError, Limits, fetch
from data.vision.faces import Box, Face
from data.vision.flat import flat

HOME = "https://raw.githubusercontent.com/nagadomi/lbpcascade_animeface/master/lbpcascade_animeface.xml"
SHA256 = "9376d30ac38db6bda2a68b88b3b76bbd7e6aa33af47f7f5c76bc88ca75f1ce30"
FILE = "lbpcascade_animeface.xml"
MAX_BYTES = 2_000_000  # ours has 247 kB

STEP, NEIGHBOURS, SMALLEST = 1.1, 5, 24  # as its author runs it
# nagadomi's squares hold the head: they are so many faces wide, and end so many faces below the chin.
SQUARE, BELOW = 1.5, 0.28


class CascadeUnavailable(Exception):
    """The cascade cannot be had; the message is one sentence."""


class AnimeCascade:
    """nagadomi's cascade, out of a file. Raises CascadeUnavailable where it holds none."""

    def __init__(self, file: Path) -> None:
        self.classifier = _classifier(file)

    def find(self, picture: np.ndarray) -> list[Face]:
        """The faces in uint8 (H, W, 3), (H, W) or (H, W, 4), largest first. It knows neither scores nor angles: 1, 0.

        Boxes are cut out of its squares as this project means them, cheek to cheek and mid-forehead to chin. Raises
        ValueError for what is no picture.
        """
        grey = cv2.equalizeHist(cv2.cvtColor(np.ascontiguousarray(flat(picture)), cv2.COLOR_RGB2GRAY))
        return [Face(drawn_box(*square), 1.0) for square in _squares(self.classifier, grey)]


def drawn_box(x: float, y: float, side: float) -> Box:
    """The face in a square of nagadomi's cascade."""
    face = side / SQUARE
    return x + (side - face) / 2, y + side - (1 + BELOW) * face, face, face


async def cascade_file(folder: Path, limits: Limits | None = None, address: str = HOME, sha256: str = SHA256) -> Path:
    """nagadomi's cascade in `folder`, fetched now where it is not there. Raises CascadeUnavailable."""
    path = folder / FILE
    if _kept(path, sha256):
        return path
    try:
        upload = await fetch(address, limits or Limits(MAX_BYTES), origin="cascade")
    except IntakeError as error:
        raise CascadeUnavailable(
            f"nagadomi's cascade cannot be fetched from {address}: {error}; ANIMEFACE_CASCADE names a copy of it"
        ) from error
    if not _is_it(upload.content, sha256):
        raise CascadeUnavailable(f"{address} is not the cascade that this project knows: its SHA-256 differs")
    _keep(path, upload.content)
    return path


def _kept(path: Path, sha256: str) -> bool:
    return path.is_file() and _is_it(path.read_bytes(), sha256)


def _keep(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{FILE}.{uuid.uuid4().hex[:8]}.part")
        fresh.write_bytes(content)
        fresh.replace(path)
    except OSError as error:
        raise CascadeUnavailable(f"{path} cannot be written: {error.strerror or error}") from error


def _is_it(content: bytes, sha256: str) -> bool:
    return hashlib.sha256(content).hexdigest() == sha256


def _classifier(file: Path) -> cv2.CascadeClassifier:
    classifier = cv2.CascadeClassifier()
    try:
        loaded = file.is_file() and classifier.load(str(file))
    except cv2.error:
        loaded = False
    if not loaded or classifier.empty():
        raise CascadeUnavailable(f"{file} holds no cascade that OpenCV can read")
    return classifier


def _squares(classifier: cv2.CascadeClassifier, grey: np.ndarray) -> list[tuple[float, float, float]]:
    """x, y and side in pixels, largest first."""
    found = classifier.detectMultiScale(grey, STEP, NEIGHBOURS, minSize=(SMALLEST, SMALLEST))
    return sorted(((float(x), float(y), float(w)) for x, y, w, _ in found), key=lambda square: -square[2])
