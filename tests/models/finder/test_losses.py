import pytest
import torch

from models.finder.losses import box_loss, point_loss, score_loss


def test_being_right_costs_little_and_being_wrong_much():
    wanted = torch.tensor([1.0, 0.0])
    right, unsure, wrong = (float(score_loss(torch.tensor([s, -s]), wanted)) for s in (5.0, 0.0, -5.0))
    assert right < 0.001 < unsure < wrong


def test_where_nothing_is_told_nothing_is_learnt():
    logits = torch.zeros(3, requires_grad=True)
    score_loss(logits, torch.tensor([-1.0, 1.0, 0.0])).backward()
    assert logits.grad is not None
    assert logits.grad[0] == 0
    assert (logits.grad[1] < 0, logits.grad[2] > 0) == (True, True)


def test_boxes_agree_or_do_not():
    a = torch.log(torch.tensor([[1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0]]))
    b = torch.log(torch.tensor([[1.0, 1.0, 1.0, 1.0], [2.0, 1.0, 2.0, 1.0]]))
    assert box_loss(a, b).tolist() == pytest.approx([0.0, 0.5])


def test_points_are_measured_by_the_face():
    found, wanted = torch.zeros(2, 6), torch.ones(2, 6)
    small, large = point_loss(found, wanted, torch.tensor([1.0, 10.0])).tolist()
    assert small > 5 * large
    assert point_loss(wanted, wanted, torch.ones(2)).tolist() == [0, 0]
