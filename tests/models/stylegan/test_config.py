from typing import Any

import pytest

from models.stylegan.config import StyleGANConfig
from models.stylegan.options import PRESETS, StyleGANOptions, gamma, preset


def test_it_survives_json():
    config = StyleGANConfig(resolution=64, c_dim=5, conv_clamp=256.0, resample_filter=(1.0, 2.0, 1.0))
    assert StyleGANConfig.from_json(config.to_json()) == config


@pytest.mark.parametrize(
    "wrong",
    [
        {"resolution": 96}, {"resolution": 2048}, {"z_dim": 0}, {"g_architecture": "dense"}, {"conv_clamp": 0.0},
        {"conv_clamp": float("nan")}, {"resample_filter": (1.0,)}, {"resample_filter": (1.0, -1.0)}, {"read": True},
        {"bank": 10**9}, {"channel_max": True}, {"mbstd_channels": 7}, {"unknown": 1}, {"mapping_layers": 2.0},
        {"w_avg_beta": 1.0},
    ],
)  # fmt: skip
def test_what_builds_no_network_is_refused(wrong: dict[str, Any]):
    with pytest.raises(ValueError):  # noqa: PT011 (each says what is wrong)
        StyleGANConfig.from_json({**StyleGANConfig().to_json(), **wrong})


def test_sizes_are_those_of_the_papers():
    config = StyleGANConfig(resolution=1024, channel_base=32768)
    assert [config.channels(side) for side in (4, 64, 128, 1024)] == [512, 512, 256, 32]
    assert [StyleGANConfig(resolution=side).num_ws for side in (64, 256, 1024)] == [10, 14, 18]


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("resolution", [32, 128, 1024])
def test_every_preset_trains_every_size(name: str, resolution: int):
    config, options = preset(name, resolution, 32)
    assert (config.resolution, config.c_dim) == (resolution, 32)
    assert StyleGANOptions.from_json(options.to_json()) == options
    bare, unlabelled = preset(name, resolution)
    assert (bare.read, unlabelled.read, unlabelled.mismatch) == (False, 0.0, 0.0)


def test_the_penalty_grows_with_the_pixels_and_shrinks_with_the_batch():
    assert gamma(256, 16) == 4 * gamma(128, 16) == 8 * gamma(128, 32)
    assert preset("auto", 128, batch=64)[1].gamma == gamma(128, 64)


def test_few_shots_freeze_what_sees_strokes():
    assert [preset("few-shot", side)[1].freezed for side in (64, 128, 256)] == [7, 10, 13]


def test_the_starter_fits_its_budget():
    config, _ = preset("moe", 128, 32)
    assert (config.channel_max, config.z_dim) == (256, 256)


def test_the_rate_falls_at_the_end():
    options = StyleGANOptions(lr=1.0, decay=0.5, lr_end=0.1)
    assert [round(options.rate(done), 3) for done in (0.0, 0.5, 0.75, 1.0)] == [1.0, 1.0, 0.55, 0.1]


@pytest.mark.parametrize(
    "wrong",
    [{"aug": "adaa"}, {"r1_every": 0}, {"gamma": -1.0}, {"micro_batch": 5}, {"target": 2.0}, {"freezed": -1}, {"x": 1}],
)
def test_options_that_make_no_sense_are_refused(wrong: dict[str, Any]):
    with pytest.raises(ValueError):  # noqa: PT011
        StyleGANOptions.from_json({**StyleGANOptions().to_json(), **wrong})
