from typing import Any

import pytest
import torch

from models.twingan.encoded import Encoded
from models.twingan.norm import Between
from models.twingan.tuned import TunedTwin, widened
from tests.models.twingan import tiny

CPU = torch.device("cpu")


def pictures(count: int = 3) -> torch.Tensor:
    return torch.rand(count, 3, 32, 32, generator=torch.Generator().manual_seed(3)) * 2 - 1


@pytest.mark.parametrize(
    "changes", [{}, {"norm": "instance"}, {"norm": "batch_renorm"}, {"skip_max": 8}, {"pixel_norm": False}]
)
@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize("strength", [None, [1.0, 1.0, 1.0], [0.0, 0.4, 1.5]])
def test_it_translates_as_the_plain_networks_do(changes: dict[str, Any], asked: bool, strength: list[float] | None):
    E, G, _ = tiny.networks(c_dim=3, **changes)
    fast, x = TunedTwin(E, G, CPU, "float32"), pictures()
    plain, encoded = E(x, "photo"), fast.encode(x, "photo")
    for side, maps in ((4, plain.latent), *plain.skips.items()):
        torch.testing.assert_close(encoded.latent if side == 4 else encoded.skips[side], maps, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(fast.style(encoded), E.style(plain), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(fast.embedding(encoded, "photo"), E.embed(plain, "photo"), rtol=1e-4, atol=1e-4)
    wish = (torch.randn(3, 3), torch.tensor([[1.0, 0.0, 1.0]]).expand(3, -1), torch.randn(3, 6)) if asked else ()
    t = None if strength is None else torch.tensor(strength)
    look = "anime" if t is None else Between("photo", "anime", t)
    torch.testing.assert_close(
        fast.draw(encoded, "photo", "anime", t, *wish), G(plain, look, *wish), rtol=1e-4, atol=1e-4
    )


@pytest.mark.parametrize("norm", ["group", "batch_renorm"])
def test_half_precision_is_close_enough(norm: str):
    E, G, _ = tiny.networks(norm=norm, channel_max=32, channel_base=1024)
    fast, x = TunedTwin(E, G, CPU), pictures(4)
    plain = G(E(x, "photo"), "anime")
    error = (fast.draw(fast.encode(x, "photo"), "photo", "anime") - plain).square().mean()
    assert float(10 * torch.log10((4 * plain.std()) ** 2 / error)) > 40


def test_a_picture_does_not_depend_on_its_company():
    E, G, _ = tiny.networks(norm="batch_renorm")
    fast, x = TunedTwin(E, G, CPU, "float32"), pictures()
    together = fast.draw(fast.encode(x, "photo"), "photo", "anime")
    alone = fast.draw(fast.encode(x[1:2], "photo"), "photo", "anime")
    torch.testing.assert_close(together[1:2], alone, rtol=1e-4, atol=1e-5)


def test_the_networks_stay_as_they_are():
    E, G, _ = tiny.networks()
    before = [(value, value.clone()) for network in (E, G) for value in network.state_dict().values()]
    fast, x = TunedTwin(E, G, CPU), pictures()
    fast.draw(fast.encode(x, "photo"), "photo", "anime", torch.tensor([0.5, 1.0, 1.0]))
    assert all(torch.equal(now, then) for now, then in before)


def test_maps_doubled_and_convolved_are_one_transposed_convolution():
    x, weight = torch.randn(2, 5, 6, 7), torch.randn(4, 5, 3, 3)
    doubled = torch.nn.functional.interpolate(x, scale_factor=2)
    expected = torch.nn.functional.conv2d(doubled, weight, padding=1)
    found = torch.nn.functional.conv_transpose2d(x, widened(weight), stride=2, padding=1)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)


def test_it_counts_all_that_it_keeps():
    E, G, _ = tiny.networks()
    weights = sum(4 * value.numel() for network in (E, G) for value in network.state_dict().values())
    assert 0.8 * weights < TunedTwin(E, G, CPU, "float32").nbytes < 2 * weights


def test_two_networks_of_different_kinds_are_no_twin():
    E, _, _ = tiny.networks()
    _, G, _ = tiny.networks(norm="instance")
    with pytest.raises(ValueError, match="two networks"):
        TunedTwin(E, G, CPU)


def test_a_domain_that_is_not_there_is_refused():
    E, G, _ = tiny.networks()
    fast = TunedTwin(E, G, CPU)
    encoded = fast.encode(pictures(), "photo")
    for wrong in (lambda: fast.encode(pictures(), "cat"), lambda: fast.draw(encoded, "cat", "anime"),
                  lambda: fast.draw(encoded, "photo", "cat"), lambda: fast.embedding(encoded, "cat")):  # fmt: skip
        with pytest.raises(ValueError, match="no domain 'cat'"):
            wrong()


def test_batches_are_parted_and_joined():
    E, _, _ = tiny.networks()
    encoded = E(pictures(), "photo")
    assert len(encoded) == 3
    again = Encoded.joined([encoded[[2, 0]], encoded[1:2]])
    assert torch.equal(again.latent, encoded.latent[[2, 0, 1]])
    assert all(torch.equal(again.skips[side], maps[[2, 0, 1]]) for side, maps in encoded.skips.items())
