"""What holds of every drawn head, a person's and a cat's: the same bytes for the same parameters, labels in place."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from data.drawn import Drawing, Parameters, draw, sample_parameters
from data.drawn.cats import CatParameters, draw_cat, sample_cat

try:
    import skia as _skia  # noqa: F401
except ImportError:
    pytest.skip("skia cannot be loaded here (Debian: libegl1 libgl1)", allow_module_level=True)


@dataclass(frozen=True)
class Kind:
    draw: Callable[..., Drawing]
    sample: Callable[..., Any]
    plain: Any  # looks straight ahead, with eyes that nothing covers
    least: float  # of a head's width and height, share of the frame


KINDS = {
    "person": Kind(draw, sample_parameters, Parameters(fringe_length=0.0), 0.55),
    "cat": Kind(draw_cat, sample_cat, CatParameters(), 0.45),
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[request.param]


@pytest.mark.parametrize("size", [33, 64, 96, 128])
def test_a_drawing_is_contiguous_rgb_of_the_size_asked_for(kind: Kind, size: int) -> None:
    pixels = kind.draw(kind.sample(1), size).pixels
    assert pixels.shape == (size, size, 3)
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous


def test_a_size_that_is_no_picture_is_refused(kind: Kind) -> None:
    with pytest.raises(ValueError, match="16 to 4096"):
        kind.draw(kind.plain, 8)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_head(kind: Kind) -> None:
    first, again, other = (kind.draw(kind.sample(seed)) for seed in (5, 5, 6))
    assert first.pixels.tobytes() == again.pixels.tobytes()
    assert first.labels == again.labels
    assert np.abs(first.pixels.astype(int) - other.pixels).mean() > 5


def test_labels_are_json_and_hold_every_parameter(kind: Kind) -> None:
    parameters = kind.sample(11)
    labels = json.loads(json.dumps(kind.draw(parameters).labels))
    assert type(parameters).from_dict({name: labels[name] for name in parameters.to_dict()}) == parameters


@pytest.mark.parametrize("seed", range(24))
def test_points_and_boxes_lie_in_the_frame_and_in_order(kind: Kind, seed: int) -> None:
    size = 96
    labels = kind.draw(kind.sample(seed), size).labels
    for name in ("left_eye", "right_eye", "mouth", "chin"):
        assert all(0 < v < size for v in labels[name]), name
    assert labels["left_eye"][0] < labels["right_eye"][0]
    assert max(labels["left_eye"][1], labels["right_eye"][1]) < labels["mouth"][1] < labels["chin"][1]
    (fx, fy, fw, fh), (hx, hy, hw, hh) = labels["face_box"], labels["head_box"]
    assert hx <= fx
    assert hy <= fy
    assert hx + hw >= fx + fw - 0.01
    assert hy + hh >= fy + fh - 0.01
    assert min(hw, hh) > kind.least * size


def test_turning_moves_the_features_the_way_the_head_looks(kind: Kind) -> None:
    def at(name: str, **pose: Any) -> list[float]:
        return kind.draw(replace(kind.plain, **pose)).labels[name]

    for name in ("left_eye", "right_eye", "mouth", "chin"):
        assert at(name, yaw=-30.0)[0] < at(name)[0] < at(name, yaw=30.0)[0]
        assert at(name, pitch=-10.0)[1] < at(name)[1] < at(name, pitch=10.0)[1]
    near, far = at("left_eye", yaw=30.0), at("right_eye", yaw=30.0)
    frontal = at("right_eye")[0] - at("left_eye")[0]
    assert far[0] - near[0] < frontal


def test_roll_turns_the_line_of_the_eyes_by_its_angle(kind: Kind) -> None:
    labels = kind.draw(replace(kind.plain, roll=12.0)).labels
    (x0, y0), (x1, y1) = labels["left_eye"], labels["right_eye"]
    assert np.degrees(np.arctan2(y1 - y0, x1 - x0)) == pytest.approx(12.0, abs=0.5)
    assert labels["roll"] == 12.0
