"""Labels for pictures that come without: those that a discriminator reads off them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from models.stylegan.discriminator import Discriminator
from models.training.labelled import real

AT_ONCE = 32
FARTHEST = 4.0  # from 0, as of labels that are given


@torch.inference_mode()
def labels_read(D: Discriminator, images: Callable[[np.ndarray], np.ndarray], count: int) -> np.ndarray:
    """float32 (count, c_dim). `images` gives uint8 (n, H, W, C) for an int64 array of indices below `count`."""
    found = []
    for begin in range(0, count, AT_ONCE):
        pixels = images(np.arange(begin, min(begin + AT_ONCE, count)))
        found.append(D.read(D.features(real(torch.from_numpy(pixels)))))
    return torch.cat(found).clamp(-FARTHEST, FARTHEST).float().numpy()
