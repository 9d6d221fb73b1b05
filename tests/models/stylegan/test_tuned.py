from typing import Any

import pytest
import torch

from models.stylegan.generator import Synthesis
from models.stylegan.tuned import TunedStyleGAN
from tests.models.stylegan import tiny

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    "changes",
    [
        {"resolution": 128},
        {"g_architecture": "resnet"},
        {"g_architecture": "resnet", "resolution": 128, "conv_clamp": 1.0, "resample_filter": (1.0, 2.0, 1.0)},
        {"g_architecture": "orig"},
        {"g_architecture": "orig", "resolution": 128, "img_channels": 1, "conv_clamp": 1.0},
        {"conv_clamp": 1.0},
        {"conv_clamp": 1.0, "resolution": 128},
        {"use_noise": False},
        {"img_channels": 1},
        {"c_dim": 3},
        {"resample_filter": (1.0, 2.0, 1.0)},
    ],
)
@pytest.mark.parametrize("noise_mode", ["const", "none"])
def test_it_draws_what_the_plain_network_draws(changes: dict[str, Any], noise_mode: Any):
    G = tiny.generator(**changes)
    z, c = torch.randn(3, G.z_dim), torch.randn(3, G.c_dim)
    plain = G(z, c, 0.7, 3, noise_mode)
    fast = TunedStyleGAN(G, CPU, "float32")
    torch.testing.assert_close(fast.styled(fast.ws(z, c, 0.7, 3), noise_mode), plain, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("architecture", ["skip", "resnet", "orig"])
def test_a_cpu_draws_without_the_plain_network_and_within_the_clamp(architecture: str, monkeypatch: pytest.MonkeyPatch):
    free, held = (tiny.generator(g_architecture=architecture, conv_clamp=clamp) for clamp in (None, 1.0))
    z = torch.randn(2, free.z_dim)
    plain, unbounded = held(z), free(z)
    monkeypatch.setattr(Synthesis, "forward", None)
    fast = TunedStyleGAN(held, CPU, "float32").synthesize(z)
    torch.testing.assert_close(fast, plain, rtol=1e-4, atol=1e-4)
    assert float((fast - unbounded).abs().max()) > 0.1


@pytest.mark.parametrize("resolution", [32, 128])
def test_noise_by_chance_is_that_of_the_plain_network(resolution: int):
    G = tiny.generator(resolution=resolution)
    fast, z = TunedStyleGAN(G, CPU, "float32"), torch.randn(1, G.z_dim)
    torch.manual_seed(3)
    plain = G(z, noise_mode="random")
    torch.manual_seed(3)
    torch.testing.assert_close(fast.styled(fast.ws(z), "random"), plain, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("changes", [{}, {"g_architecture": "resnet"}, {"conv_clamp": 256.0}])
def test_half_precision_is_close_enough(changes: dict[str, Any]):
    G = tiny.generator(resolution=128, **changes)
    z = torch.randn(4, G.z_dim)
    plain = G(z)
    error = (TunedStyleGAN(G, CPU).synthesize(z) - plain).square().mean()
    assert float(10 * torch.log10((4 * plain.std()) ** 2 / error)) > 40


def test_each_picture_is_truncated_by_its_own_amount():
    G = tiny.generator()
    fast, z = TunedStyleGAN(G, CPU, "float32"), torch.randn(3, G.z_dim)
    together = fast.synthesize(z, None, torch.tensor([1.0, 0.5, 0.0]))
    for i, trunc in enumerate((1.0, 0.5, 0.0)):
        torch.testing.assert_close(together[i : i + 1], G(z[i : i + 1], trunc=trunc), rtol=1e-4, atol=1e-4)


def test_random_noise_differs_each_time():
    G = tiny.generator()
    fast = TunedStyleGAN(G, CPU, "float32")
    ws = fast.ws(torch.randn(1, G.z_dim))
    assert not torch.allclose(fast.styled(ws, "random"), fast.styled(ws, "random"))


def test_grey_pixels_have_three_channels():
    pixels = TunedStyleGAN(tiny.generator(img_channels=1), CPU).pixels(torch.randn(2, 6))
    assert pixels.shape == (2, 32, 32, 3)
    assert torch.equal(pixels[..., 0], pixels[..., 2])
