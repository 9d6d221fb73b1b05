"""What is worn: every name draws something of its own, on the right place, and turns with the head."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from data.drawn import Parameters, draw
from data.drawn.figure import Figure
from data.drawn.parameters import GLASSES, HAIRPINS, HEADWEAR, MASKS, RIBBONS

try:
    import skia as _skia  # noqa: F401
except ImportError:
    pytest.skip("skia cannot be loaded here (Debian: libegl1 libgl1)", allow_module_level=True)

from data.drawn.worn import covered_eye, covers_crown
from data.drawn.worn.pins import place_pin
from data.drawn.worn.solid import hull, spot

SIZE = 128
BARE = Parameters(back="short", side_locks=0.2, background="plain", style="flat", scale=0.27)


def changed(worn: Parameters, bare: Parameters) -> np.ndarray:
    """(SIZE, SIZE) bool: where the two pictures differ visibly."""
    one, other = (draw(p, SIZE).pixels.astype(int) for p in (worn, bare))
    return np.abs(one - other).max(axis=2) > 24


def middle(mask: np.ndarray) -> tuple[float, float]:
    ys, xs = np.nonzero(mask)
    return float(xs.mean()), float(ys.mean())


CHOICES: dict[str, tuple[Any, ...]] = {
    "headwear": HEADWEAR,
    "glasses": GLASSES,
    "ribbon": RIBBONS,
    "hairpin": HAIRPINS,
    "mask": MASKS,
    "hairband": (False, True),
    "ears": ("human", "cat", "elf"),
}


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.parametrize("yaw", [-35.0, 0.0, 35.0])
def test_every_name_is_drawn_and_none_like_another(name: str, yaw: float) -> None:
    pictures = [draw(replace(BARE, yaw=yaw, **{name: value}), SIZE).pixels.tobytes() for value in CHOICES[name]]
    assert len(set(pictures)) == len(pictures)


@pytest.mark.parametrize("name", [n for n in HEADWEAR if n not in ("none", "headphones")])
def test_hats_lie_over_the_eyes_and_leave_them_free(name: str) -> None:
    found = changed(replace(BARE, headwear=name), BARE)
    labels = draw(BARE, SIZE).labels
    eyes = round((labels["left_eye"][1] + labels["right_eye"][1]) / 2)
    assert found[:eyes].sum() > 300
    assert found[eyes - 2 : eyes + 3, round(labels["left_eye"][0]) : round(labels["right_eye"][0])].sum() == 0


@pytest.mark.parametrize("side", [-1, 1])
@pytest.mark.parametrize("pin", HAIRPINS[1:])
def test_a_pin_sits_on_the_side_that_is_asked_for_above_the_eye(pin: str, side: int) -> None:
    found = changed(replace(BARE, hairpin=pin, hairpin_side=side), BARE)
    x, y = middle(found)
    labels = draw(BARE, SIZE).labels
    assert (x - SIZE / 2) * side > 0.1 * SIZE
    assert labels["head_box"][1] < y < labels["left_eye"][1]


def test_a_pin_turns_with_the_head() -> None:
    places = [place_pin(Figure(replace(BARE, hairpin="flower", yaw=yaw), SIZE)).at[0] for yaw in (-30.0, 0.0, 30.0)]
    assert places[0] < places[1] < places[2]


def test_ribbons_are_tied_on_their_sides() -> None:
    left, right = (changed(replace(BARE, ribbon=name), BARE) for name in ("left", "right"))
    assert middle(left)[0] < SIZE / 2 - 10
    assert middle(right)[0] > SIZE / 2 + 10
    both = changed(replace(BARE, ribbon="both"), BARE)
    assert both[:, : SIZE // 2].any()
    assert both[:, SIZE // 2 :].any()


@pytest.mark.parametrize("yaw", [-25.0, 0.0, 25.0])
def test_a_medical_mask_covers_the_mouth_and_no_eye(yaw: float) -> None:
    bare = replace(BARE, yaw=yaw, mouth_shape="open_smile", mouth_open=1.0)
    masked = replace(bare, mask="medical")
    found, labels = changed(masked, bare), draw(bare, SIZE).labels
    x, y = (round(v) for v in labels["mouth"])
    assert found[y - 1 : y + 3, x - 3 : x + 4].mean() > 0.8
    for name in ("left_eye", "right_eye"):
        x, y = (round(v) for v in labels[name])
        assert not found[y - 4 : y + 5, x - 4 : x + 5].any()


def test_an_eyepatch_covers_the_eye_that_it_says_and_the_other_stays() -> None:
    sides = set()
    for seed in range(8):
        bare = replace(BARE, seed=seed)
        patched = replace(bare, mask="eyepatch")
        sign = covered_eye(Figure(patched, SIZE))
        found, labels = changed(patched, bare), draw(bare, SIZE).labels
        for name, own in (("left_eye", -1.0), ("right_eye", 1.0)):
            x, y = (round(v) for v in labels[name])
            share = found[y - 4 : y + 5, x - 4 : x + 5].mean()
            assert share > 0.6 if own == sign else share == 0, (seed, name)
        sides.add(sign)
    assert sides == {-1.0, 1.0}
    assert covered_eye(Figure(BARE, SIZE)) == 0.0


@pytest.mark.parametrize("glasses", GLASSES[1:])
def test_glasses_frame_the_eyes_and_leave_the_iris_visible(glasses: str) -> None:
    found, labels = changed(replace(BARE, glasses=glasses), BARE), draw(BARE, SIZE).labels
    for name in ("left_eye", "right_eye"):
        x, y = (round(v) for v in labels[name])
        assert found[y - 3 : y + 4, x - 3 : x + 4].mean() < 0.1
        assert found[y - 20 : y + 21, x - 20 : x + 21].sum() > 15


def test_cat_ears_stand_over_the_head() -> None:
    found = changed(replace(BARE, ears="cat"), BARE)
    top = round(draw(BARE, SIZE).labels["head_box"][1])
    above = found[: top + 4]
    assert above[:, : SIZE // 2].sum() > 20
    assert above[:, SIZE // 2 :].sum() > 20


def test_only_hats_cover_the_crown() -> None:
    covering = {name for name in HEADWEAR if covers_crown(replace(BARE, headwear=name))}
    assert covering == {"beret", "cap", "witch", "straw", "beanie"}


def test_a_place_at_the_back_of_the_head_faces_away() -> None:
    figure = Figure(BARE, SIZE)
    assert spot(figure, 0.0, 10.0).facing > 0.8
    assert spot(figure, 170.0, 10.0).facing < -0.8


def test_a_hull_leaves_out_what_lies_inside() -> None:
    corners = [(0.0, 0.0), (2.0, 0.0), (2.0, 1.0), (0.0, 1.0)]
    assert set(hull([*corners, (1.0, 0.5), (0.5, 0.2)])) == set(corners)
