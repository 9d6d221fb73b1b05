"""Layers whose weights are N(0, 1) and scaled when they are used, so that all learn at one rate.

Equalised learning rate: Karras et al. 2018 (https://arxiv.org/abs/1710.10196), section 4.1. Every activation is a leaky
ReLU times sqrt(2), which keeps the variance. A factor goes through a leaky ReLU, so it is multiplied into the
small tensors before.
"""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn.functional import conv2d, leaky_relu, linear

from models.stylegan.resample import Taps, conv_down, conv_up

SLOPE = 0.2
GAIN = math.sqrt(2)


class Linear(nn.Module):
    """(N, inputs) -> (N, outputs), with an activation where it is `active`. In float32."""

    def __init__(
        self, inputs: int, outputs: int, *, active: bool = False, lr_multiplier: float = 1.0, bias: float = 0.0
    ) -> None:
        super().__init__()
        # In place: `models.shapes` passes over that.
        self.weight = nn.Parameter(torch.randn(outputs, inputs).div_(lr_multiplier))
        self.bias = nn.Parameter(torch.full((outputs,), bias))
        self.weight_gain = lr_multiplier / math.sqrt(inputs)
        self.bias_gain = lr_multiplier
        self.gain = GAIN if active else 1.0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = linear(x, self.weight * (self.weight_gain * self.gain), self.bias * (self.bias_gain * self.gain))
        return leaky_relu(h, SLOPE) if self.gain != 1.0 else h


class Conv(nn.Module):
    """(N, inputs, H, W) -> (N, outputs, H, W), or half of that size with `down`, in the type of what comes in.

    `gain` goes on top of the activation's, and `clamp` bounds what comes out of both.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        side: int,
        *,
        active: bool = True,
        bias: bool = True,
        down: bool = False,
        up: bool = False,
        gain: float = 1.0,
        clamp: float | None = None,
        taps: Taps = (1.0, 3.0, 3.0, 1.0),
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, side, side))
        self.bias = nn.Parameter(torch.zeros(outputs)) if bias else None
        self.weight_gain = 1 / math.sqrt(inputs * side * side)
        self.active, self.down, self.up, self.taps = active, down, up, taps
        self.gain = gain * (GAIN if active else 1.0)
        self.clamp = None if clamp is None else clamp * gain

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        weight = (self.weight * (self.weight_gain * self.gain)).to(x.dtype)
        bias = None if self.bias is None else (self.bias * self.gain).to(x.dtype)
        if self.down:
            x = conv_down(x, weight, bias, self.taps)
        elif self.up:
            x = conv_up(x, weight, self.taps)
        else:
            x = conv2d(x, weight, bias, padding=weight.shape[2] // 2)
        if self.active:
            x = leaky_relu(x, SLOPE)
        return x if self.clamp is None else x.clamp(-self.clamp, self.clamp)


def modulated_conv(
    x: torch.Tensor,
    weight: torch.Tensor,
    styles: torch.Tensor,
    *,
    demodulate: bool = True,
    up: bool = False,
    taps: Taps = (1.0, 3.0, 3.0, 1.0),
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """A convolution whose inputs are scaled by `styles` (N, I), Karras et al. 2020, equations 1 and 3.

    x (N, I, H, W), weight (O, I, k, k) -> (N, O, H, W), twice the size with `up`, and what this has still to be
    multiplied by (N, O), float32; None where it is not demodulated. As the styles scale x and not the weight, one
    convolution serves the whole batch.
    """
    if x.dtype == torch.float16 and demodulate:  # whose largest number is 65504; both factors cancel in the end
        largest = weight.abs().amax([1, 2, 3], keepdim=True)
        weight = weight / (largest * math.sqrt(weight[0].numel()))
        styles = styles / styles.abs().amax(1, keepdim=True)
    scale = None
    if demodulate:
        energy = weight.square().sum([2, 3])  # (O, I)
        scale = (styles.square() @ energy.T + 1e-8).rsqrt()  # (N, O)
    x = x * styles.to(x.dtype)[:, :, None, None]
    weight = weight.to(x.dtype)
    x = conv_up(x, weight, taps) if up else conv2d(x, weight, padding=weight.shape[2] // 2)
    return x, scale


def normalize(x: torch.Tensor) -> torch.Tensor:
    """(N, d) or (N, d, H, W) -> likewise, of mean square 1 over d (Karras et al. 2018, section 4.2: pixel norm)."""
    return x * (x.square().mean(1, keepdim=True) + 1e-8).rsqrt()


def minibatch_stddev(x: torch.Tensor, group: int | None, maps: int) -> torch.Tensor:
    """(N, C, H, W) -> (N, maps, 1, 1): how much pictures of a group differ, on average over C / maps channels each.

    Karras et al. 2018, section 3. Pictures of one group are those whose numbers are the same modulo N / group; None is
    the whole batch.
    """
    n = len(x)
    size = min(group or n, n)
    if n % size:
        size = math.gcd(n, size)
    y = x.reshape(size, n // size, maps, -1)  # (G, n / G, F, C / F * H * W)
    y = (y - y.mean(0)).square().mean(0)
    y = (y + 1e-8).sqrt().mean(2)  # (n / G, F)
    return y.repeat(size, 1)[:, :, None, None]
