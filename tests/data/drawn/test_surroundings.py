"""Backdrops: their colours, their lightness, their size."""

import numpy as np
import pytest
import skia

from data.drawn.color import RGB, oklch, to_oklch
from data.drawn.figure import Figure
from data.drawn.parameters import BACKGROUNDS, Parameters
from data.drawn.surroundings.background import draw_background

PALE, DARK = oklch(0.9, 0.05, 240), oklch(0.40, 0.06, 150)


def painted(background: str, color: RGB, size: int = 64, seed: int = 0) -> np.ndarray:
    """The backdrop alone: (size, size, 4) uint8."""
    figure = Figure(Parameters(seed, background=background, background_rgb=color, background_other_rgb=color), size)
    pixels = np.zeros((size, size, 4), np.uint8)
    info = skia.ImageInfo.Make(size, size, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType)
    with skia.Surface.MakeRasterDirect(info, pixels) as canvas:
        canvas.scale(size, size)
        draw_background(canvas, figure)
    return pixels


def mean(pixels: np.ndarray) -> RGB:
    r, g, b = (round(float(v)) for v in pixels[..., :3].reshape(-1, 3).mean(0))
    return r, g, b


@pytest.mark.parametrize("background", [name for name in BACKGROUNDS if name != "transparent"])
@pytest.mark.parametrize("color", [PALE, DARK])
def test_a_backdrop_fills_the_frame_and_stays_about_as_light_as_its_colour(background: str, color: RGB) -> None:
    for seed in range(4):
        pixels = painted(background, color, seed=seed)
        assert pixels[..., 3].min() == 255
        assert abs(to_oklch(mean(pixels))[0] - to_oklch(color)[0]) < 0.14, seed


def test_a_transparent_backdrop_leaves_the_picture_empty() -> None:
    assert not painted("transparent", PALE).any()


def test_a_sky_is_blue_by_day_and_dark_blue_by_night_whatever_the_hue() -> None:
    day, night = painted("sky", oklch(0.9, 0.05, 200)), painted("sky", DARK)
    for pixels in (day, night):
        assert 215 < to_oklch(mean(pixels[:16]))[2] < 295
    assert to_oklch(mean(night))[0] < 0.5 < to_oklch(mean(day))[0]


@pytest.mark.parametrize("background", ["sky", "indoor", "outdoor"])
def test_a_scene_is_the_same_at_every_size(background: str) -> None:
    small, large = painted(background, PALE, 64), painted(background, PALE, 128)
    halved = large.reshape(64, 2, 64, 2, 4).mean((1, 3))
    assert np.abs(halved - small).mean() < 1.0
