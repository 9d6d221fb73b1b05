"""A finder small enough to train in a test, and a few drawn heads for it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import torch

from data.dataset import resolve
from data.vision.finder.network import FinderConfig
from models.checkpoint import save_model
from models.finder.heads import Heads, drawn_heads
from models.finder.train import FinderOptions, FinderTask

CONFIG = FinderConfig((8, 8, 8, 8, 8), 8, 64)
OPTIONS = FinderOptions(batch=8, lr=1e-2, warmup_kimg=0.05, decay_kimg=100.0)


@cache
def heads(folder: Path) -> Heads:
    return drawn_heads(resolve("drawn:count=12,seed=3"), folder)


def task(seed: int = 0, side: int = 64) -> FinderTask:
    return FinderTask(CONFIG, OPTIONS, seed, np.zeros((4, side, side, 3), np.uint8))


def store(folder: Path, believing: bool = False) -> Path:
    """A model folder of the tiny network, untrained; a `believing` one takes every place for a face's."""
    made = task()
    if believing:
        with torch.no_grad():
            for head in made.average.heads:
                head[-1].bias[:1] = 3.0  # type: ignore[index,union-attr]
    tensors, config = made.export()
    save_model(folder, tensors, config, "# tiny\n", half=True)
    return folder
