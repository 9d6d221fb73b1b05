"""The encoder, the generator and the discriminator, grown and growing."""

from typing import Any

import pytest
import torch
from torch import nn

from models.twingan.discriminator import Discriminator
from models.twingan.encoder import Encoder
from models.twingan.generator import Generator
from models.twingan.growth import Grown, cut, shown
from tests.models.twingan import naive, tiny

WAYS: list[dict[str, Any]] = [
    {}, {"norm": "instance"}, {"norm": "batch_renorm"}, {"skip_max": 16}, {"skip_max": 4}, {"pixel_norm": False},
]  # fmt: skip


def pictures(count: int = 2, side: int = 32) -> torch.Tensor:
    return torch.rand(count, 3, side, side, generator=torch.Generator().manual_seed(9)) * 2 - 1


@pytest.mark.parametrize("changes", WAYS)
@pytest.mark.parametrize(("stage", "side", "alpha"), [(None, 32, 1.0), (2.25, 32, 0.25), (1.0, 8, 1.0), (0.0, 4, 1.0)])
def test_they_draw_what_the_papers_say_at_every_stage(changes: dict, stage: float | None, side: int, alpha: float):
    E, G, _ = tiny.networks(**changes)
    E, G = E.double(), G.double()
    x = pictures(side=side).double()
    encoded = E(x, "photo", stage)
    maps = naive.encoder(naive.doubles(E), E.config, x, "photo", alpha)
    assert sorted(encoded.skips) == [s for s in E.config.skips if s <= side]
    for at, found in ((4, encoded.latent), *encoded.skips.items()):
        torch.testing.assert_close(found, maps[at], rtol=1e-6, atol=1e-6)
    drawn = G(encoded, "anime", stage=stage)
    expected = naive.generator(naive.doubles(G), G.config, maps, "anime", alpha=alpha)
    torch.testing.assert_close(drawn.double(), expected, rtol=1e-5, atol=1e-5)


