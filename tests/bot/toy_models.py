"""A runner of models that needs no network: each face is one colour, which its latent decides, or its labels."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from data.labels import ATTRIBUTES, NAMES, values
from data.vision.faces import Face
from data.vision.requests import EMBEDDING, Find, See, Seen, spoken, told
from models.requests import BadRequest, Best, Draw, Judge

FACTORY = f"{__name__}:ToyModels"
BLIND = f"{__name__}:BlindToyModels"
SIDE = 32
Z_DIM = 3


def colour(draw: Draw | Best, i: int) -> np.ndarray:
    """uint8 (3,): what the face of latent `i` of a request looks like. Its hair, where that is asked for."""
    labels = dict(draw.latents[i].labels)
    hair = [labels[name] for name in ("hair_l", "hair_a", "hair_b") if name in labels]
    z = np.array(hair) / 2 if hair else draw.latents[i].z(Z_DIM) * draw.trunc
    return (127.5 + 127.5 * np.tanh(z)).astype(np.uint8)


def beauty(draw: Draw | Best, i: int) -> float:
    """What the toy's discriminator thinks of it."""
    return float(draw.latents[i].z(1)[0])


class ToyModels:
    """Stands in for `models.runner.Runner`. Every toy obeys labels and judges; that a bright picture has pink hair is
    what it sees."""

    chooses = judges = sees = True
    asleep = 0.1  # how surely the eyes in a picture are closed

    def __init__(self, device: str = "cpu", threads: int = 1) -> None:
        self._loaded: dict[str, int] = {}

    def warm_up(self, model: str) -> None:
        self._loaded[f"{model}@starter"] = 16

    def loaded(self) -> dict[str, int]:
        return self._loaded

    def best_batch(self, request: Any) -> int:
        return 16

    def run(self, requests: Sequence[Any]) -> list[Any]:
        return [self._one(request) for request in requests]

    def _one(self, request: Any) -> Any:
        match request:
            case Draw():
                return _faces(request)
            case Best() if self.chooses:
                scores = [beauty(request, i) for i in range(len(request.latents))]
                order = sorted(range(len(scores)), key=lambda i: -scores[i])[: request.keep]
                return {
                    "indices": [request.offset + i for i in order],
                    "scores": [scores[i] for i in order],
                    "pixels": _faces(request)[order],
                }
            case Judge() if self.judges:
                return {"score": _brightness(request.pixels), "logit": 0.0}
            case Find() if self.sees:
                return told([_faces_in(picture) for picture in request.pictures])
            case See() if self.sees:
                return spoken([_seen(_brightness(picture), self.asleep) for picture in request.pictures])
        return BadRequest("the toy cannot")


class BlindToyModels(ToyModels):
    """One that draws only."""

    chooses = judges = sees = False


class EyelessToyModels(ToyModels):
    sees = False


class SleepyToyModels(ToyModels):
    asleep = 0.9


class JudgelessToyModels(ToyModels):
    judges = False


def _faces(request: Draw | Best) -> np.ndarray:
    return np.stack([np.broadcast_to(colour(request, i), (SIDE, SIDE, 3)) for i in range(len(request.latents))])


def _brightness(picture: np.ndarray) -> float:
    """0…1: what is around a face in it, which is smaller than that."""
    return float(np.median(picture) / 255)


def _faces_in(picture: np.ndarray) -> list[Face]:
    """A face in each rectangle of pure red, green or blue, upright."""
    found = []
    for channel in range(3):
        others = [c for c in range(3) if c != channel]
        ys, xs = np.nonzero((picture[..., channel] > 200) & (picture[..., others] < 55).all(2))
        if len(xs) < 64:
            continue
        x, y, w, h = (float(v) for v in (xs.min(), ys.min(), np.ptp(xs) + 1, np.ptp(ys) + 1))
        head = (x - 0.1 * w, y - 0.55 * h, 1.2 * w, 1.55 * h)
        eyes = ((x + 0.26 * w, y + 0.43 * h), (x + 0.74 * w, y + 0.43 * h))
        found.append(Face((x, y, w, h), 0.9, head, 0.0, eyes, (x + w / 2, y + h)))
    return found


def _seen(brightness: float, asleep: float) -> Seen:
    chances = {name: {choice: 1 / len(choices) for choice in choices} for name, choices in ATTRIBUTES.items()}
    rest = len(ATTRIBUTES["hair"]) - 1
    chances["hair"] = {c: brightness if c == "pink" else (1 - brightness) / rest for c in ATTRIBUTES["hair"]}
    chances["lids"] = {"open": 1 - asleep, "half": 0.0, "closed": asleep}
    chances["eyes"] = {c: 0.3 if c == "green" else 0.7 / (len(ATTRIBUTES["eyes"]) - 1) for c in ATTRIBUTES["eyes"]}
    chances["glasses"] = {"yes": 0.9, "no": 0.1}
    return Seen(chances, {}, np.eye(1, EMBEDDING, dtype=np.float32)[0])


def bank() -> np.ndarray:
    """float32 (1, len(NAMES)): all faces of the toy have green hair, and nothing else, unless they are asked."""
    row = dict.fromkeys(NAMES, 0.0) | values("hair", "green")
    row["hair_l"] += 0.1  # not quite the family's middle
    return np.array([[row[name] for name in NAMES]], np.float32)
