from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from models.stylegan import resample
from models.stylegan.resample import Taps, conv_down, conv_up, downsample, upsample
from tests.models.stylegan import naive

FILTERS: list[Taps] = [(1.0, 3.0, 3.0, 1.0), (1.0, 2.0, 1.0), (1.0, 1.0), (1.0, 5.0, 9.0, 11.0, 4.0, 1.0)]


@pytest.mark.parametrize("taps", FILTERS)
@pytest.mark.parametrize("by_means", [False, True])
def test_it_equals_zeros_filter_and_convolution(taps: Taps, by_means: bool, monkeypatch: pytest.MonkeyPatch):
    usual = resample._is_usual
    monkeypatch.setattr(resample, "_by_means", lambda taps, x: by_means and usual(taps))  # what a GPU does, here too
    x, weight = torch.randn(2, 3, 8, 8, dtype=torch.float64), torch.randn(5, 3, 3, 3, dtype=torch.float64)
    torch.testing.assert_close(upsample(x, taps), naive.doubled(x, taps))
    torch.testing.assert_close(downsample(x, taps), naive.halved(x, taps))
    flipped = weight.flip(2, 3)
    torch.testing.assert_close(conv_up(x, weight, taps), torch.nn.functional.conv2d(naive.doubled(x, taps, 1), flipped))
    wide = naive.halved(x, taps, 1, down=1)
    torch.testing.assert_close(conv_down(x, weight, None, taps), torch.nn.functional.conv2d(wide, weight, stride=2))


@pytest.mark.parametrize("taps", FILTERS)
@pytest.mark.parametrize("by_means", [False, True])
def test_first_and_second_derivatives_are_right(taps: Taps, by_means: bool, monkeypatch: pytest.MonkeyPatch):
    usual = resample._is_usual
    monkeypatch.setattr(resample, "_by_means", lambda taps, x: by_means and usual(taps))
    x = torch.randn(1, 2, 6, 6, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(2, 2, 3, 3, dtype=torch.float64)
    for work in (
        lambda x: upsample(x, taps),
        lambda x: downsample(x, taps),
        lambda x: conv_up(x, weight, taps),
        lambda x: conv_down(x, weight, None, taps),
    ):
        assert torch.autograd.gradcheck(work, (x,))
        assert torch.autograd.gradgradcheck(work, (x,))


def test_no_mean_pads_by_itself():
    """Where it does, its gradients are wrong on CUDA: https://github.com/pytorch/pytorch/issues/188344."""
    weight = torch.empty(3, 5, 3, 3, device="meta")
    x = torch.empty(2, 5, 8, 8, device="meta")
    with _Means() as seen:
        downsample(x)
        conv_up(x, weight)
        conv_down(x, weight, None)
    assert seen.paddings
    assert set(seen.paddings) == {(0, 0)}


class _Means(TorchDispatchMode):
    """Notes with which padding means are taken."""

    def __init__(self) -> None:
        super().__init__()
        self.paddings: list[tuple[int, ...]] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is torch.ops.aten.avg_pool2d.default:
            self.paddings.append(tuple(args[3]) if len(args) > 3 else (0, 0))
        return func(*args, **(kwargs or {}))
