from dataclasses import replace

import pytest
import torch
from torch import nn

from models.dcgan.network import WIDTHS, DCGANConfig, Discriminator, Generator


def stages(network: nn.Module) -> list[tuple[object, ...]]:
    return [
        (m.in_channels, m.out_channels, m.kernel_size[0], m.stride[0], m.padding[0], m.bias)
        for m in network.modules()
        if isinstance(m, nn.Conv2d | nn.ConvTranspose2d)
    ]


def parameters(network: nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


def test_the_96_px_generator_is_exactly_the_one_that_was_asked_for():
    G = Generator(DCGANConfig.of(96))
    assert stages(G) == [
        (100, 512, 4, 1, 0, None),
        (512, 256, 4, 2, 1, None),
        (256, 128, 4, 2, 1, None),
        (128, 64, 4, 2, 1, None),
        (64, 3, 5, 3, 1, None),
    ]
    kinds = [type(m).__name__ for m in G.main]
    assert kinds == ["ConvTranspose2d", "BatchNorm2d", "ReLU"] * 4 + ["ConvTranspose2d", "Tanh"]
    assert parameters(G) == 3_578_432


def test_the_96_px_discriminator_mirrors_it():
    D = Discriminator(DCGANConfig.of(96))
    assert stages(D) == [
        (3, 64, 5, 3, 1, None),
        (64, 128, 4, 2, 1, None),
        (128, 256, 4, 2, 1, None),
        (256, 512, 4, 2, 1, None),
        (512, 1, 4, 1, 0, None),
    ]
    assert {m.negative_slope for m in D.modules() if isinstance(m, nn.LeakyReLU)} == {0.2}
    assert parameters(D) == 2_767_296


@pytest.mark.parametrize("resolution", WIDTHS)
def test_every_member_of_the_family_draws_and_sees_its_size(resolution: int):
    config = replace(DCGANConfig.of(resolution), widths=tuple(4 for _ in WIDTHS[resolution]))
    with torch.no_grad():
        x = Generator(config).eval()(torch.randn(2, 100))
        logits = Discriminator(config).eval()(x)
    assert x.shape == (2, 3, resolution, resolution)
    assert logits.shape == (2,)


def test_a_config_comes_back_from_json():
    config = DCGANConfig(48, 7, (16, 8, 4))
    assert DCGANConfig.from_json(config.to_json()) == config


@pytest.mark.parametrize(
    "value",
    [
        {"resolution": 96, "z_dim": 100, "widths": [512, 256]},
        {"resolution": 96, "z_dim": 100, "widths": []},
        {"resolution": 65, "z_dim": 100, "widths": [512, 256, 128, 64]},
        {"resolution": 96, "z_dim": 10**9, "widths": [512, 256, 128, 64]},
        {"resolution": 96, "z_dim": "100", "widths": [512, 256, 128, 64]},
        {"resolution": 96, "z_dim": 100, "widths": [512, 256, 128, 64], "depth": 3},
        {"resolution": 96, "z_dim": 100},
        {"resolution": 96, "z_dim": 100, "widths": 4},
    ],
)
def test_a_config_that_fits_no_network_is_refused(value: dict):
    with pytest.raises(ValueError):  # noqa: PT011 (the sentence differs)
        DCGANConfig.from_json(value)


def test_weights_begin_as_in_the_paper():
    torch.manual_seed(0)
    G = Generator(DCGANConfig.of(64)).requires_grad_(False)
    conv, norm = G.main[3], G.main[4]
    assert isinstance(conv, nn.ConvTranspose2d)
    assert isinstance(norm, nn.BatchNorm2d)
    assert float(conv.weight.std()) == pytest.approx(0.02, rel=0.02)
    assert float(norm.weight.mean()) == pytest.approx(1.0, abs=0.01)
    assert float(norm.bias.abs().max()) == 0.0
