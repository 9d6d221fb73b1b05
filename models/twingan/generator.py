"""TwinGAN's generator: one for all domains."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn.functional import leaky_relu

from models.stylegan.layers import GAIN, SLOPE, Conv
from models.twingan.config import TwinConfig
from models.twingan.encoded import Encoded
from models.twingan.growth import Grown, Stage, doubled, faded
from models.twingan.layers import Pair
from models.twingan.norm import Look, norms

VARIATION = 0.5  # deviation of the noise that varies a style, in training and where another seed is asked for


class Generator(nn.Module):
    """`Encoded`, a domain or a way between two, and what is asked for -> pictures (N, 3, H, W), nominally in -1…1.

    From 4 px on maps are doubled, those of E of the same side are put beside them, and two convolutions follow.
    """

    def __init__(self, config: TwinConfig) -> None:
        super().__init__()
        self.config = config
        self.condition = Condition(config)
        for side in config.sides:
            inputs = config.channels(max(4, side // 2)) + (config.channels(side) if side in config.skips else 0)
            self.add_module(f"b{side}", Pair(config, inputs, config.channels(side), bends=True))
            self.add_module(f"torgb{side}", Conv(config.channels(side), 3, 1, active=False))

    def forward(
        self,
        encoded: Encoded,
        look: Look,
        c: torch.Tensor | None = None,
        said: torch.Tensor | None = None,
        style: torch.Tensor | None = None,
        stage: Stage = None,
    ) -> torch.Tensor:
        """c (N, c_dim): labels that are asked for, those of them that `said` (N, c_dim) has as 1, all without it; the
        rest stays as the picture has it. `style` (N, style_dim) is added: E's of a picture whose look is taken, or
        noise. `encoded` is that of a picture of the same stage. Raises ValueError for a domain that there is not.
        """
        for domain in (look,) if isinstance(look, str) else (look.source, look.to):
            self.config.check_domain(domain)
        grown = Grown.at(stage, self.config.stages)
        s = self.condition(c, said, style)
        h, image = encoded.latent, None
        for side in self.config.sides:
            if side > grown.side:
                break
            if side > 4:
                if side == grown.side and grown.fades:
                    image = doubled(self.at("torgb", side // 2)(h))
                h = doubled(h)
                if side in self.config.skips:
                    h = torch.cat([h, encoded.skips[side]], 1)
            h = self.at("b", side)(h, look, s)
        drawn = self.at("torgb", grown.side)(h).float()
        return drawn if image is None else faded(image.float(), drawn, grown.alpha)

    def at(self, part: str, side: int) -> Any:
        """The part, `b` or `torgb`, of a side."""
        return getattr(self, f"{part}{side}")

    def add_domain(self, name: str, like: str) -> None:
        """One more domain, which begins as `like` is; nothing else changes. Raises ValueError for one that is there."""
        self.config.check_domain(like)
        self.config = self.config.with_domain(name)
        for layer in norms(self):
            layer.add_domain(name, like)


class Condition(nn.Module):
    """What is asked for -> s (N, style_dim) float32, which moves scales and shifts; None where nothing is.

    No layer has a bias: where nothing is said the sum is zero, which is what None is.
    """

    def __init__(self, config: TwinConfig) -> None:
        super().__init__()
        self.c_dim = config.c_dim
        if config.c_dim:
            self.fc0 = nn.Parameter(torch.randn(config.style_dim, 2 * config.c_dim))
            self.fc1 = nn.Parameter(torch.randn(config.style_dim, config.style_dim))

    def forward(
        self, c: torch.Tensor | None, said: torch.Tensor | None, style: torch.Tensor | None
    ) -> torch.Tensor | None:
        """Raises ValueError for labels where the network has none."""
        if c is None:
            return None if style is None else style.float()
        if not self.c_dim:
            raise ValueError("this network cannot be told what to draw")
        mask = torch.ones_like(c) if said is None else said.to(c.dtype)
        h = torch.cat([c * mask, mask], 1).float() @ (self.fc0.T * (GAIN / self.fc0.shape[1] ** 0.5))
        s = leaky_relu(h, SLOPE) @ (self.fc1.T / self.fc1.shape[1] ** 0.5)
        return s if style is None else s + style.float()
