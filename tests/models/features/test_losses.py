import math

import pytest
import torch
from torch.nn import functional as F

from models.features.losses import choice_loss, contrastive_loss, number_loss


def reference(embedding: torch.Tensor, groups: list[int], temperature: float) -> float:
    """Equation 2 of Khosla et al., term by term."""
    n, total, counted = len(groups), 0.0, 0
    s = (embedding @ embedding.T / temperature).tolist()
    for i in range(n):
        fellows = [p for p in range(n) if p != i and groups[p] == groups[i]]
        if not fellows:
            continue
        whole = sum(math.exp(s[i][a]) for a in range(n) if a != i)
        total -= sum(math.log(math.exp(s[i][p]) / whole) for p in fellows) / len(fellows)
        counted += 1
    return total / counted


def test_the_contrastive_loss_is_the_papers():
    groups = [0, 0, 0, 1, 1, 2]
    x = F.normalize(torch.randn(6, 8, generator=torch.Generator().manual_seed(0)), dim=1)
    found = contrastive_loss(x, torch.tensor(groups), 0.2)
    assert float(found) == pytest.approx(reference(x, groups, 0.2), rel=1e-5)


def test_nobody_with_a_fellow_is_no_loss():
    x = F.normalize(torch.randn(4, 8), dim=1).requires_grad_()
    loss = contrastive_loss(x, torch.arange(4), 0.1)
    loss.backward()
    assert float(loss.detach()) == 0
    assert x.grad is not None
    assert bool(x.grad.isfinite().all())


def test_a_picture_counts_as_much_as_its_weight():
    scores = (torch.tensor([[2.0, 0.0], [0.0, 0.0], [5.0, 5.0]]),)
    errors = [math.log(1 + math.exp(-2)), math.log(2)]
    loss = choice_loss(scores, torch.tensor([[0], [1], [-1]]), torch.tensor([[1.0], [3.0], [9.0]]))
    assert float(loss) == pytest.approx((errors[0] + 3 * errors[1]) / 4)


def test_what_is_not_known_teaches_nothing():
    logits = (torch.zeros(3, 2, requires_grad=True), torch.zeros(3, 4, requires_grad=True))
    loss = choice_loss(logits, torch.tensor([[0, -1], [1, -1], [-1, -1]]), torch.ones(3, 2))
    loss.backward()
    assert float(loss.detach()) == pytest.approx(math.log(2) / 2)
    assert logits[0].grad is not None
    assert not logits[0].grad[2].any()
    assert logits[1].grad is None or not logits[1].grad.any()

    found = torch.ones(2, 2, requires_grad=True)
    loss = number_loss(found, torch.tensor([[0.0, math.nan], [1.0, math.nan]]))
    loss.backward()
    assert float(loss.detach()) == pytest.approx((1 - 0.1) / 2)
    assert found.grad is not None
    assert found.grad[:, 1].tolist() == [0, 0]
