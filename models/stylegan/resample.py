"""Twice and half the size with a low-pass filter, alone and together with a convolution (Karras et al. 2020, app. B).

A picture is thought of as surrounded by zeros. The filter that everybody uses, [1, 3, 3, 1], is three means of two
neighbours one after the other, for which a GPU has fast kernels, with first and second derivatives.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

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
    if _by_means(taps, x):
        return avg_pool2d(_means(x, 2, around=1), 2, 2)
    before, after = (len(taps) - 1) // 2, (len(taps) - 2) // 2
    return _filtered(x, taps, before, after, 2)


def conv_up(x: torch.Tensor, weight: torch.Tensor, taps: Taps = USUAL) -> torch.Tensor:
    """`upsample`, then a true convolution with `weight` (O, I, 3, 3) or (O, I, 1, 1), mirrored as such are.

    The convolution comes first, at the small size: both are linear, and a filter costs less than three quarters of
    the multiplications.
    """
    if weight.shape[2] == 1:
        return upsample(conv2d(x, weight), taps)
    wide = conv_transpose2d(x, weight.transpose(0, 1) * 4, stride=2)
    return smoothed(wide, taps)


def smoothed(wide: torch.Tensor, taps: Taps = USUAL) -> torch.Tensor:
    """What a transposed convolution with a 3x3 kernel gives in full (N, C, 2 H + 1, 2 W + 1), filtered and cut to
    (N, C, 2 H, 2 W)."""
    if _by_means(taps, wide):
        return _means(wide, 3, around=1)
    before = (len(taps) + 1) // 2 - 1  # of the zeros, less what the convolution's own padding takes
    after = (len(taps) - 2) // 2
    return _cut(_filtered(wide, taps, before, after), 0, wide.shape[2] - 1, wide.shape[3] - 1)


def conv_down(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None, taps: Taps = USUAL) -> torch.Tensor:
    """The filter, then a convolution with `weight` (O, I, 3, 3) or (O, I, 1, 1) at every other place."""
    if weight.shape[2] == 1:
        return conv2d(downsample(x, taps), weight, bias)
    if _by_means(taps, x):
        smooth = _means(x, 3, around=2)  # (N, I, H + 1, W + 1)
    else:
        before, after = 1 + (len(taps) - 1) // 2, 1 + (len(taps) - 2) // 2
        smooth = _filtered(x, taps, before, after)
    return conv2d(smooth, weight, bias, stride=2)


class _Filter(torch.autograd.Function):
    """A convolution of each channel with one kernel; only x learns.

    torch's own second derivatives of it would go through the channels one by one.
    """

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, kernel: torch.Tensor, padding: int, stride: int) -> torch.Tensor:
        ctx.save_for_backward(kernel)
        ctx.how = padding, stride, x.shape[2:]
        return conv2d(x, kernel, padding=padding, stride=stride, groups=x.shape[1])

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        (kernel,) = ctx.saved_tensors
        return _Spread.apply(gradients[0], kernel, *ctx.how), None, None, None


class _Spread(torch.autograd.Function):
    """The transpose of `_Filter`, to maps of `size`."""

    @staticmethod
    def forward(
        ctx: Any, x: torch.Tensor, kernel: torch.Tensor, padding: int, stride: int, size: tuple[int, int]
    ) -> torch.Tensor:
        ctx.save_for_backward(kernel)
        ctx.how = padding, stride
        side, (n, c, *parts) = kernel.shape[2], x.shape
        if stride > 1:  # zeros between the pixels: for these a CPU has no quick transposed convolution
            wide = [whole + 2 * padding - side + 1 for whole in size]
            spread = x.new_zeros(n, c, *wide).contiguous(memory_format=torch.channels_last)
            spread[:, :, : parts[0] * stride : stride, : parts[1] * stride : stride] = x
            x = spread
        return conv2d(x, kernel.flip(2, 3), padding=side - 1 - padding, groups=c)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        (kernel,) = ctx.saved_tensors
        return _Filter.apply(gradients[0], kernel, *ctx.how), None, None, None, None


def _filtered(x: torch.Tensor, taps: Taps, before: int, after: int, stride: int = 1) -> torch.Tensor:
    """With so many zeros about it."""
    if before != after:
        x, before = pad(x, [before, after, before, after]), 0
    return _Filter.apply(x, _kernel(taps, x).flip(2, 3), before, stride)  # type: ignore[return-value]


def _is_usual(taps: Taps) -> bool:
    return len(taps) == 4 and taps[1] == taps[2] == 3 * taps[0] == 3 * taps[3]


def _means(x: torch.Tensor, times: int, around: int) -> torch.Tensor:
    """Means of two neighbours, both ways, so many times, with so many zeros about x.

    The zeros are not avg_pool2d's own: for pictures in channels-last its gradients on CUDA are wrong with padding
    (https://github.com/pytorch/pytorch/issues/188344, mended in 2026), and D learns while nothing teaches G.
    """
    x = pad(x, [around] * 4)
    for _ in range(times):
        x = avg_pool2d(x, 2, 1)
    return x


def _by_means(taps: Taps, x: torch.Tensor) -> bool:
    """A CPU is quicker with one convolution for each channel than with three means."""
    return _is_usual(taps) and x.device.type != "cpu"


def _kernel(taps: Taps, x: torch.Tensor) -> torch.Tensor:
    """(C, 1, taps, taps) of sum 1, one for each channel."""
    return _square(taps, x.device, x.dtype).expand(x.shape[1], 1, -1, -1)


@lru_cache(maxsize=64)  # a recorded step must find it on its device
def _square(taps: Taps, device: torch.device, dtype: torch.dtype) -> torch.Tensor:
    line = torch.tensor(taps, dtype=torch.float64)
    line = line / line.sum()
    return (line[:, None] * line).to(device, dtype)


def _cut(x: torch.Tensor, begin: int, height: int, width: int) -> torch.Tensor:
    return x[:, :, begin : begin + height, begin : begin + width]
