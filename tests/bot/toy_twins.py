"""Toys of the networks that translate and compare: a picture is its middle's mean colour to them.

People are rectangles of pure yellow, cyan or magenta to the toy that finds them; drawn faces are as in
`tests.bot.toy_models`. What is translated has one colour: the complement of what it was, or what it is asked to have.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from data.pictures import Pixels
from data.pictures.lane import PictureRunner
from data.vision.faces import Face
from data.vision.requests import EMBEDDING, FindReal, See, Seen, spoken, told
from models.requests import BadRequest, Embed, Translate
from tests.bot import toy_models
from tests.bot.toy_models import ToyModels

FACTORY = f"{__name__}:ToyTwins"
PICTURES = f"{__name__}:ToyPictures"
SIDE = 32
DOMAINS = ("photo", "anime", "cat")
LABELS = ("hair_l", "hair_a", "hair_b", "glasses")


def mean(picture: np.ndarray) -> np.ndarray:
    """float32 (3,), 0…1: of the middle ninth."""
    h, w, _ = picture.shape
    return (picture[h // 3 : h - h // 3, w // 3 : w - w // 3].reshape(-1, 3).mean(0) / 255).astype(np.float32)


def embedding(picture: np.ndarray, size: int = EMBEDDING) -> np.ndarray:
    """float32 (size,) of unit length: pictures of like colours are near."""
    vector = np.zeros(size, np.float32)
    vector[:3] = mean(picture) - 0.5
    vector[3] = 0.25
    return vector / np.linalg.norm(vector)


def turned(request: Translate, encoding: bytes, seed: int) -> np.ndarray:
    """uint8 (3,): the colour of a face that was translated."""
    labels = dict(request.labels)
    was = np.frombuffer(encoding, np.float16).astype(np.float32)
    color = was + request.strength * (1 - 2 * was)
    if request.like is not None:
        color = mean(request.like)
    if "hair_l" in labels:
        color = np.tanh([labels[name] / 4 for name in LABELS[:3]]) / 2 + 0.5
    color = np.clip(color, 0, 1)
    greyer = 0 if seed == 0 else np.random.RandomState(seed).uniform(0.1, 0.4, 3)
    return (255 * (color + greyer * (0.5 - color))).round().astype(np.uint8)


class ToyTwins(ToyModels):
    def _one(self, request: Any) -> Any:
        match request:
            case See():
                return spoken([_seen(picture) for picture in request.pictures])
            case Embed() if request.model.startswith("twin@"):
                return np.stack([embedding(picture, 16) for picture in request.pictures])
            case Translate() if request.model.startswith("twin@"):
                return self._translated(request)
        return super()._one(request)

    @staticmethod
    def _translated(request: Translate) -> Any:
        if {name for name, _ in request.labels} - set(LABELS):
            return BadRequest("a label that the toy does not have")
        encodings = request.encodings or tuple(mean(p).astype(np.float16).tobytes() for p in request.pictures)
        colors = [turned(request, encoding, seed) for encoding in encodings for seed in request.seeds]
        return {
            "pixels": np.stack([np.broadcast_to(color, (SIDE, SIDE, 3)) for color in colors]),
            "embedding": np.ones((len(encodings), 16), np.float32) / 4,
            "encodings": list(encodings) if request.encode else [],
        }


class BlindToyTwins(ToyTwins):
    sees = False

    def _one(self, request: Any) -> Any:
        return BadRequest("the toy cannot see") if isinstance(request, See) else super()._one(request)


class EyelessToyTwins(ToyTwins):
    """Finds no drawn faces."""

    sees = False


class ToyPictures(PictureRunner):
    """Finds people who are rectangles; all else is as it is."""

    def run(self, requests: Sequence[Any]) -> list[Any]:
        return [
            told([people_in(picture) for picture in request.pictures])
            if isinstance(request, FindReal)
            else super(ToyPictures, self).run([request])[0]
            for request in requests
        ]


def people_in(picture: Pixels) -> list[Face]:
    """A face in each rectangle of pure yellow, cyan or magenta."""
    found = []
    for dark in range(3):
        others = [c for c in range(3) if c != dark]
        ys, xs = np.nonzero((picture[..., others] > 200).all(2) & (picture[..., dark] < 55))
        if len(xs) >= 64:
            x, y, w, h = (float(v) for v in (xs.min(), ys.min(), np.ptp(xs) + 1, np.ptp(ys) + 1))
            found.append(Face((x, y, w, h), 0.9, None, 0.0, None, None))
    return found


def _seen(picture: np.ndarray) -> Seen:
    seen = toy_models._seen(float(np.median(picture) / 255), 0.1)
    return Seen(seen.choices, seen.numbers, embedding(picture))
