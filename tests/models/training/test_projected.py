import copy

import pytest
import torch

from data.vision.features import FeaturesUnavailable
from models.training.projected import Projected


def pictures(seed: int, channels: int = 3) -> torch.Tensor:
    return torch.randn(4, channels, 32, 32, generator=torch.Generator().manual_seed(seed)).tanh()


def heads() -> Projected:
    torch.manual_seed(0)
    return Projected()


def test_the_network_that_sees_neither_learns_nor_is_saved():
    projected = heads()
    assert not [name for name in projected.state_dict() if not name.startswith("heads.")]
    learning = {name for name, parameter in projected.named_parameters() if parameter.requires_grad}
    assert learning
    seeing = projected._seeing[0].network
    before = copy.deepcopy(seeing.state_dict())
    projected.d_loss(pictures(0), pictures(1), torch.float32).backward()
    assert all(parameter.grad is None for parameter in seeing.parameters())
    assert all(torch.equal(value, seeing.state_dict()[key]) for key, value in before.items())


def test_every_head_sees_pieces_of_the_picture():
    found = heads()(pictures(0), torch.float32)
    side = [10, 5, 5, 5]  # of the 80 px that the features network looks at
    assert [len(logits) for logits in found] == [4 * n * n for n in side]
    assert all(logits.dtype == torch.float32 for logits in heads()(pictures(0), torch.bfloat16))


def test_it_learns_to_tell_two_kinds_of_pictures_apart_and_says_where_a_picture_should_move():
    projected = heads()
    optimizer = torch.optim.Adam(projected.parameters(), 2.5e-3, (0.0, 0.99))
    real, fake = pictures(0) * 0.5, pictures(1).mean(1, keepdim=True).expand(-1, 3, -1, -1)
    losses = []
    for _ in range(12):
        optimizer.zero_grad()
        loss = projected.d_loss(real, fake, torch.float32)
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.8 * losses[0]

    moved = fake.clone().requires_grad_(True)
    before = projected.g_loss(moved, torch.float32)
    (gradient,) = torch.autograd.grad(before, moved)
    assert projected.g_loss(moved - 0.1 * gradient / gradient.std(), torch.float32) < before


def test_a_grey_picture_is_looked_at_as_one_in_colour():
    grey = pictures(0, channels=1)
    projected = heads().eval()  # in training, spectral norm goes on with every look
    as_one = projected(grey.expand(-1, 3, -1, -1), torch.float32)
    for one, other in zip(projected(grey, torch.float32), as_one, strict=True):
        assert torch.equal(one, other)


def test_without_the_network_it_says_so(tmp_path):
    with pytest.raises(FeaturesUnavailable):
        Projected(tmp_path)
