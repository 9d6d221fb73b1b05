import math

import pytest
import torch

from models.twingan.layers import norm
from models.twingan.norm import Between, DomainNorm, GroupNorm
from tests.models.twingan import naive, tiny

CHANNELS = 8


def layer(kind: str, bends: bool = True) -> DomainNorm:
    torch.manual_seed(1)
    return tiny.used(norm(tiny.config(norm=kind), CHANNELS, bends=bends))


def maps(count: int = 3, seed: int = 2) -> torch.Tensor:
    return 1.5 * torch.randn(count, CHANNELS, 4, 4, generator=torch.Generator().manual_seed(seed)) + 0.4


@pytest.mark.parametrize("kind", ["group", "instance", "batch_renorm"])
@pytest.mark.parametrize("domain", ["photo", "anime"])
@pytest.mark.parametrize("asked", [False, True])
def test_it_is_the_naive_one_in_double_precision(kind: str, domain: str, asked: bool):
    one, x = layer(kind), maps()
    s = torch.randn(3, 6) if asked else None
    p = {f"n.{key}": value for key, value in naive.doubles(one).items()}
    expected = naive.norm(p, "n", tiny.config(norm=kind), x.double(), domain, None if s is None else s.double())
    torch.testing.assert_close(one(x, domain, s).double(), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("kind", ["group", "instance", "batch_renorm"])
def test_nothing_asked_is_a_condition_of_zeros(kind: str):
    one, x = layer(kind), maps()
    torch.testing.assert_close(one(x, "photo", torch.zeros(3, 6)), one(x, "photo"), rtol=1e-5, atol=1e-6)
    assert not torch.allclose(one(x, "photo", torch.ones(3, 6)), one(x, "photo"), atol=0.01)


@pytest.mark.parametrize("kind", ["group", "instance", "batch_renorm"])
def test_between_two_domains_lie_both_and_what_goes_beyond(kind: str):
    one, x = layer(kind), maps(4)
    s = torch.randn(4, 6)
    way = one(x, Between("photo", "anime", torch.tensor([0.0, 1.0, 0.5, 1.5])), s)
    photo, anime = one(x, "photo", s), one(x, "anime", s)
    expected = [photo[0], anime[1], (photo[2] + anime[2]) / 2, anime[3] + (anime[3] - photo[3]) / 2]
    torch.testing.assert_close(way, torch.stack(expected), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("kind", ["group", "instance"])
def test_a_picture_alone_comes_out_as_in_company_in_training_too(kind: str):
    one, x = layer(kind).train(), maps()
    torch.testing.assert_close(one(x, "photo")[1:2], one(x[1:2], "photo"))


@pytest.mark.parametrize("kind", ["group", "instance", "batch_renorm"])
def test_a_domain_more_begins_as_another_and_touches_no_tensor_of_theirs(kind: str):
    one, x = layer(kind), maps()
    before = {key: value.clone() for key, value in one.state_dict().items()}
    one.add_domain("cat", "anime")
    after = one.state_dict()
    assert all(torch.equal(after[key], value) for key, value in before.items())
    assert {key.partition(".")[0] for key in after.keys() - before.keys()} == {"in_cat"}
    one.requires_grad_(False)  # in training rounding may differ
    assert torch.equal(one(x, "cat"), one(x, "anime"))
    with torch.no_grad():
        one.of("cat").shift.add_(1)
    assert torch.equal(one.of("anime").shift, before["in_anime.shift"])


def test_groups_that_do_not_divide_the_channels_are_fewer():
    def groups(channels: int, kind: str = "group") -> int:
        one = norm(tiny.config(groups=8, norm=kind), channels, bends=False)
        assert isinstance(one, GroupNorm)
        return one.groups

    assert [groups(n) for n in (8, 12, 9, 16)] == [8, 4, 1, 8]
    assert groups(12, "instance") == 12


@pytest.mark.parametrize("kind", ["group", "batch_renorm"])
def test_in_half_precision_statistics_are_still_exact(kind: str):
    one, x = layer(kind).train(), 20 + maps(64)
    half, full = one(x.bfloat16(), "photo").float(), one(x.bfloat16().float(), "photo")
    assert half.dtype == torch.float32
    assert float((half - full).abs().mean()) < 0.1 * float(full.std())
    assert math.isfinite(float(half.sum()))
