import pytest
import torch

from data.vision.features.network import FeaturesConfig, FeaturesNetwork

CONFIG = FeaturesConfig(
    (("hair", ("pink", "blue", "red")), ("glasses", ("yes", "no"))), ("yaw", "age"), 32, (8, 8, 8, 8)
)


def test_it_has_a_head_for_every_attribute_and_number():
    output = FeaturesNetwork(CONFIG).eval()(torch.zeros(2, 3, 32, 32))
    assert output.features.shape == (2, CONFIG.dim)
    assert [tuple(logits.shape) for logits in output.logits] == [(2, 3), (2, 2)]
    assert output.numbers.shape == (2, 2)
    assert output.embedding.shape == (2, 128)
    assert torch.allclose(output.embedding.norm(dim=1), torch.ones(2), atol=1e-5)


def test_every_stage_halves():
    maps = FeaturesNetwork(CONFIG).maps(torch.zeros(1, 3, 32, 32))
    assert [tuple(m.shape) for m in maps] == [(1, 8, 16, 16), (1, 8, 8, 8), (1, 8, 4, 4), (1, 8, 2, 2)]


def test_a_config_goes_through_json():
    assert FeaturesConfig.from_json(CONFIG.to_json()) == CONFIG


@pytest.mark.parametrize(
    "change",
    [{"widths": [8, 8, 8]}, {"widths": [8, 8, 8, 10**9]}, {"size": 30}, {"size": 10**6}, {"choices": {}},
     {"choices": {"a": ["b"] * 5000}}, {"numbers": 3}, {"size": None}],
)  # fmt: skip
def test_a_config_that_describes_no_network_is_refused(change: dict):
    with pytest.raises((ValueError, TypeError)):
        FeaturesConfig.from_json({**CONFIG.to_json(), **change})
