import math

import pytest
import torch

from models.stylegan.ada import EVERY, GATES, NORMAL, UNIFORM, Adaptation, chosen


def quiet(n: int) -> dict[str, torch.Tensor]:
    """Nothing is changed, whatever p is."""
    return {
        "gates": torch.ones(n, len(GATES)),
        "uniform": torch.full((n, len(UNIFORM)), 0.9),
        "normal": torch.zeros(n, len(NORMAL)),
    }


def only(
    n: int, gate: str, uniform: dict[str, float] | None = None, normal: dict[str, float] | None = None
) -> dict[str, torch.Tensor]:
    drawn = quiet(n)
    drawn["gates"][:, GATES.index(gate)] = 0
    for name, value in (uniform or {}).items():
        drawn["uniform"][:, UNIFORM.index(name)] = value
    for name, value in (normal or {}).items():
        drawn["normal"][:, NORMAL.index(name)] = value
    return drawn


def ready(p: float = 0.5) -> Adaptation:
    adaptation = Adaptation()
    adaptation.p.fill_(p)
    return adaptation


def soft(n: int = 2, side: int = 32, channels: int = 3) -> torch.Tensor:
    """Pictures without hard edges."""
    x = torch.rand(n, channels, 4, 4) * 2 - 1
    return torch.nn.functional.interpolate(x, (side, side), mode="bicubic")


def test_with_probability_zero_nothing_changes():
    x = torch.rand(4, 3, 32, 32) * 2 - 1
    torch.testing.assert_close(Adaptation()(x, chosen(4, torch.Generator().manual_seed(0))), x, rtol=0, atol=1e-4)


def test_a_flip_and_a_quarter_turn_are_those_of_the_picture():
    x = soft()
    inner = (slice(None), slice(None), slice(4, -4), slice(4, -4))
    flipped = ready()(x, only(2, "flip", {"flip": 0.1}))
    assert float((flipped - x.flip(3))[inner].abs().mean()) < 0.02
    assert float((flipped - x)[inner].abs().mean()) > 0.1
    turned = ready()(x, only(2, "quarter", {"quarter": 0.3}))
    assert min(float((turned - x.rot90(by, [2, 3]))[inner].abs().mean()) for by in (1, -1)) < 0.02


def test_a_move_by_whole_pixels_is_exact():
    x = torch.rand(2, 3, 32, 32) * 2 - 1
    moved = ready()(x, only(2, "whole", {"whole_x": 1.0, "whole_y": 0.5}))
    far = round(0.125 * 32)
    torch.testing.assert_close(moved[:, :, 8:-8, 8:-8], x[:, :, 8:-8, 8 + far : 24 + far], rtol=0, atol=1e-3)


def test_scaling_enlarges_about_the_middle():
    x = torch.zeros(1, 3, 32, 32)
    x[:, :, 12:20, 12:20] = 1
    half = ready()(x, only(1, "scale", normal={"scale": 1 / 0.2}))  # exp2(1): reads twice as far
    assert float(half[:, :, 14:18, 14:18].mean()) > 0.9
    assert float(half.sum()) == pytest.approx(float(x.sum()) / 4, rel=0.1)


def test_colours_change_as_told():
    x = torch.rand(2, 3, 16, 16) * 2 - 1
    brighter = ready()(x, only(2, "brightness", normal={"brightness": 1.0}))
    torch.testing.assert_close(brighter, x + 0.2, rtol=0, atol=1e-4)
    louder = ready()(x, only(2, "contrast", normal={"contrast": 2.0}))
    torch.testing.assert_close(louder, x * 2, rtol=0, atol=1e-3)
    grey = ready()(x, only(2, "saturation", normal={"saturation": -60.0}))
    torch.testing.assert_close(grey, x.mean(1, keepdim=True).expand(-1, 3, -1, -1), rtol=0, atol=1e-3)
    turned = ready()(x, only(2, "hue", {"hue": 0.5 + 1 / 3}))  # 120 degrees: channels change places
    assert min(float((turned - x.roll(by, 1)).abs().max()) for by in (1, 2)) < 1e-3
    inverted = ready()(x, only(2, "luma", {"luma": 0.1}))
    torch.testing.assert_close(inverted.mean(1), -x.mean(1), rtol=0, atol=1e-3)


def test_grey_and_transparent_pictures_are_changed_too():
    for channels in (1, 4):
        x = soft(2, 16, channels)
        y = ready(1.0)(x, chosen(2, torch.Generator().manual_seed(0)))
        assert y.shape == x.shape
        assert bool(torch.isfinite(y).all())
    x = soft(1, 16, 4)
    torch.testing.assert_close(
        ready()(x, only(1, "contrast", normal={"contrast": 2.0}))[:, 3], x[:, 3], rtol=0, atol=1e-4
    )


def test_gradients_flow_through_all_of_it():
    x = soft().requires_grad_(True)
    ready(1.0)(x, chosen(2, torch.Generator().manual_seed(1))).square().sum().backward()
    assert x.grad is not None
    assert float(x.grad.abs().mean()) > 0


@pytest.mark.parametrize(("sign", "goes"), [(1.0, 1), (0.0, -1)])
def test_the_probability_follows_the_signs(sign: float, goes: int):
    adaptation = ready(0.5)
    adaptation.target, adaptation.kimg = 0.6, 1.0
    for _ in range(EVERY - 1):
        adaptation.watch(torch.tensor(sign * 10), 10)
        assert float(adaptation.p) == 0.5
    adaptation.watch(torch.tensor(sign * 10), 10)
    assert float(adaptation.p) == pytest.approx(0.5 + goes * EVERY * 10 / 1000)
    assert float(adaptation.seen) == 0


def test_the_probability_stays_between_zero_and_one():
    for sign, end in ((1.0, 1.0), (-1.0, 0.0)):
        adaptation = Adaptation(kimg=0.01)
        for _ in range(40):
            adaptation.watch(torch.tensor(sign * 8), 8)
        assert float(adaptation.p) == end


def test_changes_are_as_frequent_as_the_probability():
    drawn = chosen(4000, torch.Generator().manual_seed(0))
    share = (drawn["gates"] < 0.3).float().mean(0)
    assert bool(((share - 0.3).abs() < 0.04).all())
    assert math.isclose(float(drawn["normal"].std()), 1.0, rel_tol=0.05)
