import pytest
import torch

from models.stylegan.config import StyleGANConfig
from models.stylegan.discriminator import Discriminator
from models.stylegan.growing import can_grow, grown
from models.stylegan.resample import downsample, upsample
from tests.models.stylegan import tiny

TAPS = (1.0, 3.0, 3.0, 1.0)


def config(resolution: int, **changes: object) -> StyleGANConfig:
    return tiny.labelled_config(**{"resolution": resolution, "channel_base": 1024, "channel_max": 16, **changes})


def small(**changes: object) -> dict[str, torch.nn.Module]:
    torch.manual_seed(3)
    G, D = tiny.Generator(config(32, **changes)), Discriminator(config(32, **changes))
    with torch.no_grad():
        for module in (D, G):
            for name, parameter in module.named_parameters():
                if name.endswith("bias"):
                    parameter += 0.3 * torch.randn(parameter.shape)
    return {"G_ema": G.eval(), "D": D.eval()}


@pytest.mark.parametrize("resolution", [64, 128])
def test_g_draws_what_it_drew_enlarged(resolution: int):
    before = small()
    after = grown(before, config(resolution))["G_ema"]
    z, c = torch.randn(3, 6), torch.rand(3, 3)
    with torch.no_grad():
        picture = before["G_ema"](z, c, noise_mode="none")
        while picture.shape[2] < resolution:
            picture = upsample(picture, TAPS)
        assert torch.allclose(after(z, c, noise_mode="none"), picture, atol=1e-5)


@pytest.mark.parametrize("resolution", [64, 128])
def test_d_judges_the_picture_made_smaller(resolution: int):
    before = small()
    after = grown(before, config(resolution))["D"]
    x, c = torch.randn(4, 3, resolution, resolution), torch.rand(4, 3)
    # Something dark at the edges, since a filter sees zeros beyond them.
    x[:, :, :8] = x[:, :, -8:] = 0
    x[:, :, :, :8] = x[:, :, :, -8:] = 0
    with torch.no_grad():
        smaller = x
        while smaller.shape[2] > 32:
            smaller = downsample(smaller, TAPS)
        assert torch.allclose(after(x, c), before["D"](smaller, c), rtol=1e-3, atol=1e-3)


def test_what_is_new_learns():
    modules = grown(small(), config(64))
    G, D = modules["G_ema"].train(), modules["D"].train()
    for _ in range(2):  # torgb first, and through it what comes before
        D(G(torch.randn(4, 6), torch.rand(4, 3)), torch.rand(4, 3)).sum().backward()
        with torch.no_grad():
            for parameter in (*G.parameters(), *D.parameters()):
                if parameter.grad is not None:
                    parameter -= 0.01 * parameter.grad
    for module in (getattr(G.synthesis, "b64"), getattr(D, "b64")):  # noqa: B009  pyright knows no blocks by name
        still = [
            name for name, parameter in module.named_parameters() if parameter.grad is None or not parameter.grad.any()
        ]
        assert not still


def test_only_the_same_network_grows():
    assert can_grow(config(32), config(64))
    assert not can_grow(config(64), config(32))
    assert not can_grow(config(32), config(32))
    assert not can_grow(config(32), config(64, w_dim=4))
    assert not can_grow(config(32, d_architecture="skip"), config(64, d_architecture="skip"))
    assert not can_grow(config(32), config(256))  # two channels hold no six
    with pytest.raises(ValueError, match="larger resolution"):
        grown(small(), config(32))


def test_a_network_without_d_grows_too():
    assert set(grown({"G_ema": small()["G_ema"]}, config(64))) == {"G_ema"}
