import math
from typing import Any

import pytest
import torch

from models.twingan import scenes

SIDE = 16


def still(n: int, flip: bool = False) -> dict[str, torch.Tensor]:
    """What `chosen` chooses where nothing moves."""
    found = dict(scenes.chosen(n, torch.Generator().manual_seed(0)))
    if flip:
        found["theta"][:, :, 0] *= -1
        found["flip"] |= True
    return found


def picture(n: int = 4) -> torch.Tensor:
    """uint8 (n, SIDE, SIDE, 4): a person, red, in the middle third, before a background that is blue on the left."""
    pixels = torch.zeros(n, SIDE, SIDE, 4, dtype=torch.uint8)
    pixels[:, :, : SIDE // 2, 2] = 200
    pixels[:, :, 5:11] = torch.tensor([255, 0, 0, 255], dtype=torch.uint8)
    return pixels


def background(**changes: Any) -> dict[str, torch.Tensor]:
    n = 4
    given: dict[str, torch.Tensor] = {"behind": torch.full((n,), scenes.OWN), "corners": torch.zeros(n, 3, 2, 2)}
    return given | changes


def test_what_is_not_moved_stays_as_it_is():
    pixels = picture()
    shown, corners = scenes.photographed(pixels, still(4) | background(), swap=True)
    torch.testing.assert_close(shown, scenes.layers(pixels)[0], atol=1e-4, rtol=0)
    blue = (corners[:, 2] + 1) / 2 * 255
    torch.testing.assert_close(blue[:, :, 0], torch.full((4, 2), 200.0), atol=3, rtol=0)
    torch.testing.assert_close(blue[:, :, 1], torch.zeros(4, 2), atol=3, rtol=0)


def test_a_mirrored_picture_has_a_mirrored_background():
    shown, corners = scenes.photographed(picture(), still(4, flip=True) | background(), swap=True)
    torch.testing.assert_close(shown, scenes.layers(picture())[0].flip(3), atol=1e-4, rtol=0)
    assert bool((corners[:, 2, :, 1] > corners[:, 2, :, 0]).all())


def test_another_background_leaves_the_person():
    green = torch.tensor([-1.0, 1.0, -1.0]).view(1, 3, 1, 1).expand(4, 3, 2, 2)
    behind = torch.tensor([scenes.PLAIN, scenes.OWN, scenes.PLAIN, scenes.OWN])
    shown, corners = scenes.photographed(picture(), still(4) | background(behind=behind, corners=green), swap=True)
    assert torch.equal(shown[0, :, 3, 7], torch.tensor([1.0, -1.0, -1.0]))
    torch.testing.assert_close(shown[0, :, 3, 1], torch.tensor([-1.0, 1.0, -1.0]))
    assert torch.equal(corners[2], green[2])
    torch.testing.assert_close(shown[1], scenes.layers(picture())[0][1], atol=1e-4, rtol=0)


def test_the_person_behind_whom_it_stood_does_not_come_with_another_s_background():
    pixels = picture()
    pixels[2:, :, 5:11, :3] = torch.tensor([0, 255, 0], dtype=torch.uint8)
    pixels[:, :, 5:11, 3] = 0
    pixels[2:, :, 5:11, 3] = 255  # the second two are somebody, the first two nobody
    behind = torch.full((4,), scenes.OTHERS)
    shown, _ = scenes.photographed(pixels, still(4) | background(behind=behind), swap=True)
    assert float(shown[0, 1].max()) < 0  # no green person looks out


@pytest.mark.parametrize("flip", [False, True])
def test_a_drawing_is_moved_with_its_photo_and_stands_before_its_colours(flip: bool):
    corners = torch.rand(4, 3, 2, 2) * 2 - 1
    drawing = picture()
    drawing[..., 3] = 0
    drawing[:, 2:4, 2:4] = torch.tensor([255, 255, 255, 255], dtype=torch.uint8)
    drawn = scenes.drawn(drawing, still(4, flip)["theta"], corners)
    across = slice(SIDE - 4, SIDE - 2) if flip else slice(2, 4)
    torch.testing.assert_close(drawn[:, :, 2:4, across], torch.ones(4, 3, 2, 2), atol=1e-4, rtol=0)
    torch.testing.assert_close(drawn[:, :, 0, 0], corners[:, :, 0, 0])
    torch.testing.assert_close(drawn[:, :, -1, -1], corners[:, :, 1, 1])


def test_a_turned_picture_leans_as_its_label_says():
    chosen = dict(scenes.chosen(200, torch.Generator().manual_seed(1), moved=1.0))
    pixels = torch.zeros(200, 64, 64, 4, dtype=torch.uint8)
    pixels[:, 4:12, 30:34] = 255  # a mark at the top, which goes right where the head leans clockwise
    shown = scenes.moved(scenes.layers(pixels)[0] + 1, chosen["theta"], "border")[:, 0]
    ramp = torch.linspace(-1, 1, 64)
    mass = shown.sum((1, 2)).clamp(min=1e-6)
    across, down = (shown.sum(1) * ramp).sum(1) / mass, (shown.sum(2) * ramp).sum(1) / mass
    middle = torch.linalg.solve(chosen["theta"][:, :, :2], -chosen["theta"][:, :, 2])  # where the old middle went
    angle = torch.atan2(across - middle[:, 0], middle[:, 1] - down) * 180 / math.pi
    torch.testing.assert_close(angle, chosen["roll"] * 20, atol=1.5, rtol=0)
    assert float(chosen["roll"].abs().max()) * 20 > 8


def test_chance_that_is_off_changes_nothing():
    chosen = scenes.chosen(5, torch.Generator().manual_seed(0))
    assert torch.equal(chosen["theta"], torch.tensor([[[1.0, 0, 0], [0, 1, 0]]]).expand(5, 2, 3))
    assert torch.equal(chosen["gain"], torch.ones(5, 3, 1, 1))
    assert not bool(chosen["flip"].any())
    swapped = scenes.swapped(400, torch.Generator().manual_seed(0), 0.5)["behind"]
    assert [int((swapped == kind).sum()) for kind in (scenes.OWN, scenes.PLAIN, scenes.OTHERS)] == pytest.approx(
        [200, 100, 100], abs=35
    )
