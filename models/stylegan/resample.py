"""Twice and half the size with a low-pass filter, alone and together with a convolution (Karras et al. 2020, app. B).

A picture is thought of as surrounded by zeros. The filter that everybody uses, [1, 3, 3, 1], is three means of two
neighbours one after the other, for which there are fast kernels on every device, with first and second derivatives.
"""

from __future__ import annotations

from functools import lru_cache

import torch
from torch.nn.functional import avg_pool2d, conv2d, conv_transpose2d, interpolate, pad

Taps = tuple[float, ...]
USUAL: Taps = (1.0, 3.0, 3.0, 1.0)


def upsample(x: torch.Tensor, taps: Taps = USUAL) -> torch.Tensor:
    """(N, C, H, W) -> (N, C, 2 H, 2 W)."""
    if _is_usual(taps):  # a bilinear interpolation, but for the zeros around it
        return interpolate(pad(x, [1, 1, 1, 1]), scale_factor=2, mode="bilinear")[:, :, 2:-2, 2:-2]
    kernel = _kernel(taps, x) * 4
    wide = conv_transpose2d(x, kernel, stride=2, groups=x.shape[1])  # what zero-insertion and the filter give in full
    # Its tap k at 2 i + k; wanted from before = (taps + 1) // 2 zeros on the left.
    begin = len(taps) - 1 - (len(taps) + 1) // 2
    return _cut(wide, begin, 2 * x.shape[2], 2 * x.shape[3])


def downsample(x: torch.Tensor, taps: Taps = USUAL) -> torch.Tensor:
    """(N, C, H, W) -> (N, C, H / 2, W / 2)."""
    if _is_usual(taps):
        return avg_pool2d(avg_pool2d(avg_pool2d(x, 2, 1, 1), 2, 1), 2, 2)
    before, after = (len(taps) - 1) // 2, (len(taps) - 2) // 2
    wide = pad(x, [before, after, before, after])
    return conv2d(wide, _kernel(taps, x).flip(2, 3), stride=2, groups=x.shape[1])


def conv_up(x: torch.Tensor, weight: torch.Tensor, taps: Taps = USUAL) -> torch.Tensor:
    """`upsample`, then a true convolution with `weight` (O, I, 3, 3) or (O, I, 1, 1), mirrored as such are.

    The convolution comes first, at the small size: both are linear, and a filter costs less than three quarters of
    the multiplications.
    """
    if weight.shape[2] == 1:
        return upsample(conv2d(x, weight), taps)
    wide = conv_transpose2d(x, weight.transpose(0, 1) * 4, stride=2)  # (N, O, 2 H + 1, 2 W + 1)
    if _is_usual(taps):
        return avg_pool2d(avg_pool2d(avg_pool2d(wide, 2, 1, 1), 2, 1), 2, 1)
    before = (len(taps) + 1) // 2 - 1  # of the zeros, less what the convolution's own padding takes
    after = max(0, (len(taps) - 2) // 2)
    wide = conv2d(
        pad(wide, [before, after, before, after]), _kernel(taps, x, len(weight)).flip(2, 3), groups=len(weight)
    )
    return _cut(wide, 0, 2 * x.shape[2], 2 * x.shape[3])


def conv_down(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None, taps: Taps = USUAL) -> torch.Tensor:
    """The filter, then a convolution with `weight` (O, I, 3, 3) or (O, I, 1, 1) at every other place."""
    if weight.shape[2] == 1:
        return conv2d(downsample(x, taps), weight, bias)
    if _is_usual(taps):
        smooth = avg_pool2d(avg_pool2d(avg_pool2d(x, 2, 1, 1), 2, 1, 1), 2, 1)  # (N, I, H + 1, W + 1)
    else:
        before, after = 1 + (len(taps) - 1) // 2, 1 + (len(taps) - 2) // 2
        smooth = conv2d(pad(x, [before, after, before, after]), _kernel(taps, x).flip(2, 3), groups=x.shape[1])
    return conv2d(smooth, weight, bias, stride=2)


def _is_usual(taps: Taps) -> bool:
    return len(taps) == 4 and taps[1] == taps[2] == 3 * taps[0] == 3 * taps[3]


def _kernel(taps: Taps, x: torch.Tensor, channels: int | None = None) -> torch.Tensor:
    """(C, 1, taps, taps) of sum 1, one for each channel."""
    return _square(taps, x.device, x.dtype).expand(channels or x.shape[1], 1, -1, -1)


@lru_cache(maxsize=64)  # a recorded step must find it on its device
def _square(taps: Taps, device: torch.device, dtype: torch.dtype) -> torch.Tensor:
    line = torch.tensor(taps, dtype=torch.float64)
    line = line / line.sum()
    return (line[:, None] * line).to(device, dtype)


def _cut(x: torch.Tensor, begin: int, height: int, width: int) -> torch.Tensor:
    return x[:, :, begin : begin + height, begin : begin + width]
