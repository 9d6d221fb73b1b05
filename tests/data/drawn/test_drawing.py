"""Drawn heads: the same bytes for the same parameters, and labels that say where things are in the picture."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from data.drawn import Drawing, Parameters, draw, parameters, sample_parameters
from data.drawn.color import RGB, to_oklch

try:
    import skia as _skia  # noqa: F401
except ImportError:
    pytest.skip("skia cannot be loaded here (Debian: libegl1 libgl1)", allow_module_level=True)

# A head whose eyes nothing covers.
PLAIN = Parameters(fringe_length=0.0, eye_color="blue", highlight_count=1, hairpin="none")


def hue_distance(one: RGB, other: RGB) -> float:
    return abs((to_oklch(one)[2] - to_oklch(other)[2] + 180) % 360 - 180)


def as_color(values: np.ndarray) -> RGB:
    return int(values[0]), int(values[1]), int(values[2])


def around(drawing: Drawing, name: str, radius: int) -> np.ndarray:
    x, y = (round(v) for v in drawing.labels[name])
    return drawing.pixels[y - radius : y + radius + 1, x - radius : x + radius + 1].reshape(-1, 3)


@pytest.mark.parametrize("size", [33, 96, 128])
def test_a_drawing_is_contiguous_rgb_of_the_size_asked_for(size: int) -> None:
    pixels = draw(sample_parameters(1), size).pixels
    assert pixels.shape == (size, size, 3)
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous


def test_a_size_that_is_no_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="16 to 4096"):
        draw(Parameters(), 8)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_head() -> None:
    first, again, other = (draw(sample_parameters(seed)) for seed in (5, 5, 6))
    assert first.pixels.tobytes() == again.pixels.tobytes()
    assert first.labels == again.labels
    assert np.abs(first.pixels.astype(int) - other.pixels).mean() > 5


def test_labels_are_json_and_hold_every_parameter() -> None:
    parameters = sample_parameters(11)
    labels = json.loads(json.dumps(draw(parameters).labels))
    assert Parameters.from_dict({name: labels[name] for name in parameters.to_dict()}) == parameters


@pytest.mark.parametrize("seed", range(24))
def test_points_and_boxes_lie_in_the_frame_and_in_order(seed: int) -> None:
    size = 96
    labels = draw(sample_parameters(seed), size).labels
    for name in ("left_eye", "right_eye", "mouth", "chin"):
        assert all(0 < v < size for v in labels[name]), name
    assert labels["left_eye"][0] < labels["right_eye"][0]
    assert max(labels["left_eye"][1], labels["right_eye"][1]) < labels["mouth"][1] < labels["chin"][1]
    (fx, fy, fw, fh), (hx, hy, hw, hh) = labels["face_box"], labels["head_box"]
    assert hx <= fx
    assert hy <= fy
    assert hx + hw >= fx + fw
    assert hy + hh >= fy + fh - 0.01
    assert hw > 0.55 * size
    assert hh > 0.55 * size


@pytest.mark.parametrize("yaw", [-30.0, 0.0, 30.0])
def test_eye_points_land_on_irises_of_their_color(yaw: float) -> None:
    drawing = draw(replace(PLAIN, yaw=yaw, pupil=0.25, other_eye_color="red", other_eye_rgb=(200, 30, 40)), 256)
    for name, color in (("left_eye", PLAIN.eye_rgb), ("right_eye", (200, 30, 40))):
        patch = around(drawing, name, 12)
        colored = [pixel for pixel in map(as_color, patch) if to_oklch(pixel)[1] > 0.08]
        near = sum(hue_distance(pixel, color) < 40 for pixel in colored)
        assert near > 0.3 * len(patch), name


def test_turning_moves_the_features_the_way_the_head_looks() -> None:
    def at(name: str, **pose: Any) -> list[float]:
        return draw(replace(PLAIN, **pose)).labels[name]

    for name in ("left_eye", "right_eye", "mouth", "chin"):
        assert at(name, yaw=-30.0)[0] < at(name)[0] < at(name, yaw=30.0)[0]
        assert at(name, pitch=-10.0)[1] < at(name)[1] < at(name, pitch=10.0)[1]
    near, far = at("left_eye", yaw=30.0), at("right_eye", yaw=30.0)
    frontal = at("right_eye")[0] - at("left_eye")[0]
    assert far[0] - near[0] < frontal


def test_roll_turns_the_line_of_the_eyes_by_its_angle() -> None:
    labels = draw(replace(PLAIN, roll=12.0)).labels
    (x0, y0), (x1, y1) = labels["left_eye"], labels["right_eye"]
    assert np.degrees(np.arctan2(y1 - y0, x1 - x0)) == pytest.approx(12.0, abs=0.5)
    assert labels["roll"] == 12.0


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
