import pytest
import torch

from models.dcgan.augment import POLICIES, augment, parse


def pictures() -> torch.Tensor:
    x = torch.rand(6, 3, 16, 16, generator=torch.Generator().manual_seed(0)) * 2 - 1
    return x.contiguous(memory_format=torch.channels_last)


def chance(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_policies_are_named_with_commas_in_any_order():
    assert parse("cutout,color") == ("color", "cutout")
    assert parse("none") == ()
    with pytest.raises(ValueError, match="'blur'"):
        parse("color,blur")


@pytest.mark.parametrize("policy", POLICIES)
def test_every_policy_changes_every_picture_in_its_own_way_and_lets_gradients_through(policy: str):
    x = pictures().requires_grad_(True)
    same = x.detach()[:1].expand(6, -1, -1, -1).contiguous()
    changed = augment(same, (policy,), chance())
    assert len({tuple(row) for row in changed.flatten(1).tolist()}) > 1
    y = augment(x, (policy,), chance())
    assert y.shape == x.shape
    y.square().sum().backward()
    assert x.grad is not None
    assert float(x.grad.abs().sum()) > 0
    torch.testing.assert_close(augment(pictures(), (policy,), chance()), y.detach())


def test_a_moved_picture_is_the_picture_somewhere_else_on_grey():
    x = torch.zeros(40, 3, 16, 16)
    x[:, :, 8, 8] = 1.0
    moved = augment(x, ("translation",), chance())
    places = [tuple(int(v) for v in (picture[0] == 1).nonzero()[0]) for picture in moved]
    assert all(6 <= row <= 10 and 6 <= column <= 10 for row, column in places)
    assert len(set(places)) > 5
    assert torch.equal(moved.sum([1, 2, 3]), torch.full((40,), 3.0))


def test_a_cut_is_at_most_half_of_each_side():
    x = torch.ones(200, 3, 16, 16)
    cut = 256 - augment(x, ("cutout",), chance())[:, 0].sum([1, 2])
    assert int(cut.max()) == 64
    assert int(cut.min()) >= 16


def test_nothing_is_changed_without_policies():
    x = pictures()
    assert augment(x, (), chance()) is x
