import pytest
import torch

from data.vision.finder.coding import CHANNELS, STRIDES
from data.vision.finder.network import FinderConfig, FinderNetwork, folded

TINY = FinderConfig((4, 4, 8, 8, 8), 8, 64)


def test_each_stride_has_a_map_of_all_channels():
    maps = FinderNetwork(TINY)(torch.zeros(2, 3, 64, 96))
    assert [tuple(m.shape) for m in maps] == [(2, CHANNELS, 64 // s, 96 // s) for s in STRIDES]


def test_an_untrained_network_believes_in_no_face():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        maps = FinderNetwork(TINY).eval()(torch.rand(1, 3, 64, 64))
    assert all(float(m[:, 0].detach().sigmoid().max()) < 0.1 for m in maps)


def test_folding_changes_no_answer():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        network = FinderNetwork(TINY)
        x = torch.rand(2, 3, 64, 64)
        network(x)  # the statistics are not those of the start any more
    network.eval()
    quick = folded(network)
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in quick.modules())
    with torch.inference_mode():
        for a, b in zip(network(x), quick(x), strict=True):
            torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-4)


def test_the_network_that_ships_fits_its_budget():
    assert 2 * sum(p.numel() for p in FinderNetwork(FinderConfig()).parameters()) < 2_000_000


def test_a_config_goes_to_json_and_back():
    assert FinderConfig.from_json(TINY.to_json()) == TINY


@pytest.mark.parametrize(
    "change", [{"widths": [1, 2]}, {"widths": [4, 4, 8, 8, 100_000]}, {"neck": 0}, {"side": 100}, {"side": 1 << 20}]
)
def test_a_config_that_is_none_is_refused(change: dict):
    with pytest.raises(ValueError, match=r"channels|multiple"):
        FinderConfig.from_json(TINY.to_json() | change)
