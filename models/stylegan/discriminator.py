"""StyleGAN2's discriminator."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import nn

from models.stylegan.config import StyleGANConfig
from models.stylegan.generator import FULL, Mapping
from models.stylegan.layers import Conv, Linear, minibatch_stddev
from models.stylegan.resample import downsample


class DiscriminatorBlock(nn.Module):
    """All at one resolution: `fromrgb` where a picture comes in, `conv0`, and `conv1` to half of the size."""

    def __init__(self, config: StyleGANConfig, resolution: int) -> None:
        super().__init__()
        here, below = config.channels(resolution), config.channels(resolution // 2)
        clamp, taps = config.conv_clamp, config.resample_filter
        self.resolution, self.architecture, self.taps = resolution, config.d_architecture, taps
        self.looks = resolution == config.resolution or self.architecture == "skip"
        if self.looks:
            self.fromrgb = Conv(config.img_channels, here, 1, clamp=clamp)
        resnet = self.architecture == "resnet"
        self.conv0 = Conv(here, here, 3, clamp=clamp)
        self.conv1 = Conv(here, below, 3, down=True, gain=math.sqrt(0.5) if resnet else 1.0, clamp=clamp, taps=taps)
        if resnet:
            self.skip = Conv(here, below, 1, active=False, bias=False, down=True, gain=math.sqrt(0.5), taps=taps)

    def forward(self, x: torch.Tensor | None, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """x (N, C, H, W), image (N, img_channels, H, W) -> x (N, C', H/2, W/2), and the image, smaller with "skip"."""
        if self.looks:
            seen = self.fromrgb(image)
            x = seen if x is None else x + seen
        assert x is not None
        if self.architecture == "skip":
            image = downsample(image, self.taps)
        if self.architecture == "resnet":
            return self.skip(x) + self.conv1(self.conv0(x)), image
        return self.conv1(self.conv0(x)), image

    def layers(self) -> Iterator[nn.Module]:
        """In the order in which FreezeD counts them."""
        for name in ("fromrgb", "conv0", "conv1", "skip"):
            if hasattr(self, name):
                yield getattr(self, name)


class Epilogue(nn.Module):
    """The last block, at 4 px, in float32."""

    company: torch.Tensor | None = None  # (mbstd_channels,): stands for the spread of every batch, where it is given

    def __init__(self, config: StyleGANConfig) -> None:
        super().__init__()
        channels, clamp = config.channels(4), config.conv_clamp
        self.architecture = config.d_architecture
        self.group, self.spreads = config.mbstd_group, config.mbstd_channels
        if self.architecture == "skip":
            self.fromrgb = Conv(config.img_channels, channels, 1, clamp=clamp)
        self.conv = Conv(channels + self.spreads, channels, 3, clamp=clamp)
        self.fc = Linear(channels * 16, channels, active=True)
        self.out = Linear(channels, config.cmap or 1)
        if config.read:
            self.read = Linear(channels, config.c_dim)

    def forward(self, x: torch.Tensor, image: torch.Tensor) -> torch.Tensor:
        """x (N, C, 4, 4) -> features (N, C)."""
        x = self.begun(x, image)
        if self.spreads:
            maps = self.spread(x) if self.company is None else self.company[None, :, None, None]
            x = torch.cat([x, maps.expand(len(x), -1, 4, 4)], 1)
        return self.fc(self.conv(x).flatten(1))

    def begun(self, x: torch.Tensor, image: torch.Tensor) -> torch.Tensor:
        """(N, C, 4, 4): what pictures of one batch are compared in."""
        return x + self.fromrgb(image) if self.architecture == "skip" else x

    def spread(self, x: torch.Tensor) -> torch.Tensor:
        """(N, C, H, W) -> (N, mbstd_channels, 1, 1): how much pictures of a group differ, on average."""
        return minibatch_stddev(x, self.group, self.spreads)


class Discriminator(nn.Module):
    """Pictures (N, img_channels, H, W) in -1…1, and with labels c (N, c_dim) -> logits (N,), higher for the real."""

    def __init__(self, config: StyleGANConfig) -> None:
        super().__init__()
        self.config = config
        self.c_dim = config.c_dim
        for resolution in reversed(config.resolutions[1:]):
            setattr(self, f"b{resolution}", DiscriminatorBlock(config, resolution))
        self.b4 = Epilogue(config)
        if config.c_dim:
            self.mapping = Mapping(0, config.c_dim, config.cmap, config.d_mapping_layers, 0.01, None)

    def blocks(self) -> Iterator[DiscriminatorBlock]:
        for resolution in reversed(self.config.resolutions[1:]):
            yield getattr(self, f"b{resolution}")

    def forward(
        self, x: torch.Tensor, c: torch.Tensor | None = None, dtype: torch.dtype = torch.float32
    ) -> torch.Tensor:
        return self.logits(self.features(x, dtype), c)

    def features(self, x: torch.Tensor, dtype: torch.dtype = torch.float32) -> torch.Tensor:
        """Pictures -> (N, channels at 4 px) float32, all the work. The convolutions above FULL px are in `dtype`.

        They depend on the pictures' company, unless D was told to `stand_alone`.
        """
        return self.b4(*self._at_the_end(x, dtype))

    def spread(self, x: torch.Tensor) -> torch.Tensor:
        """Pictures -> (mbstd_channels,): how much they differ in D's eyes, on average."""
        return self.b4.spread(self.b4.begun(*self._at_the_end(x, torch.float32))).mean([0, 2, 3])

    def stand_alone(self, spread: torch.Tensor) -> None:
        """From now on take `spread` (mbstd_channels,) for that of every batch: a logit depends on no company then."""
        self.b4.company = spread

    def _at_the_end(self, x: torch.Tensor, dtype: torch.dtype) -> tuple[torch.Tensor, torch.Tensor]:
        """What comes to the last block: (N, C, 4, 4), and the picture, of that size with "skip"."""
        h, image = None, x
        for block in self.blocks():
            kind = dtype if block.resolution > FULL else torch.float32
            h, image = block(None if h is None else h.to(kind), image.to(kind))
        assert h is not None
        return h.float(), image.float()

    def logits(self, h: torch.Tensor, c: torch.Tensor | None = None) -> torch.Tensor:
        """Features, and labels -> (N,) float32. Raises ValueError for labels missing."""
        out = self.b4.out(h)
        if not self.c_dim:
            return out[:, 0]
        if c is None:
            raise ValueError("this network needs labels")
        # Miyato & Koyama 2018, https://arxiv.org/abs/1802.05637
        return (out * self.mapping(None, c)).sum(1) / math.sqrt(self.config.cmap)

    def read(self, h: torch.Tensor) -> torch.Tensor:
        """Features -> labels (N, c_dim): those that D reads off, or where it did not learn to, the likeliest class."""
        if self.config.read:
            return self.b4.read(h)
        classes = torch.eye(self.c_dim, device=h.device)
        likely = (self.b4.out(h) @ self.mapping(None, classes).T).argmax(1)  # (N,)
        return classes[likely]

    def freeze(self, layers: int) -> None:
        """No gradients for the first so many layers, counted from the picture (Mo et al. 2020, arXiv 2002.10964)."""
        ordered = [layer for block in self.blocks() for layer in block.layers()]
        for layer in ordered[:layers]:
            layer.requires_grad_(False)
