"""StyleGAN2's generator: a mapping from z to w, and a synthesis that w styles at every size."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal

import torch
from torch import nn
from torch.nn.functional import leaky_relu

from models.stylegan.config import StyleGANConfig
from models.stylegan.layers import GAIN, SLOPE, Conv, Linear, modulated_conv, normalize
from models.stylegan.resample import upsample

NoiseMode = Literal["const", "random", "none"]
NOISE_MODES: tuple[NoiseMode, ...] = ("const", "random", "none")
FULL = 8  # up to this size everything is in float32: it costs nothing there


class Mapping(nn.Module):
    """z (N, z_dim) and labels c (N, c_dim) -> w (N, w_dim). With z_dim 0 it is D's, of labels alone."""

    w_avg: torch.Tensor  # (w_dim,): the mean of w, towards which truncation pulls; of G's mapping only

    def __init__(
        self, z_dim: int, c_dim: int, w_dim: int, layers: int, lr_multiplier: float, w_avg_beta: float | None
    ) -> None:
        super().__init__()
        self.z_dim, self.c_dim, self.w_dim = z_dim, c_dim, w_dim
        self.layers, self.w_avg_beta = layers, w_avg_beta
        if c_dim:
            self.embed = Linear(c_dim, w_dim)
        width = z_dim + (w_dim if c_dim else 0)
        for number in range(layers):
            setattr(self, f"fc{number}", Linear(width, w_dim, active=True, lr_multiplier=lr_multiplier))
            width = w_dim
        if w_avg_beta is not None:
            self.register_buffer("w_avg", torch.zeros(w_dim))

    def forward(self, z: torch.Tensor | None, c: torch.Tensor | None = None) -> torch.Tensor:
        """In float32. Raises ValueError for labels missing."""
        parts = [] if z is None else [normalize(z.float())]
        if self.c_dim:
            if c is None:
                raise ValueError("this network needs labels")
            parts.append(normalize(self.embed(c.float())))
        x = torch.cat(parts, 1)
        for number in range(self.layers):
            x = getattr(self, f"fc{number}")(x)
        return x

    @torch.no_grad()
    def follow(self, w: torch.Tensor) -> None:
        """Move the mean towards that of w (N, w_dim), as every step of training does."""
        assert self.w_avg_beta is not None
        self.w_avg.lerp_(w.detach().mean(0), 1 - self.w_avg_beta)

    def truncate(self, ws: torch.Tensor, trunc: float, cutoff: int | None = None) -> torch.Tensor:
        """ws (N, num_ws, w_dim), of which the first `cutoff` are pulled towards the mean (all where None).

        Karras et al. 2019, appendix B: w_avg + trunc (w - w_avg).
        """
        if trunc == 1.0:
            return ws
        pulled = self.w_avg.lerp(ws[:, :cutoff], trunc)
        return torch.cat([pulled, ws[:, pulled.shape[1] :]], 1)


class StyledConv(nn.Module):
    """A 3x3 convolution with style, noise and activation."""

    noise_const: torch.Tensor  # (H, W)

    def __init__(self, config: StyleGANConfig, inputs: int, outputs: int, resolution: int, *, up: bool) -> None:
        super().__init__()
        self.affine = Linear(config.w_dim, inputs, bias=1.0)
        self.weight = nn.Parameter(torch.randn(outputs, inputs, 3, 3))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.resolution, self.up = resolution, up
        self.clamp, self.taps = config.conv_clamp, config.resample_filter
        if config.use_noise:
            self.register_buffer("noise_const", torch.randn(resolution, resolution))
            self.noise_strength = nn.Parameter(torch.zeros([]))

    def forward(
        self, x: torch.Tensor, w: torch.Tensor, noise: torch.Tensor | None = None, gain: float = 1.0
    ) -> torch.Tensor:
        """x (N, I, H, W), w (N, w_dim), noise (N or 1, 1, H, W), N(0, 1) -> (N, O, H, W); with `up` twice the size."""
        x, scale = modulated_conv(x, self.weight, self.affine(w), up=self.up, taps=self.taps)
        assert scale is not None
        factor = GAIN * gain
        scale = (scale * factor).to(x.dtype)[:, :, None, None]  # (N, O, 1, 1)
        bias = (self.bias * factor).to(x.dtype)[None, :, None, None]
        x = torch.addcmul(bias, x, scale)
        if noise is not None:
            x = x + (noise * (self.noise_strength * factor)).to(x.dtype)
        x = leaky_relu(x, SLOPE)
        return x if self.clamp is None else x.clamp(-self.clamp * gain, self.clamp * gain)


