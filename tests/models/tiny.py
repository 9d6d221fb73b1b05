"""A network small enough to train in a test, and pictures for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from models.checkpoint import save_model
from models.dcgan.network import DCGANConfig
from models.dcgan.options import DCGANOptions
from models.dcgan.train import DCGANTask
from models.training.labelled import Labelled

CONFIG = DCGANConfig(resolution=16, z_dim=8, widths=(8, 8))
NAMES = ("age", "glasses", "yaw")
LABELLED = DCGANConfig(resolution=16, z_dim=8, widths=(8, 8), c_dim=len(NAMES), d_norm="none")
BATCH = 8


def task(seed: int = 0, mirror: bool = True) -> DCGANTask:
    return DCGANTask(CONFIG, DCGANOptions(batch=BATCH, mirror=mirror), seed)


def labelled_task(seed: int = 0, total: int = 0, **options: Any) -> DCGANTask:
    """With labels, R1 and augmentation."""
    given: dict[str, Any] = {
        "batch": BATCH,
        "d_norm": "none",
        "gamma": 1.0,
        "r1_every": 2,
        "read": 1.0,
        "mismatch": 0.5,
    }
    chosen = DCGANOptions(**{**given, "aug": "color,translation,cutout", **options})
    return DCGANTask(LABELLED, chosen, seed, total=total, names=NAMES, vectors=vectors(np.arange(60)))


def vectors(indices: np.ndarray) -> np.ndarray:
    """float32 (n, 3): labels, the same for the same index."""
    return np.stack([indices % 7 / 7, indices % 2, indices % 5 / 5 - 0.4], 1).astype(np.float32)


def labelled(indices: np.ndarray) -> Labelled:
    return Labelled(pictures(indices), vectors(indices))


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
    return _store(folder, trained_a_little(), changes)


def store_labelled(folder: Path, **changes: object) -> Path:
    """A model folder of the tiny network with labels, its D calibrated."""
    learner = labelled_task()
    for i in range(3):
        learner.step(labelled(np.arange(BATCH) + i), i * BATCH)
    return _store(folder, learner, {**learner.calibration(labelled, 60, 64), **changes})


def _store(folder: Path, learner: DCGANTask, changes: dict[str, Any]) -> Path:
    tensors, config = learner.export()
    save_model(folder, tensors, {**config, "kimg": 0.024, "parent": None, "data": "0" * 64, **changes}, "# tiny\n")
    return folder
