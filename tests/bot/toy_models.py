"""A runner of models that needs no network: each face is one colour, which its latent decides."""

from collections.abc import Sequence

import numpy as np

from models.requests import Draw

FACTORY = f"{__name__}:ToyModels"
SIDE = 32


def colour(draw: Draw, i: int) -> np.ndarray:
    """uint8 (3,): what the face of latent `i` of a request looks like."""
    z = draw.latents[i].z(3) * draw.trunc
    return (127.5 + 127.5 * np.tanh(z)).astype(np.uint8)


class ToyModels:
    """Stands in for `models.runner.Runner`."""

    def __init__(self, device: str = "cpu", threads: int = 1) -> None:
        self._loaded: dict[str, int] = {}

    def warm_up(self, model: str) -> None:
        self._loaded[f"{model}@starter"] = 16

    def loaded(self) -> dict[str, int]:
        return self._loaded

    def best_batch(self, request: Draw) -> int:
        return 16

    def run(self, requests: Sequence[Draw]) -> list[np.ndarray]:
        return [
            np.stack([np.broadcast_to(colour(r, i), (SIDE, SIDE, 3)) for i in range(len(r.latents))]) for r in requests
        ]
