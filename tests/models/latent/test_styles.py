"""From points to styles, with a network of few channels."""

import numpy as np
import pytest
import torch

from models.errors import BadRequest
from models.latent.bands import BANDS, bands, crossings
from models.latent.points import Between, Crossed
from models.latent.styles import styles_of
from models.requests import Latent
from models.stylegan.config import StyleGANConfig
from models.stylegan.tuned import TunedStyleGAN
from tests.models.stylegan import tiny

A, B, C = Latent(1), Latent(2), Latent(3)


@pytest.fixture
def network() -> TunedStyleGAN:
    return TunedStyleGAN(tiny.generator(), torch.device("cpu"), "float32")


def _of(network: TunedStyleGAN, *points) -> np.ndarray:
    calls = []

    def mapped(z: np.ndarray, c: np.ndarray) -> np.ndarray:
        calls.append(len(z))
        return network.ws(torch.from_numpy(z), torch.from_numpy(c), 0.7).numpy()

    found = styles_of(points, mapped, network.z_dim)
    assert calls == [len({leaf for point in points for leaf in point.leaves})]  # each seed once, all in one call
    return found


@pytest.mark.parametrize("resolution", [8, 16, 32, 64, 128, 256, 512, 1024])
def test_every_style_is_in_one_band_and_no_band_is_empty(resolution: int) -> None:
    num_ws = StyleGANConfig(resolution=resolution).num_ws
    found = [i for band in BANDS for i in range(num_ws)[bands(num_ws)[band]]]
    assert found == list(range(num_ws))
    assert all(range(num_ws)[places] for places in bands(num_ws).values())


def test_of_a_large_network_the_bands_are_those_of_the_paper() -> None:
    assert bands(18) == {"coarse": slice(0, 4), "middle": slice(4, 8), "fine": slice(8, 18)}


def test_a_line_in_w_is_straight(network: TunedStyleGAN) -> None:
    a, middle, b = _of(network, A, Between(A, B, 0.25, "w"), B)
    assert middle == pytest.approx(0.75 * a + 0.25 * b, abs=1e-6)


def test_a_crossed_face_has_each_parents_styles_in_their_places(network: TunedStyleGAN) -> None:
    a, b, c, child = _of(network, A, B, C, Crossed(A, B, C))
    places = bands(network.num_ws)
    for band, parent in zip(BANDS, (a, b, c), strict=True):
        assert np.array_equal(child[places[band]], parent[places[band]])


def test_points_nest(network: TunedStyleGAN) -> None:
    a, b, c = _of(network, A, B, C)
    (found,) = _of(network, Between(Crossed(A, B, B), Between(B, C, 0.5, "w"), 0.5, "w"))
    coarse = bands(network.num_ws)["coarse"]
    crossed = b.copy()
    crossed[coarse] = a[coarse]
    assert found == pytest.approx(0.5 * crossed + 0.25 * b + 0.25 * c, abs=1e-6)


def test_all_eight_children_have_both_parents_among_them() -> None:
    found = list(crossings())
    assert len(set(found)) == 8
    assert (found[0], found[-1]) == ((0, 0, 0), (1, 1, 1))
    assert [whose[0] for whose in found] == [0] * 4 + [1] * 4


def test_what_the_network_does_not_know_is_not_asked_of_it() -> None:
    with pytest.raises(BadRequest):
        styles_of([Crossed(A, B, C.labelled({"age": 1.0}))], lambda z, c: z, 6, ("yaw",), np.zeros((1, 1), np.float32))
