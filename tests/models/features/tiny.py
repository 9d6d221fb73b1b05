"""A features network small enough to train in a test, and a few drawn characters for it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from data.dataset import Dataset, pack, resolve
from data.vision.features.network import FeaturesConfig
from data.vision.features.targets import CHOICES, NUMBERS
from models.checkpoint import save_model
from models.features.train import FeaturesOptions, FeaturesTask

CONFIG = FeaturesConfig(tuple(CHOICES.items()), NUMBERS, size=32, widths=(8, 8, 8, 8))
OPTIONS = FeaturesOptions(batch=16, lr=5e-3, warmup_kimg=0.05, decay_kimg=100.0)


@cache
def characters(folder: Path) -> Dataset:
    """Twelve characters, four pictures of each, 32 px."""
    return pack(resolve("drawn:count=48,seed=3,views=4"), 32, folder, processes=1)


def task(seed: int = 0) -> FeaturesTask:
    return FeaturesTask(CONFIG, OPTIONS, seed, np.zeros((9, 32, 32, 3), np.uint8))


def store(folder: Path, **changes: object) -> Path:
    """A model folder of the tiny network, untrained."""
    tensors, config = task().export()
    save_model(folder, tensors, {**config, **changes}, half=True)
    return folder
