from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from models.checkpoint import load_model
from models.dcgan.network import HEAD, NORMS, WIDTHS, DCGANConfig, Discriminator, Generator
from models.registry import WEIGHTS as WEIGHTS_FOLDER
from models.registry import Registry


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


@pytest.mark.parametrize("resolution", WIDTHS)
@pytest.mark.parametrize("d_norm", NORMS)
def test_with_labels_every_member_needs_them_and_obeys_them(resolution: int, d_norm: str):
    torch.manual_seed(0)
    whole = DCGANConfig.of(resolution, 5, d_norm)
    config = replace(whole, widths=tuple(4 for _ in whole.widths))
    G, D = Generator(config).eval(), Discriminator(config).eval()
    z, c = torch.randn(2, 100), torch.randn(2, 5)
    with torch.no_grad():
        x = G(z, c)
        assert x.shape == (2, 3, resolution, resolution)
        assert not torch.equal(x, G(z, c + 1))
        assert D(x, c).shape == (2,)
        h = D.features(x)
        assert h.shape == (2, HEAD)
        assert D.read(h).shape == (2, 5)
        assert not torch.equal(D.logits(h + 1, c), D.logits(h + 1, c + 1))
        with pytest.raises(ValueError, match="needs labels"):
            G(z)
        with pytest.raises(ValueError, match="needs labels"):
            D(x)


def test_labels_meet_d_as_a_projection():
    """Miyato and Koyama 2018: the logit is linear in the labels."""
    torch.manual_seed(0)
    D = Discriminator(replace(DCGANConfig.of(64, 5, "none"), widths=(4, 4, 4, 4))).eval()
    h, c = torch.randn(3, 256), torch.randn(3, 5)
    with torch.no_grad():
        middle = (D.logits(h, c) + D.logits(h, -c)) / 2
        torch.testing.assert_close(middle, D.out(h)[:, 0])


def test_a_discriminator_without_batchnorm_keeps_signals_alive():
    torch.manual_seed(0)
    D = Discriminator(DCGANConfig.of(64, 5, "none"))
    with torch.no_grad():
        h = D.features(torch.randn(4, 3, 64, 64))
    assert 0.1 < float(h.std()) < 10


def test_no_batchnorm_depends_on_labels_so_that_all_of_them_fold():
    G = Generator(DCGANConfig.of(96, 5))
    assert all(isinstance(m, nn.Linear | nn.LeakyReLU) for m in G.embed)


def test_with_labels_the_96_px_network_has_a_stage_at_full_size():
    config = DCGANConfig.of(96, 5, "none")
    assert config.before_last == config.resolution
    *_, (_, width, *_), to_rgb = stages(Generator(config))
    assert to_rgb[:5] == (width, 3, 3, 1, 1)
    assert stages(Discriminator(config))[0][:5] == (3, width, 3, 1, 1)


def test_a_config_from_before_banks_had_sizes_has_the_first_one():
    config = DCGANConfig.of(96, 5)
    assert Generator(config).c_bank.shape == (4096, 5)
    before = {name: value for name, value in config.to_json().items() if name != "bank"}
    assert Generator(DCGANConfig.from_json(before)).c_bank.shape == (512, 5)


def test_the_shipped_waifu_loads():
    assert Registry(Path("nowhere")).resolve("waifu").id == "waifu@starter"
    folder = WEIGHTS_FOLDER / "waifu"
    assert set(load_model(folder, ("G_ema", "D")).modules) == {"G_ema", "D"}


def test_a_config_comes_back_from_json():
    config = DCGANConfig(48, 7, (16, 8, 4), 12, 6, "none")
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
        {"resolution": 96, "z_dim": 100, "widths": [512, 256, 128, 64], "c_dim": -1},
        {"resolution": 96, "z_dim": 100, "widths": [512, 256, 128, 64], "start": 5},
        {"resolution": 96, "z_dim": 100, "widths": [512, 256, 128, 64], "d_norm": "spectral"},
        {"resolution": 96, "z_dim": 100, "widths": [512, 256, 128, 64], "bank": 0},
        {"resolution": 96, "z_dim": 100, "widths": [512, 256, 128, 64], "bank": 10**9},
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
