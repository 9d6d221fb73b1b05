from collections.abc import Callable

import pytest
import torch

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
    with torch.no_grad():
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


def works(weight: torch.Tensor) -> list[Callable[[torch.Tensor], torch.Tensor]]:
    return [upsample, downsample, lambda x: conv_up(x, weight), lambda x: conv_down(x, weight, None)]


def test_means_are_never_padded_by_torch(monkeypatch: pytest.MonkeyPatch):
    mean = resample.avg_pool2d

    def unpadded(x: torch.Tensor, side: int, stride: int, padding: int = 0) -> torch.Tensor:
        assert padding == 0  # its gradient is wrong on CUDA for channels-last maps
        return mean(x, side, stride)

    monkeypatch.setattr(resample, "avg_pool2d", unpadded)
    monkeypatch.setattr(resample, "_by_means", lambda taps, x: True)
    for work in works(torch.randn(3, 2, 3, 3)):
        work(torch.randn(1, 2, 8, 8))


@pytest.mark.parametrize("number", range(4))
def test_gradients_on_every_device_at_hand_are_those_of_filters_in_double_precision(
    number: int, monkeypatch: pytest.MonkeyPatch
):
    """Maps in channels-last, whose kernels are others than those that finite differences are compared with above."""
    weight = torch.randn(16, 8, 3, 3)
    x, side = torch.randn(2, 8, 8, 8), (16, 4)[number % 2]
    towards = torch.randn(2, 16 if number > 1 else 8, side, side)

    def gradient(device: str, dtype: torch.dtype) -> torch.Tensor:
        start = x.to(device, dtype).contiguous(memory_format=torch.channels_last).requires_grad_(True)
        drawn = works(weight.to(device, dtype))[number](start)
        return torch.autograd.grad((drawn * towards.to(device, dtype)).sum(), start)[0].double().cpu()

    wanted = gradient("cpu", torch.float64)
    monkeypatch.setattr(resample, "_by_means", lambda taps, x: True)
    for device in ("cpu", *(["cuda"] if torch.cuda.is_available() else [])):
        torch.testing.assert_close(gradient(device, torch.float32), wanted, rtol=1e-2, atol=1e-2)
