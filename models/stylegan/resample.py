"""Twice and half the size with a low-pass filter, alone and together with a convolution (Karras et al. 2020, app. B).

A picture is thought of as surrounded by zeros. The filter that everybody uses, [1, 3, 3, 1], is three means of two
neighbours one after the other, for which a GPU has fast kernels, with first and second derivatives; where there is a
convolution beside it, one of the three is in its weights.

The zeros are always put there by hand: on CUDA torch's means of padded channels-last maps have a wrong gradient
(avg_pool2d_backward_out_cuda_frame_nhwc leaves the padding out), moved by a pixel, with which nothing is learnt.
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
    if _is_usual(taps):  # a new pixel is three quarters of the nearest old one, and one of the next
        if x.device.type == "cpu" and not torch.is_grad_enabled():  # quicker, where nothing learns
            wide = interpolate(pad(x, [1, 1, 1, 1]), scale_factor=2, mode="bilinear", align_corners=False)
            return wide[:, :, 2:-2, 2:-2]
        x = _between(pad(x, [0, 0, 1, 1]), 2)
        return _between(pad(x, [1, 1]), 3)
    kernel = _kernel(taps, x) * 4
    wide = conv_transpose2d(x, kernel, stride=2, groups=x.shape[1])  # what zero-insertion and the filter give in full
    # Its tap k at 2 i + k; wanted from before = (taps + 1) // 2 zeros on the left.
    begin = len(taps) - 1 - (len(taps) + 1) // 2
    return _cut(wide, begin, 2 * x.shape[2], 2 * x.shape[3])


def downsample(x: torch.Tensor, taps: Taps = USUAL) -> torch.Tensor:
    """(N, C, H, W) -> (N, C, H / 2, W / 2)."""
    if _by_means(taps, x):
        return avg_pool2d(avg_pool2d(avg_pool2d(pad(x, [1, 1, 1, 1]), 2, 1), 2, 1), 2, 2)
    before, after = (len(taps) - 1) // 2, (len(taps) - 2) // 2
    return _filtered(x, taps, before, after, 2)


def conv_up(x: torch.Tensor, weight: torch.Tensor, taps: Taps = USUAL) -> torch.Tensor:
    """`upsample`, then a true convolution with `weight` (O, I, 3, 3) or (O, I, 1, 1), mirrored as such are.

    The convolution comes first, at the small size: both are linear, and a filter costs less than three quarters of
    the multiplications.
    """
    if weight.shape[2] == 1:
        return upsample(conv2d(x, weight), taps)
    if _by_means(taps, x):
        wide = conv_transpose2d(x, _with_mean(weight).transpose(0, 1) * 4, stride=2)  # (N, O, 2 H + 2, 2 W + 2)
        return avg_pool2d(avg_pool2d(wide, 2, 1), 2, 1)
    return smoothed(conv_transpose2d(x, weight.transpose(0, 1) * 4, stride=2), taps)


def smoothed(wide: torch.Tensor, taps: Taps = USUAL) -> torch.Tensor:
    """What a transposed convolution with a 3x3 kernel gives in full (N, C, 2 H + 1, 2 W + 1), filtered and cut to
    (N, C, 2 H, 2 W)."""
    before = (len(taps) + 1) // 2 - 1  # of the zeros, less what the convolution's own padding takes
    after = (len(taps) - 2) // 2
    return _cut(_filtered(wide, taps, before, after), 0, wide.shape[2] - 1, wide.shape[3] - 1)


def conv_down(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None, taps: Taps = USUAL) -> torch.Tensor:
    """The filter, then a convolution with `weight` (O, I, 3, 3) or (O, I, 1, 1) at every other place."""
    if weight.shape[2] == 1:
        return conv2d(downsample(x, taps), weight, bias)
    if _by_means(taps, x):
        smooth = avg_pool2d(avg_pool2d(pad(x, [2, 2, 2, 2]), 2, 1), 2, 1)  # (N, I, H + 2, W + 2)
        return conv2d(smooth, _with_mean(weight), bias, stride=2)
    before, after = 1 + (len(taps) - 1) // 2, 1 + (len(taps) - 2) // 2
    return conv2d(_filtered(x, taps, before, after), weight, bias, stride=2)


def _between(x: torch.Tensor, axis: int) -> torch.Tensor:
    """Twice as long along an axis whose first and last places are zeros, which go."""
    n = x.shape[axis] - 2
    before, here, after = (x.narrow(axis, start, n) for start in range(3))
    both = torch.stack([0.25 * before + 0.75 * here, 0.75 * here + 0.25 * after], axis + 1)
    return both.flatten(axis, axis + 1)


def _with_mean(weight: torch.Tensor) -> torch.Tensor:
    """(O, I, 3, 3) -> (O, I, 4, 4): the convolution and the mean of two by two."""
    return avg_pool2d(pad(weight.contiguous(), [1, 1, 1, 1]), 2, 1)


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
