"""Drawn cats: coats and eyes as named, a picture for every choice. What holds of all heads is in test_heads.py."""

from dataclasses import replace

import numpy as np
import pytest

from data.drawn.cats import (
    CAT_COLLARS,
    CAT_EYE_SHAPES,
    CAT_MOUTHS,
    COATS,
    NOSES,
    CatParameters,
    draw_cat,
    sample_cat,
)
from data.drawn.color import to_oklch
from data.drawn.parameters import BACKGROUNDS, STYLES
from tests.data.drawn.pixels import around, as_color, hue_distance

try:
    import skia as _skia  # noqa: F401
except ImportError:
    pytest.skip("skia cannot be loaded here (Debian: libegl1 libgl1)", allow_module_level=True)

PLAIN = CatParameters(background="plain", whiskers=0.0, pupil=0.2)


def test_without_a_background_the_corner_is_clear_and_the_nose_is_not() -> None:
    drawing = draw_cat(replace(PLAIN, background="transparent"), 96)
    assert drawing.pixels.shape == (96, 96, 4)
    x, y = (round(v) for v in drawing.labels["mouth"])
    assert drawing.pixels[2, 2, 3] == 0
    assert drawing.pixels[y - 4, x, 3] == 255


@pytest.mark.parametrize("yaw", [-30.0, 0.0, 30.0])
def test_eye_points_land_on_irises_of_their_color(yaw: float) -> None:
    eyes = {"left_eye": (60, 130, 220), "right_eye": (90, 190, 80)}
    cat = replace(
        PLAIN,
        yaw=yaw,
        eye_rgb=eyes["left_eye"],
        other_eye_rgb=eyes["right_eye"],
        other_eye_color="green",
        highlight=0.0,
    )
    drawing = draw_cat(cat, 256)
    for name, color in eyes.items():
        patch = around(drawing, name, 10)
        near = [p for p in map(as_color, patch) if to_oklch(p)[1] > 0.06 and hue_distance(p, color) < 40]
        assert len(near) > 0.3 * len(patch), name


def test_a_solid_coat_covers_the_brow_in_its_color() -> None:
    for family in ("black", "white", "orange", "chocolate"):
        cat = sample_cat(
            3, coat="solid", coat_color=family, crest=0.0, yaw=0.0, roll=0.0, pitch=0.0, style="cel", flower=False
        )
        drawing = draw_cat(cat, 128)
        (x0, y0), (x1, y1) = drawing.labels["left_eye"], drawing.labels["right_eye"]
        x, y = round((x0 + x1) / 2), round((y0 + y1) / 2 - 0.25 * (x1 - x0))
        pixel = as_color(np.median(drawing.pixels[y - 3 : y + 4, x - 3 : x + 4].reshape(-1, 3), axis=0))
        assert abs(to_oklch(pixel)[0] - to_oklch(cat.coat_rgb)[0]) < 0.12, family


def test_points_of_a_siamese_are_darker_than_its_cheeks() -> None:
    cat = sample_cat(2, coat="siamese", yaw=0.0, roll=0.0, style="cel", mark_rgb=(80, 62, 56), blush=0.0)
    drawing = draw_cat(cat, 128)
    (x0, y0), (x1, y1) = drawing.labels["left_eye"], drawing.labels["right_eye"]
    x, y = round((x0 + x1) / 2), round((y0 + y1) / 2 + 3)
    _, hy, _, _ = drawing.labels["head_box"]
    middle, brow = drawing.pixels[y, x].mean(), drawing.pixels[round(0.55 * hy + 0.45 * y0), x].mean()
    assert middle < brow - 40


def test_what_is_fixed_stays_and_what_is_unknown_is_refused() -> None:
    cat = sample_cat(4, coat="siamese", collar="bell")
    assert (cat.coat, cat.collar, cat.eye_color) == ("siamese", "bell", sample_cat(4, coat="siamese").eye_color)
    with pytest.raises(TypeError, match="no such parameter: wings"):
        sample_cat(4, wings=2)
    with pytest.raises(ValueError, match="coat is one of"):
        sample_cat(4, coat="plaid")
    with pytest.raises(ValueError, match="no such parameter: wings"):
        CatParameters.from_dict({"wings": 2})


CHOICES = {
    "coat": COATS,
    "eye_shape": CAT_EYE_SHAPES,
    "mouth_shape": CAT_MOUTHS,
    "nose": NOSES,
    "collar": CAT_COLLARS,
    "background": tuple(name for name in BACKGROUNDS if name != "transparent"),
    "style": STYLES,
    "ear_fold": (0.0, 1.0),
    "wink": (0, -1, 1),
    "flower": (False, True),
}


@pytest.mark.parametrize("name", CHOICES)
def test_every_choice_draws_a_picture_of_its_own(name: str) -> None:
    base = replace(CatParameters(), white=0.0)
    pictures = [draw_cat(replace(base, **{name: value})).pixels.tobytes() for value in CHOICES[name]]
    assert len(set(pictures)) == len(pictures)
