"""Drawn cats: the same bytes for the same parameters, coats and eyes as named, labels where things are."""

import json
from dataclasses import replace
from typing import Any

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
from data.drawn.color import RGB, to_oklch
from data.drawn.parameters import BACKGROUNDS, STYLES

try:
    import skia as _skia  # noqa: F401
except ImportError:
    pytest.skip("skia cannot be loaded here (Debian: libegl1 libgl1)", allow_module_level=True)

PLAIN = CatParameters(background="plain", whiskers=0.0, pupil=0.2)


def as_color(values: np.ndarray) -> RGB:
    return int(values[0]), int(values[1]), int(values[2])


def hue_distance(one: RGB, other: RGB) -> float:
    return abs((to_oklch(one)[2] - to_oklch(other)[2] + 180) % 360 - 180)


@pytest.mark.parametrize("size", [33, 64, 128])
def test_a_cat_is_contiguous_rgb_of_the_size_asked_for(size: int) -> None:
    pixels = draw_cat(sample_cat(1), size).pixels
    assert pixels.shape == (size, size, 3)
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous


def test_without_a_background_the_corner_is_clear_and_the_nose_is_not() -> None:
    drawing = draw_cat(replace(PLAIN, background="transparent"), 96)
    assert drawing.pixels.shape == (96, 96, 4)
    x, y = (round(v) for v in drawing.labels["mouth"])
    assert drawing.pixels[2, 2, 3] == 0
    assert drawing.pixels[y - 4, x, 3] == 255


def test_a_size_that_is_no_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="16 to 4096"):
        draw_cat(CatParameters(), 8)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_cat() -> None:
    first, again, other = (draw_cat(sample_cat(seed)) for seed in (5, 5, 6))
    assert first.pixels.tobytes() == again.pixels.tobytes()
    assert first.labels == again.labels
    assert np.abs(first.pixels.astype(int) - other.pixels).mean() > 5


def test_labels_are_json_and_hold_every_parameter() -> None:
    parameters = sample_cat(11)
    labels = json.loads(json.dumps(draw_cat(parameters).labels))
    assert CatParameters.from_dict({name: labels[name] for name in parameters.to_dict()}) == parameters


@pytest.mark.parametrize("seed", range(16))
def test_points_and_boxes_lie_in_the_frame_and_in_order(seed: int) -> None:
    size = 96
    labels = draw_cat(sample_cat(seed), size).labels
    for name in ("left_eye", "right_eye", "mouth", "chin"):
        assert all(0 < v < size for v in labels[name]), name
    assert labels["left_eye"][0] < labels["right_eye"][0]
    assert max(labels["left_eye"][1], labels["right_eye"][1]) < labels["mouth"][1] < labels["chin"][1]
    (fx, fy, fw, fh), (hx, hy, hw, hh) = labels["face_box"], labels["head_box"]
    assert hx <= fx
    assert hy <= fy
    assert hx + hw >= fx + fw - 0.01
    assert hy + hh >= fy + fh - 0.01
    assert hw > 0.45 * size


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
        x, y = (round(v) for v in drawing.labels[name])
        patch = drawing.pixels[y - 10 : y + 11, x - 10 : x + 11].reshape(-1, 3)
        near = [p for p in map(as_color, patch) if to_oklch(p)[1] > 0.06 and hue_distance(p, color) < 40]
        assert len(near) > 0.3 * len(patch), name


def test_turning_moves_the_features_the_way_the_head_looks() -> None:
    def at(name: str, **pose: Any) -> list[float]:
        return draw_cat(replace(PLAIN, **pose)).labels[name]

    for name in ("left_eye", "right_eye", "mouth"):
        assert at(name, yaw=-30.0)[0] < at(name)[0] < at(name, yaw=30.0)[0]
        assert at(name, pitch=-10.0)[1] < at(name)[1] < at(name, pitch=10.0)[1]


def test_roll_turns_the_line_of_the_eyes_by_its_angle() -> None:
    labels = draw_cat(replace(PLAIN, roll=12.0)).labels
    (x0, y0), (x1, y1) = labels["left_eye"], labels["right_eye"]
    assert np.degrees(np.arctan2(y1 - y0, x1 - x0)) == pytest.approx(12.0, abs=0.5)


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
