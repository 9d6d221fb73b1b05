from typing import Any

import pytest

from models.twingan.growth import Grown
from models.twingan.options import PRESETS, TwinOptions, preset


def test_options_survive_json():
    chosen = TwinOptions(batch=8, cycle=0.3, penalty="dragan")
    assert TwinOptions.from_json(chosen.to_json()) == chosen


@pytest.mark.parametrize(
    "options",
    [
        {"batch": 7}, {"batch": 2}, {"micro_batch": 3}, {"gan": -1.0}, {"cycle": float("nan")}, {"swap": 1.5},
        {"wish": 0.5, "like": 0.4, "vary": 0.2}, {"penalty": "wgan"}, {"penalty_every": 0}, {"aug": "blur"},
        {"rec_gan_from": 2}, {"glasses": 0},
    ],
)  # fmt: skip
def test_options_that_make_no_sense_are_refused(options: dict[str, Any]):
    with pytest.raises(ValueError, match=r"."):
        TwinOptions(**options)
    with pytest.raises(ValueError, match="not a TwinGAN's options"):
        TwinOptions.from_json({"moo": 1})


def test_it_grows_side_by_side_each_faded_in_and_larger_ones_longer():
    options = TwinOptions(grow=0.5)
    found = [options.grown(step / 1000, 4) for step in range(1000)]
    sides = [grown.side for grown in found]
    assert sides == sorted(sides)
    counts = [sides[:500].count(side) for side in (4, 8, 16, 32, 64)]
    assert counts == sorted(counts)
    assert min(counts) > 20
    for side in (8, 16, 32, 64):
        alphas = [float(grown.alpha) for grown in found if grown.side == side]
        assert alphas == sorted(alphas)
        assert alphas[0] < 0.1
        assert alphas[-1] == 1.0
    assert set(found[500:]) == {Grown(64, 1.0)}
    assert TwinOptions(grow=0.0).grown(0.0, 4) == Grown(64, 1.0)


def test_the_rate_and_the_weight_of_the_goal_fall():
    options = TwinOptions(lr=1.0, decay=0.5, lr_end=0.1, goal=2.0, goal_end=1.0)
    assert [round(options.rate(done), 3) for done in (0.0, 0.5, 0.75, 1.0)] == [1.0, 1.0, 0.55, 0.1]
    assert [options.goal_at(done) for done in (0.0, 0.5, 1.0)] == [2.0, 1.5, 1.0]


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_a_network_and_how_it_is_trained(name: str):
    config, options = preset(name, ("photo", "anime"), 32)
    assert config.resolution == PRESETS[name].resolution
    assert config.read
    assert preset(name, ("photo", "anime"), 32, 32, 8, norm="instance")[0].norm == "instance"
    assert preset(name, ("photo", "anime"), 32, batch=8)[1].batch == 8
    assert options.batch == PRESETS[name].options["batch"]


def test_another_preset_is_refused():
    with pytest.raises(ValueError, match="there is no preset 'moo'"):
        preset("moo", ("photo", "anime"), 32)
