from typing import Any

import pytest
import torch

from models.families import build
from models.twingan.config import SIZES, TwinConfig
from models.twingan.discriminator import Discriminator
from models.twingan.encoder import Encoder
from models.twingan.generator import Generator


def test_it_survives_json():
    config = TwinConfig(64, ("photo", "anime", "cat"), 5, norm="batch_renorm", skip_max=16, read=True)
    assert TwinConfig.from_json(config.to_json()) == config


@pytest.mark.parametrize(
    "wrong",
    [
        {"resolution": 96}, {"resolution": 1024}, {"resolution": 2}, {"domains": []}, {"domains": ["a", "a"]},
        {"domains": "photo"}, {"domains": ["../x"]}, {"domains": [1]}, {"domains": [f"d{i}" for i in range(9)]},
        {"c_dim": -1}, {"channel_base": 10**9}, {"channel_max": True}, {"channel_max": 10**6}, {"norm": "layer"},
        {"groups": 0}, {"momentum": 0.0}, {"momentum": float("nan")}, {"skip_max": 2}, {"style_dim": 10**6},
        {"embed_dim": 512}, {"read": True}, {"pixel_norm": 1}, {"mbstd_group": 0}, {"unknown": 1},
    ],
)  # fmt: skip
def test_what_builds_no_network_is_refused(wrong: dict[str, Any]):
    with pytest.raises(ValueError):  # noqa: PT011 (each says what is wrong)
        TwinConfig.from_json({**TwinConfig().to_json(), **wrong})


@pytest.mark.parametrize("value", [None, [], {"resolution": 64}, 7])
def test_what_is_no_config_is_refused(value: Any):
    with pytest.raises(ValueError, match="TwinGAN config"):
        TwinConfig.from_json(value)


def test_a_domain_more_changes_nothing_else():
    config = TwinConfig(64, c_dim=3)
    more = config.with_domain("cat")
    assert more.domains == ("photo", "anime", "cat")
    assert TwinConfig.from_json({**more.to_json(), "domains": ["photo", "anime"]}) == config
    for wrong in ("photo", "Cat", ""):
        with pytest.raises(ValueError, match="domain"):
            config.with_domain(wrong)


def test_sides_channels_and_maps_beside_the_latent():
    config = TwinConfig(128, channel_base=4096, channel_max=144)
    assert config.sides == (4, 8, 16, 32, 64, 128)
    assert [config.channels(side) for side in config.sides] == [144, 144, 144, 128, 64, 32]
    assert config.skips == (8, 16, 32, 64, 128)
    assert TwinConfig(128, skip_max=32).skips == (8, 16, 32)
    assert config.stages == 5


def _megabytes(config: TwinConfig) -> float:
    """In half precision, all that ships."""
    with torch.device("meta"):
        parts = [Encoder(config), Generator(config), *(Discriminator(config) for _ in config.domains)]
    return sum(2 * value.numel() for part in parts for value in part.state_dict().values()) / 1e6


@pytest.mark.parametrize("norm", ["group", "batch_renorm"])
def test_the_starter_fits_its_budget_with_three_domains(norm: str):
    config = TwinConfig.of("full", 128, ("photo", "anime", "cat"), c_dim=32, read=True, norm=norm)
    assert 12 < _megabytes(config) < 17.8
    assert _megabytes(TwinConfig.of("small", 64, c_dim=32, read=True)) < 7


def test_sizes_have_names():
    for name in SIZES:
        assert TwinConfig.of(name, 64).domains == ("photo", "anime")
    with pytest.raises(ValueError, match="small"):
        TwinConfig.of("huge", 64)


def test_a_discriminator_for_each_domain_is_built():
    config = TwinConfig.of("small", 8, ("photo", "anime", "cat"))
    with torch.device("meta"):
        assert sorted(build({"family": "twingan", "network": config.to_json()})) == [
            "D_anime", "D_cat", "D_photo", "E_ema", "G_ema",
        ]  # fmt: skip
