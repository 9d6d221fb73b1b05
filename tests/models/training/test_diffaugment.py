import pytest
import torch

from models.training.diffaugment import POLICIES, _gathered, _sliced, augment, chosen, parse


def pictures() -> torch.Tensor:
    x = torch.rand(6, 3, 16, 16, generator=torch.Generator().manual_seed(0)) * 2 - 1
    return x.contiguous(memory_format=torch.channels_last)


def changed(x: torch.Tensor, *policies: str) -> torch.Tensor:
    return augment(x, chosen(policies, len(x), x.shape[3], torch.Generator().manual_seed(0)))


def test_policies_are_named_with_commas_in_any_order():
    assert parse("cutout,color") == ("color", "cutout")
    assert parse("none") == ()
    with pytest.raises(ValueError, match="'blur'"):
        parse("color,blur")


@pytest.mark.parametrize("policy", POLICIES)
def test_every_policy_changes_every_picture_in_its_own_way_and_lets_gradients_through(policy: str):
    x = pictures().requires_grad_(True)
    same = x.detach()[:1].expand(6, -1, -1, -1).contiguous()
    assert len({tuple(row) for row in changed(same, policy).flatten(1).tolist()}) > 1
    y = changed(x, policy)
    assert y.shape == x.shape
    y.square().sum().backward()
    assert x.grad is not None
    assert float(x.grad.abs().sum()) > 0
    torch.testing.assert_close(changed(pictures(), policy), y.detach())


def test_a_moved_picture_is_the_picture_somewhere_else_on_grey():
    x = torch.zeros(40, 3, 16, 16)
    x[:, :, 8, 8] = 1.0
    moved = changed(x, "translation")
    places = [tuple(int(v) for v in (picture[0] == 1).nonzero()[0]) for picture in moved]
    assert all(6 <= row <= 10 and 6 <= column <= 10 for row, column in places)
    assert len(set(places)) > 5
    assert torch.equal(moved.sum([1, 2, 3]), torch.full((40,), 3.0))


def test_a_cut_is_at_most_half_of_each_side():
    x = torch.ones(200, 3, 16, 16)
    cut = 256 - changed(x, "cutout")[:, 0].sum([1, 2])
    assert int(cut.max()) == 64
    assert int(cut.min()) >= 16


def test_nothing_is_changed_without_policies():
    x = pictures()
    assert changed(x) is x


def test_a_gpu_moves_pictures_as_a_cpu_does_gradients_too():
    tops, lefts = torch.tensor([0, 4, 2]), torch.tensor([3, 1, 4])
    grown = []
    for cut in (_sliced, _gathered):
        wide = torch.rand(3, 3, 12, 12, generator=torch.Generator().manual_seed(0)).requires_grad_(True)
        cut(wide, tops, lefts, 8).square().sum().backward()
        assert wide.grad is not None
        grown.append((cut(wide, tops, lefts, 8), wide.grad))
    assert all(torch.equal(a, b) for a, b in zip(*grown, strict=True))
