import dataclasses

import numpy as np
import torch

from data.drawn.color import to_oklch
from models.features.augment import Strength, augment
from models.training.randomness import noise

# Changes nothing that one could see; single fields are then set to look at one change alone.
STILL = Strength(
    mirror=0, zoom=(1, 1), stretch=0, shift=0, turn=0, shrink=(1, 1), blur=(0.05, 0.05), sharpen=(1e-6, 1e-6),
    jpeg=(99, 99), noise=0, light=0, contrast=(1, 1), saturation=(1, 1), tint=0, cover=0,
)  # fmt: skip


def pictures(n: int = 16, size: int = 40) -> torch.Tensor:
    """Smooth and coloured, with a white spot at the top, left of the middle."""
    ramp = torch.linspace(-0.5, 0.5, size)
    x = torch.stack([ramp.expand(size, size), ramp.expand(size, size).T, torch.zeros(size, size)])
    x[:, 3:7, 14:18] = 1.0
    return x.expand(n, 3, size, size).contiguous()


def spot(x: torch.Tensor) -> tuple[float, float]:
    """(row, column) of the white spot."""
    rows, columns = torch.nonzero(x.amin(0) > 0.6, as_tuple=True)
    return float(rows.float().mean()), float(columns.float().mean())


def test_without_strength_a_picture_stays_what_it_is():
    x = pictures()
    y, flip, degrees = augment(x, 40, noise(0, 0), STILL)
    assert not flip.any()
    assert not degrees.any()
    assert float((y - x).abs().mean()) < 0.01


def test_the_same_chance_gives_the_same_pictures_and_each_gets_its_own():
    first, second = (augment(pictures(), 32, noise(0, 7), Strength())[0] for _ in range(2))
    assert torch.equal(first, second)
    assert not torch.equal(augment(pictures(), 32, noise(0, 8), Strength())[0], first)
    assert len({round(float(y.mean()), 5) for y in first}) == 16
    assert first.shape == (16, 3, 32, 32)
    assert float(first.abs().max()) <= 1
    assert bool(first.isfinite().all())


def test_what_was_mirrored_is_told():
    y, flip, _ = augment(pictures(), 40, noise(0, 1), dataclasses.replace(STILL, mirror=0.5))
    assert 0 < int(flip.sum()) < 16
    for picture, mirrored in zip(y, flip, strict=True):
        assert (spot(picture)[1] > 20) == bool(mirrored)


def test_what_was_turned_is_told_clockwise_positive():
    y, _, degrees = augment(pictures(), 40, noise(0, 2), dataclasses.replace(STILL, turn=40))
    centre = 19.5
    for picture, turned in zip(y, degrees, strict=True):
        row, column = spot(picture)
        angle = np.degrees(np.arctan2(column - centre, centre - row))  # from straight up, clockwise
        before = np.degrees(np.arctan2(15.5 - centre, centre - 4.5))
        assert abs(angle - before - float(turned)) < 3


def test_jpeg_rounds_finer_the_higher_the_quality():
    x = pictures() + 0.2 * torch.randn(16, 3, 40, 40, generator=noise(1, 1))
    errors = [
        float((augment(x, 40, noise(0, 3), dataclasses.replace(STILL, jpeg=(q, q)))[0] - x.clamp(-1, 1)).abs().mean())
        for q in (15, 50, 95)
    ]
    assert errors[0] > errors[1] > errors[2]


def test_hair_keeps_its_colour_family():
    pink = torch.tensor([240, 150, 190]).view(1, 3, 1, 1) / 127.5 - 1
    y, _, _ = augment(
        pink.expand(64, 3, 16, 16).contiguous(), 16, noise(0, 4), dataclasses.replace(Strength(), cover=0)
    )
    before = to_oklch((240, 150, 190))
    for r, g, b in ((y.mean((2, 3)) + 1) * 127.5).round().int().tolist():
        _, chroma, hue = to_oklch((r, g, b))
        assert chroma > 0.3 * before[1]
        assert abs((hue - before[2] + 180) % 360 - 180) < 35


def test_it_begins_gently():
    x = pictures()
    changes = [
        float((augment(x, 40, noise(0, 6), dataclasses.replace(Strength(), mirror=0).eased(share))[0] - x).abs().mean())
        for share in (0.0, 0.5, 1.0)
    ]
    assert changes[0] < 0.02
    assert changes[0] < changes[1] < changes[2]
    assert Strength().eased(1.0) == Strength()


def test_one_picture_alone_can_be_changed():
    assert augment(pictures(1), 16, noise(0, 5), Strength())[0].shape == (1, 3, 16, 16)
