"""Batches of scenes and what the finder should say of them; what `models.training.loop.train` asks with indices."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from models.finder.scenes import Composer
from models.finder.targets import targets


@dataclass(frozen=True, slots=True)
class Batch:
    images: np.ndarray  # uint8 (N, side, side, 3)
    maps: list[np.ndarray]  # see `models.finder.targets`


class Feed:
    """Scenes whose first heads the indices name; all other chance comes from the indices of the whole batch."""

    def __init__(self, composer: Composer) -> None:
        self.composer = composer
        cv2.setNumThreads(1)  # its own threads cost more than they bring at this size

    def __reduce__(self) -> tuple[type[Feed], tuple[Composer]]:
        return Feed, (self.composer,)  # in another process, too, with one thread

    def __call__(self, indices: np.ndarray) -> Batch:
        chance = np.random.default_rng(indices)
        scenes = [self.composer.scene(chance, int(index)) for index in indices]
        images = np.stack([scene.pixels for scene in scenes])
        return Batch(images, targets([scene.faces for scene in scenes], self.composer.side))
