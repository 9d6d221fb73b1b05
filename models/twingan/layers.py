"""What E and G are made of: convolutions that are normalised by domain. D's are without."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.functional import leaky_relu

from models.stylegan.layers import SLOPE, Conv, normalize
from models.twingan.config import TwinConfig
from models.twingan.norm import DomainNorm, GroupNorm, Look
from models.twingan.renorm import BatchRenorm


class NormConv(nn.Module):
    """3x3 convolution, normalisation, leaky ReLU, pixel norm: (N, inputs, H, W) -> (N, outputs, H, W)."""

    def __init__(self, config: TwinConfig, inputs: int, outputs: int, *, bends: bool) -> None:
        super().__init__()
        self.conv = Conv(inputs, outputs, 3, active=False, bias=False)
        self.norm = norm(config, outputs, bends=bends)
        self.pixel_norm = config.pixel_norm

    def forward(self, x: torch.Tensor, look: Look, s: torch.Tensor | None = None) -> torch.Tensor:
        x = leaky_relu(self.norm(self.conv(x), look, s), SLOPE)
        return normalize(x) if self.pixel_norm else x


class Pair(nn.Module):
    """Two of them: all that is done at one side."""

    def __init__(self, config: TwinConfig, inputs: int, outputs: int, *, bends: bool) -> None:
        super().__init__()
        self.conv0 = NormConv(config, inputs, outputs, bends=bends)
        self.conv1 = NormConv(config, outputs, outputs, bends=bends)

    def forward(self, x: torch.Tensor, look: Look, s: torch.Tensor | None = None) -> torch.Tensor:
        return self.conv1(self.conv0(x, look, s), look, s)


def norm(config: TwinConfig, channels: int, *, bends: bool) -> DomainNorm:
    """The layer that a config names."""
    kind = BatchRenorm if config.norm == "batch_renorm" else GroupNorm
    return kind(config, channels, bends=bends)
