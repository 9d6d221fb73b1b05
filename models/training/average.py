"""The average of a network's weights over its training, which is what ships."""

from __future__ import annotations

import torch
from torch import nn


def beta(nimg: int, batch: int, half_life_kimg: float, rampup: float) -> float:
    """What an average keeps of itself after `batch` more images, `nimg` in all.

    The half-life is at first a part of the run so far, `rampup` (StyleGAN2's EMA ramp-up); 0 where there is none.
    """
    half_life = min(half_life_kimg * 1000, rampup * nimg)
    return 0.5 ** (batch / half_life) if half_life > 0 else 0.0


@torch.no_grad()
def follow(average: nn.Module, network: nn.Module, beta: float) -> None:
    """Move an average of everything, BatchNorm's statistics too, towards its network; what counts is copied."""
    mine, theirs = average.state_dict(), network.state_dict()
    for key, value in mine.items():
        if value.is_floating_point():
            value.lerp_(theirs[key], 1 - beta)
        else:
            value.copy_(theirs[key])
