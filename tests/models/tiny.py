"""A network small enough to train in a test, and pictures for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from models.checkpoint import save_model
from models.dcgan.network import DCGANConfig
from models.dcgan.train import DCGANOptions, DCGANTask

CONFIG = DCGANConfig(resolution=16, z_dim=8, widths=(8, 8))
BATCH = 8


def task(seed: int = 0, mirror: bool = True) -> DCGANTask:
    return DCGANTask(CONFIG, DCGANOptions(batch=BATCH, mirror=mirror), seed)


def pictures(indices: np.ndarray) -> np.ndarray:
    """uint8 (n, 16, 16, 3), the same for the same index."""
    ramp = np.arange(16 * 16 * 3).reshape(1, 16, 16, 3)
    return ((ramp * (1 + indices.reshape(-1, 1, 1, 1) % 7)) % 256).astype(np.uint8)


def trained_a_little(steps: int = 3) -> DCGANTask:
    learner = task()
    for i in range(steps):
        learner.step(pictures(np.arange(BATCH) + i), i * BATCH)
    return learner


def store(folder: Path, **changes: object) -> Path:
    """A model folder of the tiny network."""
    tensors, config = trained_a_little().export()
    save_model(folder, tensors, {**config, "kimg": 0.024, "parent": None, "data": "0" * 64, **changes}, "# tiny\n")
    return folder