def test_labels_and_style_move_every_norm_as_the_papers_say():
    E, G, _ = tiny.networks(c_dim=3)
    x, c, said = pictures(), torch.randn(2, 3), torch.tensor([[1.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
    encoded = E(x, "photo")
    style = E.style(encoded)
    torch.testing.assert_close(style.square().mean(1), torch.ones(2), rtol=1e-4, atol=1e-4)
    p = naive.doubles(G)
    s = naive.condition(p, c.double(), said.double())
    maps = naive.encoder(naive.doubles(E), E.config, x.double(), "photo")
    expected = naive.generator(p, G.config, maps, "anime", s + style.double())
    torch.testing.assert_close(G(encoded, "anime", c, said, style).double(), expected, rtol=1e-4, atol=1e-4)


def test_what_nobody_said_stays_as_the_picture_has_it():
    E, G, _ = tiny.networks(c_dim=3)
    encoded, c = E(pictures(), "photo"), torch.randn(2, 3)
    plain = G(encoded, "anime")
    torch.testing.assert_close(G(encoded, "anime", c, torch.zeros(2, 3)), plain, rtol=1e-4, atol=1e-4)
    said = torch.tensor([[0.0, 1.0, 0.0]]).expand(2, -1)
    one = G(encoded, "anime", c, said)
    assert not torch.allclose(one, plain, atol=0.01)
    other = c + torch.tensor([5.0, 0.0, -5.0])  # of what is not said the values count for nothing
    torch.testing.assert_close(G(encoded, "anime", other, said), one)
    assert not torch.allclose(G(encoded, "anime", c), one, atol=0.01)  # without a mask all is said


def test_a_network_without_labels_takes_none():
    E, G, _ = tiny.networks()
    with pytest.raises(ValueError, match="cannot be told"):
        G(E(pictures(), "photo"), "anime", torch.zeros(2, 3))


@pytest.mark.parametrize("last", [1, 2, 3])
def test_between_stages_nothing_jumps(last: int):
    E, G, D = tiny.networks()
    x = pictures()

    def drawn(stage: float) -> torch.Tensor:
        return G(E(shown(x, stage, 3), "photo", stage), "anime", stage=stage)

    def judged(stage: float) -> torch.Tensor:
        return D(shown(x, stage, 3), stage)

    before = nn.functional.interpolate(drawn(last - 1), scale_factor=2)
    torch.testing.assert_close(drawn(last - 1 + 1e-5), before, rtol=1e-2, atol=1e-2)
    torch.testing.assert_close(judged(last - 1 + 1e-5), judged(last - 1), rtol=1e-2, atol=1e-2)
    for at in (drawn, judged):
        torch.testing.assert_close(at(last - 1e-5), at(last), rtol=1e-2, atol=1e-2)


def test_stages_are_sizes_and_shares():
    assert Grown.at(None, 5) == Grown.at(5, 5) == Grown(128, 1.0)
    assert Grown.at(2.25, 5) == Grown(32, 0.25)
    assert Grown.at(0, 5) == Grown(4, 1.0)
    for wrong in (-0.1, 5.1, float("nan")):
        with pytest.raises(ValueError, match="stage"):
            Grown.at(wrong, 5)


def test_pictures_shown_to_a_growing_network_are_as_blurred_as_what_it_draws():
    x = pictures()
    assert torch.equal(shown(x, None, 3), x)
    assert shown(x, 0, 3).shape == (2, 3, 4, 4)
    half = shown(x, 2.5, 3)
    small = nn.functional.avg_pool2d(x, 2)
    torch.testing.assert_close(half, (x + nn.functional.interpolate(small, scale_factor=2)) / 2)


@pytest.mark.parametrize("stage", [0, 1, 2])
def test_what_has_not_grown_up_yet_is_a_smaller_network(stage: int):
    E, G, D = tiny.networks(c_dim=3, read=True)
    side = 4 * 2**stage
    small = E.config.cut(side)
    e, g, d = Encoder(small).eval(), Generator(small).eval(), Discriminator(small).eval()
    for whole, part in ((E, e), (G, g), (D, d)):
        part.load_state_dict(cut(whole.state_dict(), side))
    x = pictures(side=side)
    encoded = E(x, "photo", stage)
    seen = e(x, "photo")
    drawn = g(seen, "anime", style=e.style(seen))
    assert torch.equal(drawn, G(encoded, "anime", style=E.style(encoded), stage=stage))
    assert torch.equal(d.read(d.features(x)), D.read(D.features(x, stage)))


@pytest.mark.parametrize("norm", ["group", "batch_renorm"])
def test_a_domain_more_leaves_the_others_as_they_are_bit_for_bit(norm: str):
    E, G, _ = tiny.networks(norm=norm, c_dim=3)
    x = pictures()
    before = {(i, key): value.clone() for i, one in enumerate((E, G)) for key, value in one.state_dict().items()}
    drawn, embedding = G(E(x, "photo"), "anime"), E.embedding(x, "anime")
    for network in (E, G):
        network.add_domain("cat", "anime")
        network.requires_grad_(False)  # in training rounding may differ
    after = {(i, key): value for i, one in enumerate((E, G)) for key, value in one.state_dict().items()}
    assert all(torch.equal(after[key], value) for key, value in before.items())
    assert all("in_cat" in key or "center_cat" in key for _, key in after.keys() - before.keys())
    assert torch.equal(G(E(x, "photo"), "anime"), drawn)
    assert torch.equal(G(E(x, "photo"), "cat"), drawn)
    assert torch.equal(E.embedding(x, "cat"), embedding)
    fresh = Encoder(E.config), Generator(E.config)
    for network, loaded in zip((E, G), fresh, strict=True):
        loaded.load_state_dict(network.state_dict())  # the config says what there is


def test_a_domain_that_is_there_or_is_not_is_refused():
    E, G, _ = tiny.networks()
    for network in (E, G):
        with pytest.raises(ValueError, match="photo"):
            network.add_domain("photo", "anime")
        with pytest.raises(ValueError, match="no domain 'dog'"):
            network.add_domain("cat", "dog")
    encoded = E(pictures(), "photo")
    with pytest.raises(ValueError, match="no domain 'dog'; there is photo, anime"):
        G(encoded, "dog")
    with pytest.raises(ValueError, match="no domain"):
        E(pictures(), "dog")
    with pytest.raises(ValueError, match="32 px"):
        E(pictures(side=16), "photo")


def test_everything_learns_something():
    E, G, D = tiny.networks(c_dim=3, read=True)
    for network in (E, G, D):
        network.train().requires_grad_(True)
    x = pictures(4)
    encoded = E(x, "photo")
    drawn = G(encoded, "anime", torch.randn(4, 3), torch.ones(4, 3), E.style(E(x, "anime")))
    h = D.features(drawn)
    (
        D.logits(h, torch.randn(4, 3), torch.ones(4, 3)).sum()
        + D.read(h).sum()
        + E.embed(encoded, "photo").square()[:, 0].sum()
    ).backward()
    small = [f"{part}{side}" for part in ("fromrgb", "torgb") for side in (4, 8, 16)]  # of earlier stages
    for network in (E, G, D):
        for name, parameter in network.named_parameters():
            idle = name.partition(".")[0] in small or (network is G and "in_photo" in name)
            assert (parameter.grad is None) == idle, name
            assert parameter.grad is None or float(parameter.grad.abs().max()) > 0, name


def test_embeddings_are_of_unit_length_and_do_not_see_what_a_domain_has_in_common():
    E, _, _ = tiny.networks()
    x = pictures(5)
    found = E.embedding(x, "photo")
    torch.testing.assert_close(found.norm(dim=1), torch.ones(5))
    assert torch.equal(found, E.embedding(x, "photo"))
    projected = E.embed.projected(E(x, "photo"))
    E.embed.center("photo").copy_(projected.mean(0))
    centred = projected - projected.mean(0)
    torch.testing.assert_close(E.embedding(x, "photo"), centred / centred.norm(dim=1, keepdim=True))


@pytest.mark.parametrize(("stage", "side", "alpha"), [(None, 32, 1.0), (2.25, 32, 0.25), (1.0, 8, 1.0), (0.0, 4, 1.0)])
def test_the_discriminator_sees_what_the_papers_say(stage: float | None, side: int, alpha: float):
    _, _, D = tiny.networks()
    x = pictures(3, side)
    expected = naive.discriminator(naive.doubles(D), D.config, x.double(), alpha)
    torch.testing.assert_close(D.features(x, stage).double(), expected, rtol=1e-4, atol=1e-4)
    assert D(x, stage).shape == (3,)


def test_the_discriminator_sees_how_much_pictures_differ():
    _, _, D = tiny.networks()
    x = pictures(4)
    assert not torch.allclose(D(x)[0], D(x[:1].expand(4, -1, -1, -1))[0])


def test_a_discriminator_that_reads_no_labels_says_so():
    _, _, D = tiny.networks(c_dim=3)
    with pytest.raises(ValueError, match="reads no labels"):
        D.read(D.features(pictures()))
    with pytest.raises(ValueError, match="32 px"):
        D(pictures(side=16))
