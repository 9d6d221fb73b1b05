"""The finder's network: a small residual convnet, a top-down pyramid over its last three stages, a head on each."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

from data.vision.finder.coding import CHANNELS, STRIDES
from data.vision.residual import Block, conv

MAX_WIDTH = 512  # of a config from anywhere


@dataclass(frozen=True, slots=True)
class FinderConfig:
    widths: tuple[int, ...] = (12, 24, 48, 80, 96)  # channels at strides 2, 4, 8, 16, 32
    neck: int = 48  # channels of the pyramid
    side: int = 768  # px: the longer side of what is looked at first

    def __post_init__(self) -> None:
        if len(self.widths) != 5 or not all(1 <= w <= MAX_WIDTH for w in (*self.widths, self.neck)):
            raise ValueError(f"five widths and a neck of 1 to {MAX_WIDTH} channels, not {self.widths}, {self.neck}")
        if not 64 <= self.side <= 2048 or self.side % STRIDES[-1]:
            raise ValueError(f"a side of 64 to 2048 px, a multiple of {STRIDES[-1]}, not {self.side}")

    def to_json(self) -> dict[str, Any]:
        return {"widths": list(self.widths), "neck": self.neck, "side": self.side}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Raises ValueError, KeyError or TypeError for what describes no network."""
        return cls(tuple(int(w) for w in value["widths"]), int(value["neck"]), int(value["side"]))


def _head(neck: int) -> nn.Sequential:
    last = nn.Conv2d(neck, CHANNELS, 1)
    nn.init.normal_(last.weight, std=0.01)
    assert last.bias is not None
    nn.init.zeros_(last.bias)
    nn.init.constant_(last.bias[:1], -4.0)  # at first nothing is a face (Lin et al. 2017, section 4.1)
    return nn.Sequential(conv(neck, neck), nn.ReLU(inplace=True), last)


class FinderNetwork(nn.Module):
    """(N, 3, H, W) in -1…1, sides multiples of 32 -> for each of STRIDES (N, CHANNELS, H/stride, W/stride).

    What the channels say stands in `coding`. The pyramid is that of Lin et al. 2016
    (https://arxiv.org/abs/1612.03144); asking every place instead of anchors is Tian et al. 2019
    (https://arxiv.org/abs/1904.01355). The heads share nothing: their statistics differ.
    """

    def __init__(self, config: FinderConfig) -> None:
        super().__init__()
        self.config = config
        a, b, c, d, e = config.widths
        relu = nn.ReLU(inplace=True)
        self.stages = nn.ModuleList(
            [
                nn.Sequential(conv(3, a, 2), relu, conv(a, b, 2), relu, conv(b, c, 2), relu, Block(c)),
                nn.Sequential(conv(c, d, 2), relu, Block(d)),
                nn.Sequential(conv(d, e, 2), relu, Block(e)),
            ]
        )
        self.lateral = nn.ModuleList([nn.Conv2d(width, config.neck, 1) for width in (c, d, e)])
        self.heads = nn.ModuleList([_head(config.neck) for _ in STRIDES])

    def forward(self, x: torch.Tensor) -> list[torch.Tensor]:
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        x = self.lateral[-1](maps[-1])
        found = [self.heads[-1](x)]
        for i in range(len(maps) - 2, -1, -1):
            x = self.lateral[i](maps[i]) + F.interpolate(x, scale_factor=2.0, mode="nearest")
            found.append(self.heads[i](x))
        return found[::-1]


def folded(network: FinderNetwork) -> FinderNetwork:
    """A copy in eval mode whose BatchNorms are part of the convolutions before them: the same answers, sooner."""
    network = copy.deepcopy(network).eval()
    for module in network.modules():
        if isinstance(module, nn.Sequential):
            for i in range(len(module) - 1):
                convolution, norm = module[i], module[i + 1]
                if isinstance(convolution, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                    module[i], module[i + 1] = fuse_conv_bn_eval(convolution, norm), nn.Identity()
    return network
