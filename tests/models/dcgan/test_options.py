import json
import math

import pytest

from models.dcgan.options import PRESETS, DCGANOptions


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_comes_back_from_json(name: str):
    assert DCGANOptions.from_json(json.loads(json.dumps(PRESETS[name].to_json()))) == PRESETS[name]


@pytest.mark.parametrize(
    ("epoch", "rate"), [(0, 1e-3), (9, 1e-3), (10, 5e-4), (30, 3e-4), (50, 2e-4), (159, 2e-4), (160, 1e-4), (290, 1e-4)]
)
def test_the_classic_rate_falls_at_the_epochs_of_the_people_before_us(epoch: int, rate: float):
    assert PRESETS["classic"].rate((epoch + 1e-6) / 290) == rate


def test_the_classic_preset_is_theirs():
    classic = PRESETS["classic"]
    assert (classic.batch, classic.betas[0], classic.d_every, classic.g_every) == (64, 0.5, 1, 5)
    assert (classic.d_norm, classic.gamma, classic.aug, classic.ema_kimg) == ("batch", 0.0, "none", 0.0)


def test_a_decay_ends_at_its_end_whatever_the_length():
    options = DCGANOptions(lr=1.0, decay=0.25, lr_end=0.1)
    assert options.rate(0.75) == 1.0
    assert options.rate(0.875) == pytest.approx(0.55)
    assert options.rate(1.0) == pytest.approx(0.1)
    rates = [options.rate(i / 100) for i in range(101)]
    assert rates == sorted(rates, reverse=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"aug": "blur"},
        {"d_every": 0},
        {"g_every": 10**6},
        {"gamma": -1.0},
        {"gamma": math.nan},
        {"decay": 1.5},
        {"steer": True, "decay": 0.5},
        {"depth": 3},
    ],
)
def test_options_that_make_no_sense_are_refused(wrong: dict):
    with pytest.raises(ValueError):  # noqa: PT011 (the sentence differs)
        DCGANOptions.from_json(wrong)
