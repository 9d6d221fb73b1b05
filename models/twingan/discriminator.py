"""TwinGAN's discriminator: one for each domain, as in PGGAN (Karras et al. 2018), without normalisation."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import nn

from models.stylegan.layers import Conv, Linear, minibatch_stddev, normalize
from models.twingan.config import TwinConfig
from models.twingan.growth import Grown, Stage, faded, halved


class Discriminator(nn.Module):
    """Pictures (N, 3, H, W) in -1…1 -> logits (N,), higher for what looks like a picture of the domain."""

    def __init__(self, config: TwinConfig) -> None:
        super().__init__()
        self.config = config
        self.c_dim = config.c_dim
        for side in config.sides:
            here, above = config.channels(side), config.channels(2 * side)
            self.add_module(f"fromrgb{side}", Conv(3, above, 1))
            last = side == 4  # where the spread is one more channel, and `fc` in the place of another convolution
            convs = [Conv(above + last, here, 3), *([] if last else [Conv(here, here, 3)])]
            self.add_module(f"b{side}", nn.Sequential(*convs))
        channels = config.channels(4)
        self.fc = Linear(channels * 16, channels, active=True)
        self.out = Linear(channels, 1)
        if config.c_dim:
            self.compare0 = Linear(2 * config.c_dim, channels, active=True)
            self.compare1 = Linear(channels, channels)
        if config.read:
            self.reads = Linear(channels, config.c_dim)

    def forward(
        self,
        x: torch.Tensor,
        stage: Stage = None,
        c: torch.Tensor | None = None,
        said: torch.Tensor | None = None,
    ) -> torch.Tensor:
        return self.logits(self.features(x, stage), c, said)

    def features(self, x: torch.Tensor, stage: Stage = None) -> torch.Tensor:
        """Pictures, with a stage of its size -> (N, channels at 4 px) float32. They depend on the pictures' company.

        Raises ValueError for a picture of another size.
        """
        grown = Grown.at(stage, self.config.stages)
        if x.shape[2:] != (grown.side, grown.side):
            raise ValueError(f"at this stage pictures have {grown.side} px, not {x.shape[2]} x {x.shape[3]}")
        side = grown.side
        h = self.at("fromrgb", side)(x)
        while side > 4:
            h, side = halved(self.at("b", side)(h)), side // 2
            if grown.fades and 2 * side == grown.side:
                h = faded(self.at("fromrgb", side)(halved(x)), h, grown.alpha)
        h = h.float()
        spread = minibatch_stddev(h, self.config.mbstd_group, 1).expand(-1, -1, 4, 4)
        return self.fc(self.at("b", 4)(torch.cat([h, spread], 1)).flatten(1))

    def at(self, part: str, side: int) -> Any:
        """The part, `fromrgb` or `b`, of a side."""
        return getattr(self, f"{part}{side}")

    def logits(self, h: torch.Tensor, c: torch.Tensor | None = None, said: torch.Tensor | None = None) -> torch.Tensor:
        """Features -> (N,). With labels c (N, c_dim), those of them that `said` (N, c_dim) has as 1, all without it,
        it also counts whether the picture is as they say: Miyato & Koyama 2018 (https://arxiv.org/abs/1802.05637),
        equation 3.
        """
        score = self.out(h)[:, 0]
        if c is None:
            return score
        if not self.c_dim:
            raise ValueError("this network compares no labels")
        mask = torch.ones_like(c) if said is None else said
        wanted = self.compare1(self.compare0(torch.cat([c * mask, mask], 1)))  # (N, channels)
        return score + (h * normalize(wanted)).sum(1) / math.sqrt(h.shape[1])

    def read(self, h: torch.Tensor) -> torch.Tensor:
        """Features -> labels (N, c_dim), as D reads them off. Raises ValueError where it was not built to."""
        if not self.config.read:
            raise ValueError("this network reads no labels")
        return self.reads(h)