class ToRGB(nn.Module):
    """A 1x1 convolution with style to the channels of a picture."""

    def __init__(self, config: StyleGANConfig, inputs: int) -> None:
        super().__init__()
        self.affine = Linear(config.w_dim, inputs, bias=1.0)
        self.weight = nn.Parameter(torch.randn(config.img_channels, inputs, 1, 1))
        self.bias = nn.Parameter(torch.zeros(config.img_channels))
        self.weight_gain, self.clamp = 1 / math.sqrt(inputs), config.conv_clamp

    def forward(self, x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
        """x (N, I, H, W), w (N, w_dim) -> (N, img_channels, H, W) in float32."""
        x, _ = modulated_conv(x, self.weight, self.affine(w) * self.weight_gain, demodulate=False)
        x = x + self.bias.to(x.dtype)[None, :, None, None]
        return (x if self.clamp is None else x.clamp(-self.clamp, self.clamp)).float()


class SynthesisBlock(nn.Module):
    """All at one resolution: `conv0` doubles what comes from below, `conv1` refines it, `torgb` draws it."""

    def __init__(self, config: StyleGANConfig, resolution: int) -> None:
        super().__init__()
        below, channels = config.channels(resolution // 2), config.channels(resolution)
        self.resolution, self.architecture, self.taps = resolution, config.g_architecture, config.resample_filter
        if resolution == 4:
            self.const = nn.Parameter(torch.randn(channels, 4, 4))
        else:
            self.conv0 = StyledConv(config, below, channels, resolution, up=True)
        self.conv1 = StyledConv(config, channels, channels, resolution, up=False)
        self.draws = config.g_architecture == "skip" or resolution == config.resolution
        if self.draws:
            self.torgb = ToRGB(config, channels)
        if config.g_architecture == "resnet" and resolution > 4:
            self.skip = Conv(
                below, channels, 1, active=False, bias=False, up=True, gain=math.sqrt(0.5), taps=config.resample_filter
            )

    def forward(
        self, x: torch.Tensor | None, image: torch.Tensor | None, ws: torch.Tensor, noise: Iterator[torch.Tensor | None]
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """x (N, C, H/2, W/2), ws (N, 2 or 3, w_dim) -> x (N, C, H, W) and the picture so far."""
        w = iter(ws.unbind(1))
        if x is None:
            x = self.const[None].repeat(len(ws), 1, 1, 1).contiguous(memory_format=torch.channels_last)
            x = self.conv1(x, next(w), next(noise))
        elif self.architecture == "resnet":
            skipped = self.skip(x)
            x = self.conv0(x, next(w), next(noise))
            x = skipped + self.conv1(x, next(w), next(noise), math.sqrt(0.5))
        else:
            x = self.conv0(x, next(w), next(noise))
            x = self.conv1(x, next(w), next(noise))
        assert x is not None
        if image is not None:
            image = upsample(image, self.taps)
        if self.draws:
            drawn = self.torgb(x, next(w))
            image = drawn if image is None else image + drawn
        return x, image


class Synthesis(nn.Module):
    """Styles ws (N, num_ws, w_dim) -> pictures (N, img_channels, H, W), nominally in -1…1."""

    def __init__(self, config: StyleGANConfig) -> None:
        super().__init__()
        self.config = config
        for resolution in config.resolutions:
            setattr(self, f"b{resolution}", SynthesisBlock(config, resolution))

    def blocks(self) -> Iterator[SynthesisBlock]:
        for resolution in self.config.resolutions:
            yield getattr(self, f"b{resolution}")

    def convs(self) -> Iterator[StyledConv]:
        """Those that take noise, in order."""
        for block in self.blocks():
            if block.resolution > 4:
                yield block.conv0
            yield block.conv1

    def forward(
        self,
        ws: torch.Tensor,
        noise_mode: NoiseMode = "random",
        noise: torch.Tensor | None = None,
        dtype: torch.dtype = torch.float32,
    ) -> torch.Tensor:
        """In float32, whatever `dtype` the convolutions above FULL px are worked out in.

        Random noise comes out of `noise` (N, noise_size), N(0, 1), where it is given, else of torch's own generator.
        """
        noises = self._noises(ws, noise_mode, noise)
        x, image, at = None, None, 0
        for block in self.blocks():
            number = (1 if block.resolution == 4 else 2) + block.draws
            if x is not None and block.resolution > FULL:
                x = x.to(dtype)
            x, image = block(x, image, ws[:, at : at + number], noises)
            at += number - block.draws  # a picture is drawn in the style in which the next block begins
        assert image is not None
        return image

    @property
    def noise_size(self) -> int:
        """Numbers of noise that one picture takes."""
        return sum(conv.resolution**2 for conv in self.convs()) if self.config.use_noise else 0

    def _noises(self, ws: torch.Tensor, mode: NoiseMode, given: torch.Tensor | None) -> Iterator[torch.Tensor | None]:
        at = 0
        for conv in self.convs():
            side = conv.resolution
            if mode == "none" or not self.config.use_noise:
                yield None
            elif mode == "const":
                yield conv.noise_const[None, None]
            elif given is not None:
                yield given[:, at : at + side * side].view(-1, 1, side, side)
                at += side * side
            else:
                yield torch.randn(len(ws), 1, side, side, device=ws.device)


class Generator(nn.Module):
    """z (N, z_dim), N(0, 1), and with labels c (N, c_dim) -> pictures (N, img_channels, H, W), nominally in -1…1."""

    c_bank: torch.Tensor  # (bank, c_dim): label vectors of the training set, for what is not asked for

    def __init__(self, config: StyleGANConfig) -> None:
        super().__init__()
        self.config = config
        self.z_dim, self.c_dim, self.w_dim, self.num_ws = config.z_dim, config.c_dim, config.w_dim, config.num_ws
        if config.c_dim:
            self.register_buffer("c_bank", torch.zeros(config.bank, config.c_dim))
        self.mapping = Mapping(
            config.z_dim,
            config.c_dim,
            config.w_dim,
            config.mapping_layers,
            config.mapping_lr_multiplier,
            config.w_avg_beta,
        )
        self.synthesis = Synthesis(config)

    def ws(
        self, z: torch.Tensor, c: torch.Tensor | None = None, trunc: float = 1.0, cutoff: int | None = None
    ) -> torch.Tensor:
        """(N, num_ws, w_dim): the same w for every place, truncated."""
        w = self.mapping(z, c)
        return self.mapping.truncate(w[:, None].expand(-1, self.num_ws, -1), trunc, cutoff)

    def forward(
        self,
        z: torch.Tensor,
        c: torch.Tensor | None = None,
        trunc: float = 1.0,
        cutoff: int | None = None,
        noise_mode: NoiseMode = "const",
    ) -> torch.Tensor:
        return self.synthesis(self.ws(z, c, trunc, cutoff), noise_mode)
