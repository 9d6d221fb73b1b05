"""What the small networks that see are built of."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    """He et al. 2015 (https://arxiv.org/abs/1512.03385), figure 2: (N, width, H, W) in and out."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.main = nn.Sequential(conv(width, width), nn.ReLU(inplace=True), conv(width, width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.relu(x + self.main(x))


def conv(before: int, after: int, stride: int = 1) -> nn.Sequential:
    """3x3 with its norm: (N, before, H, W) -> (N, after, H / stride, W / stride)."""
    return nn.Sequential(nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after))
