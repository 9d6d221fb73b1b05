"""TwinGAN's encoder: one for all domains."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn.functional import adaptive_avg_pool2d

from models.stylegan.layers import Conv, Linear, normalize
from models.twingan.config import TwinConfig
from models.twingan.encoded import Encoded
from models.twingan.growth import Grown, Stage, faded, halved
from models.twingan.layers import Pair
from models.twingan.norm import norms

STYLED = (8, 16, 32)  # px: sides of the maps beside the latent that a style is read off


class Encoder(nn.Module):
    """Pictures (N, 3, H, W) in -1…1 of a domain -> `Encoded`.

    At every side two convolutions, whose maps go to G as they are and on to the next side halved.
    """

    def __init__(self, config: TwinConfig) -> None:
        super().__init__()
        self.config = config
        for side in config.sides:
            self.add_module(f"fromrgb{side}", Conv(3, config.channels(2 * side), 1))
            self.add_module(f"b{side}", Pair(config, config.channels(2 * side), config.channels(side), bends=False))
        self.embed = Embed(config)
        self.style = Style(config)

    def forward(self, x: torch.Tensor, domain: str, stage: Stage = None) -> Encoded:
        """With a stage pictures have its size (`models.twingan.growth`), and there are the maps of that size and below.

        Raises ValueError for a domain that there is not, and a picture of another size.
        """
        self.config.check_domain(domain)
        grown = Grown.at(stage, self.config.stages)
        if x.shape[2:] != (grown.side, grown.side):
            raise ValueError(f"at this stage pictures have {grown.side} px, not {x.shape[2]} x {x.shape[3]}")
        skips, side = {}, grown.side
        h = self.at("fromrgb", side)(x)
        while True:
            h = self.at("b", side)(h, domain)
            if side == 4:
                return Encoded(h, skips)
            if side in self.config.skips:
                skips[side] = h
            h, side = halved(h), side // 2
            if grown.fades and 2 * side == grown.side:
                h = faded(self.at("fromrgb", side)(halved(x)), h, grown.alpha)

    def at(self, part: str, side: int) -> Any:
        """The part, `fromrgb` or `b`, of a side."""
        return getattr(self, f"{part}{side}")

    def embedding(self, x: torch.Tensor, domain: str) -> torch.Tensor:
        """Pictures (N, 3, R, R) -> (N, embed_dim) float32 of unit length: near each other for what looks alike,
        whatever the domains."""
        return self.embed(self(x, domain), domain)

    def add_domain(self, name: str, like: str) -> None:
        """One more domain, which begins as `like` is; nothing else changes. Raises ValueError for one that is there."""
        self.config.check_domain(like)
        self.config = self.config.with_domain(name)
        for layer in norms(self):
            layer.add_domain(name, like)
        self.embed.add_domain(name, like)


class Embed(nn.Module):
    """`Encoded` of a domain -> (N, embed_dim) float32 of unit length.

    The latent is shrunk to 2x2 and projected; what all pictures of the domain have in common is taken off.
    """

    def __init__(self, config: TwinConfig) -> None:
        super().__init__()
        self.project = Linear(config.channels(4) * 4, config.embed_dim)
        for domain in config.domains:
            self.register_buffer(f"center_{domain}", torch.zeros(config.embed_dim))

    def forward(self, encoded: Encoded, domain: str) -> torch.Tensor:
        return nn.functional.normalize(self.projected(encoded) - self.center(domain))

    def projected(self, encoded: Encoded) -> torch.Tensor:
        """(N, embed_dim), whose mean over pictures of a domain is to be its `center`."""
        return self.project(adaptive_avg_pool2d(encoded.latent.float(), 2).flatten(1))

    def center(self, domain: str) -> torch.Tensor:
        """(embed_dim,), a buffer."""
        return getattr(self, f"center_{domain}")

    def add_domain(self, name: str, like: str) -> None:
        self.register_buffer(f"center_{name}", self.center(like).clone())


class Style(nn.Module):
    """`Encoded` -> style codes (N, style_dim) float32 of mean square 1: how things look, and not where they are.

    They are read off the means over all places of the latent and of the smaller maps.
    """

    def __init__(self, config: TwinConfig) -> None:
        super().__init__()
        self.sides = [side for side in STYLED if config.skip_max is None or side <= config.skip_max]
        self.width = config.channels(4) + sum(config.channels(side) for side in self.sides)
        self.fc0 = Linear(self.width, 2 * config.style_dim, active=True)
        self.fc1 = Linear(2 * config.style_dim, config.style_dim)

    def forward(self, encoded: Encoded) -> torch.Tensor:
        maps = [encoded.latent, *(encoded.skips[side] for side in self.sides if side in encoded.skips)]
        means = torch.cat([some.float().mean((2, 3)) for some in maps], 1)
        means = nn.functional.pad(means, (0, self.width - means.shape[1]))  # of maps to which E has not grown yet
        return normalize(self.fc1(self.fc0(means)))
