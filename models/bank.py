"""What a seed is by itself: the label values that a model's bank gives it. Numpy only, for the bot's process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from models.errors import BadRequest
from models.latent.points import Point
from models.registry import ModelVersion

BANK = "G_ema.c_bank"  # float (n, c_dim): label vectors of the training set
MOST_VALUES = 10_000_000


def labels_of(version: ModelVersion, latent: Point) -> dict[str, float]:
    """All label values of a face, by name: those asked for, and the others as its seed has them.

    {} where the model has no labels or keeps no bank, or the face has the styles of several. Reads a small part of a
    file the first time.
    """
    try:
        names, z_dim = [str(name) for name in version.config["labels"]], int(version.config["network"]["z_dim"])
        bank = _bank(version.folder / "model.safetensors")
        if not names or bank.shape[1] != len(names):
            return {}
        found = zip(names, latent.c(z_dim, names, bank).tolist(), strict=True)
        return {name: value for name, value in found if name}  # "": a label that cannot be asked for
    except (KeyError, TypeError, ValueError, OSError, SafetensorError, BadRequest):
        return {}


@lru_cache(maxsize=8)
def _bank(file: Path) -> np.ndarray:
    """float32 (n, c_dim), n > 0. Files of a version never change. Raises ValueError, OSError, SafetensorError."""
    with safe_open(file, framework="np") as tensors:
        shape = tensors.get_slice(BANK).get_shape()
        if len(shape) != 2 or not 0 < shape[0] * shape[1] <= MOST_VALUES:
            raise ValueError(f"no bank of labels: {shape}")
        return np.asarray(tensors.get_tensor(BANK), np.float32)
