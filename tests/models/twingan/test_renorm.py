import pytest
import torch

from models.twingan.layers import norm
from models.twingan.norm import Between
from models.twingan.renorm import BatchRenorm, Limits, Schedule, let_loose, measuring
from tests.models.twingan import naive, tiny

CHANNELS = 4


def layer(momentum: float = 0.1) -> BatchRenorm:
    torch.manual_seed(1)
    one = norm(tiny.config(norm="batch_renorm", momentum=momentum), CHANNELS, bends=True)
    assert isinstance(one, BatchRenorm)
    return tiny.used(one).train().requires_grad_(True)


def maps(seed: int, count: int = 6) -> torch.Tensor:
    return 2.5 * torch.randn(count, CHANNELS, 3, 3, generator=torch.Generator().manual_seed(seed)) + 1


@pytest.mark.parametrize("limits", [Limits(), Limits(1.2, 0.3), Limits(4.0, 5.0)])
def test_it_follows_the_paper_step_by_step_and_remembers_each_domain_by_itself(limits: Limits):
    one, s = layer(), torch.randn(6, 6)
    let_loose(limits, one)
    p = naive.doubles(one)
    known = {domain: (p[f"in_{domain}.mean"], p[f"in_{domain}.std"]) for domain in ("photo", "anime")}
    for step, domain in enumerate(("photo", "anime", "photo", "photo")):
        x = maps(step)
        hat, *known[domain] = naive.renorm(x.double(), *known[domain], limits.r_max, limits.d_max, 0.1)  # type: ignore[misc]
        pairs = naive.conditional({f"n.{key}": v for key, v in p.items()}, "n", domain, s.double(), len(x))
        expected = torch.stack([hat[i] * a[:, None, None] + b[:, None, None] for i, (a, b) in enumerate(pairs)])
        torch.testing.assert_close(one(x, domain, s).double(), expected, rtol=1e-4, atol=1e-5)
    for domain, (mean, std) in known.items():
        torch.testing.assert_close(one.of(domain).mean.double(), mean, rtol=1e-5, atol=1e-6)
        torch.testing.assert_close(one.of(domain).std.double(), std, rtol=1e-5, atol=1e-6)


def test_gradients_pass_the_batchs_statistics_and_not_the_corrections():
    one = layer()
    let_loose(Limits(1.2, 0.3), one)
    x = maps(3).double().requires_grad_()
    mean, std = one.of("photo").mean.clone(), one.of("photo").std.clone()
    weight = torch.randn(x.shape, generator=torch.Generator().manual_seed(4))
    (one(x.float(), "photo") * weight).sum().backward()
    y = x.detach().clone().requires_grad_()
    mu, sigma = y.mean((0, 2, 3)), (y.var((0, 2, 3), correction=0) + 1e-5).sqrt()
    r = (sigma / std).clamp(1 / 1.2, 1.2).detach()
    d = ((mu - mean) / std).clamp(-0.3, 0.3).detach()
    own = one.of("photo")
    turned = [numbers[:, None, None] for numbers in (mu, sigma, r, d, own.scale.detach(), own.shift.detach())]
    (((y - turned[0]) / turned[1] * turned[2] + turned[3]) * turned[4] + turned[5]).mul(weight).sum().backward()
    assert x.grad is not None
    assert y.grad is not None
    torch.testing.assert_close(x.grad, y.grad, rtol=1e-3, atol=1e-5)


def test_fully_loose_training_is_what_inference_does():
    one, x = layer(), maps(5)
    let_loose(Limits(1e6, 1e6), one)
    kept = {key: value.clone() for key, value in one.state_dict().items()}
    trained = one(x, "photo")
    one.load_state_dict(kept)
    torch.testing.assert_close(one.eval()(x, "photo"), trained, rtol=1e-4, atol=1e-5)


def test_the_limits_begin_as_batch_norm_nearly_and_end_loose():
    schedule = Schedule()
    assert schedule.limits(0) == schedule.limits(10_000) == Limits(1.1, 0.1)
    assert schedule.limits(30_000) == schedule.limits(10**6) == Limits(4.0, 1.0)
    assert schedule.limits(20_000).d_max == pytest.approx(0.55)


def test_measured_statistics_are_those_of_all_that_went_through():
    one, seen = layer(), torch.cat([maps(7), maps(8), maps(9) + 2])
    photo = one.of("photo").mean.clone()
    one.eval()
    let_loose(Limits(2.0, 1.0), one)
    with torch.no_grad(), measuring(one):
        for part in seen.split(6):
            one(part, "anime")
    torch.testing.assert_close(one.of("anime").mean, seen.mean((0, 2, 3)))
    torch.testing.assert_close(one.of("anime").std, (seen.var((0, 2, 3), correction=0) + 1e-5).sqrt())
    assert torch.equal(one.of("photo").mean, photo)  # nothing of it went through
    assert (one.limits, one.training, one.sums) == (Limits(2.0, 1.0), False, None)


def test_no_way_between_domains_can_be_learnt():
    with pytest.raises(ValueError, match="no way between"):
        layer()(maps(1), Between("photo", "anime", torch.ones(6)))
