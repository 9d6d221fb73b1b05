import math

import pytest
import torch

from models.training.adversarial import d_loss, dragan_penalty, g_loss


def test_losses_are_the_negative_log_likelihood_of_the_right_answer():
    real, fake = torch.tensor([2.0, -1.0]), torch.tensor([0.5, 3.0])
    probability = torch.sigmoid
    expected = -torch.log(probability(real)).mean() - torch.log(1 - probability(fake)).mean()
    assert float(d_loss(real, fake)) == pytest.approx(float(expected), rel=1e-5)
    assert float(g_loss(fake)) == pytest.approx(float(-torch.log(probability(fake)).mean()), rel=1e-5)


def test_a_discriminator_that_knows_nothing_has_the_loss_2_log_2():
    nothing = torch.zeros(4)
    assert float(d_loss(nothing, nothing)) == pytest.approx(2 * math.log(2))


def test_a_logit_of_1000_is_no_infinity():
    assert float(g_loss(torch.tensor([-1000.0], dtype=torch.bfloat16))) == pytest.approx(1000, rel=0.01)


def test_dragan_is_how_far_the_gradient_s_length_is_from_1():
    direction = torch.randn(3, 4, 4, generator=torch.Generator().manual_seed(0))
    direction /= direction.norm()
    real = torch.zeros(5, 3, 4, 4)
    linear = lambda slope: lambda x: slope * (x * direction).sum([1, 2, 3])
    for slope, penalty in ((1.0, 0.0), (3.0, 4.0), (0.0, 1.0)):
        assert float(dragan_penalty(linear(slope), real, real)) == pytest.approx(penalty, abs=1e-5)


def test_dragan_looks_about_the_pictures_and_not_at_them():
    seen: list[torch.Tensor] = []

    def judge(x: torch.Tensor) -> torch.Tensor:
        seen.append(x.detach())
        return x.square().sum([1, 2, 3])

    real = torch.randn(4, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    noise = torch.full_like(real, -1.0)
    dragan_penalty(judge, real, noise)
    torch.testing.assert_close(seen[0], real - 0.5 * real.std())
