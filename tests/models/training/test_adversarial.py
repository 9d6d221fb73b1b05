import math

import pytest
import torch

from models.training.adversarial import d_loss, g_loss


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
