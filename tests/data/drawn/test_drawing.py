"""Drawn people: colours as named, a picture for every choice. What holds of all heads is in test_heads.py."""

from dataclasses import replace

import numpy as np
import pytest

from data.drawn import Parameters, draw, parameters, sample_parameters
from data.drawn.color import to_oklch
from tests.data.drawn.pixels import around, as_color, hue_distance

try:
    import skia as _skia  # noqa: F401
except ImportError:
    pytest.skip("skia cannot be loaded here (Debian: libegl1 libgl1)", allow_module_level=True)

# A head whose eyes nothing covers.
PLAIN = Parameters(fringe_length=0.0, eye_color="blue", highlight_count=1, hairpin="none")


@pytest.mark.parametrize("yaw", [-30.0, 0.0, 30.0])
def test_eye_points_land_on_irises_of_their_color(yaw: float) -> None:
    drawing = draw(replace(PLAIN, yaw=yaw, pupil=0.25, other_eye_color="red", other_eye_rgb=(200, 30, 40)), 256)
    for name, color in (("left_eye", PLAIN.eye_rgb), ("right_eye", (200, 30, 40))):
        patch = around(drawing, name, 12)
        colored = [pixel for pixel in map(as_color, patch) if to_oklch(pixel)[1] > 0.08]
        near = sum(hue_distance(pixel, color) < 40 for pixel in colored)
        assert near > 0.3 * len(patch), name


def test_closed_eyes_have_no_iris() -> None:
    opened, closed = (draw(replace(PLAIN, eye_open=o), 128) for o in (1.0, 0.0))
    blue = [sum(int(p[2]) > int(p[0]) + 40 for p in around(d, "left_eye", 6)) for d in (opened, closed)]
    assert blue[0] > 40
    assert blue[1] == 0


def test_the_hair_family_colors_the_hair() -> None:
    for family in ("red", "blue", "green", "black", "white"):
        parameters = sample_parameters(
            2, hair_color=family, dye="none", yaw=0.0, roll=0.0, ribbon="none", hairband=False
        )
        drawing = draw(parameters, 128)
        x, y, w, h = drawing.labels["head_box"]
        top = drawing.pixels[int(y + 0.1 * h) : int(y + 0.3 * h), int(x + 0.3 * w) : int(x + 0.7 * w)].reshape(-1, 3)
        pixel = as_color(np.median(top, axis=0))
        assert abs(to_oklch(pixel)[0] - to_oklch(parameters.hair_rgb)[0]) < 0.15, family
        if family not in ("black", "white"):
            assert hue_distance(pixel, parameters.hair_rgb) < 25, family


CHOICES = {
    "fringe": parameters.FRINGES,
    "back": parameters.BACKS,
    "eye_shape": parameters.EYE_SHAPES,
    "mouth_shape": parameters.MOUTHS,
    "background": parameters.BACKGROUNDS,
    "collar": parameters.COLLARS,
    "dye": parameters.HAIR_DYES,
    "ears": parameters.EARS,
    "glasses": parameters.GLASSES,
    "ribbon": parameters.RIBBONS,
    "hairpin": parameters.HAIRPINS,
    "headwear": parameters.HEADWEAR,
    "mask": parameters.MASKS,
    "style": parameters.STYLES,
    "hairband": (False, True),
    "wink": (0, -1, 1),
}


@pytest.mark.parametrize("name", CHOICES)
def test_every_choice_draws_a_picture_of_its_own(name: str) -> None:
    base = replace(Parameters(), back="short", side_locks=0.0, mouth_open=0.9, hair_tip_rgb=(220, 90, 160))
    pictures = [draw(replace(base, **{name: value})).pixels.tobytes() for value in CHOICES[name]]
    assert len(set(pictures)) == len(pictures)
