"""Necks and clothes under heads of every pose."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import skia

from data.drawn.clothes.body import draw_body
from data.drawn.clothes.trunk import Body
from data.drawn.figure import Figure
from data.drawn.geometry import PIVOT
from data.drawn.parameters import COLLARS, Parameters

POSES = [(0, 0, 0), (35, 0, 0), (-35, 0, 0), (20, 15, 20), (-20, -15, -20)]


def painted(parameters: Parameters, size: int = 96) -> np.ndarray:
    """The body alone on nothing: (size, size, 4) uint8."""
    figure = Figure(parameters, size)
    pixels = np.zeros((size, size, 4), np.uint8)
    info = skia.ImageInfo.Make(size, size, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType)
    with skia.Surface.MakeRasterDirect(info, pixels) as canvas:
        pose = figure.pose
        canvas.translate(*pose.origin)
        canvas.scale(pose.unit, pose.unit)
        canvas.translate(0, PIVOT)
        canvas.rotate(math.degrees(pose.roll) / 2)
        canvas.translate(0, -PIVOT)
        draw_body(canvas, figure)
    return pixels


@pytest.mark.parametrize("collar", COLLARS)
@pytest.mark.parametrize(("yaw", "pitch", "roll"), POSES)
def test_no_hole_opens_between_the_chin_and_the_bottom_edge(collar: str, yaw: int, pitch: int, roll: int) -> None:
    parameters = replace(Parameters(), collar=collar, yaw=yaw, pitch=pitch, roll=roll)
    figure = Figure(parameters, 96)
    x, y = figure.pose.pixel((Body(figure).base[0], figure.chin[1] - 0.05))
    column = painted(parameters)[round(y) :, round(x), 3]
    assert column.size > 8
    assert column.min() == 255


@pytest.mark.parametrize("collar", COLLARS)
def test_the_cloth_wears_the_colour_it_is_given(collar: str) -> None:
    red, blue = (painted(replace(Parameters(), collar=collar, cloth_rgb=c)) for c in ((190, 40, 50), (40, 60, 190)))
    assert (red != blue).any(axis=2).sum() > 60


def test_men_have_broader_necks_and_shoulders_than_girls() -> None:
    girl = Body(Figure(Parameters(age=0.2, masculine=0.0), 96))
    man = Body(Figure(Parameters(age=0.9, masculine=1.0), 96))
    assert man.neck > 1.3 * girl.neck
    assert man.width > 1.15 * girl.width


def test_the_shoulders_fall_all_the_way_from_the_neck_to_the_arms() -> None:
    body = Body(Figure(Parameters(), 96))
    heights = [body.slope(x) for x in np.linspace(body.neck, body.width, 30)]
    assert all(b > a for a, b in pairwise(heights))
    assert body.slope(-0.8) == body.slope(0.8)


def test_the_trunk_turns_with_the_head_but_less() -> None:
    body = Body(Figure(Parameters(yaw=30.0), 96))
    assert 0.0 < body.turn < body.figure.pose.turn
