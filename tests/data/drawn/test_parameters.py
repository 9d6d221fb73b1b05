"""Parameters by chance: the same everywhere, overridable, through JSON and back, and without skia."""

import json
import subprocess
import sys

import pytest

from data.drawn import EYE_COLORS, HAIR_COLORS, Parameters, sample_parameters
from data.drawn.color import oklch, to_oklch
from data.drawn.parameters import BACKS, FRINGES, MOUTHS


def test_the_same_seed_gives_the_same_parameters_in_another_process() -> None:
    code = "import json; from data.drawn import sample_parameters; print(json.dumps(sample_parameters(1234).to_dict()))"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(other.stdout) == sample_parameters(1234).to_dict()


def test_parameters_survive_json() -> None:
    for seed in range(50):
        parameters = sample_parameters(seed)
        assert Parameters.from_dict(json.loads(json.dumps(parameters.to_dict()))) == parameters


def test_an_unknown_name_is_refused_both_ways() -> None:
    with pytest.raises(ValueError, match="antlers"):
        Parameters.from_dict({"antlers": 2})
    with pytest.raises(TypeError, match="antlers"):
        sample_parameters(0, antlers=2)
    with pytest.raises(ValueError, match="hair_color"):
        sample_parameters(0, hair_color="plaid")


def test_a_fixed_parameter_leaves_what_does_not_depend_on_it() -> None:
    free, fixed = sample_parameters(7).to_dict(), sample_parameters(7, mouth_shape="cat", yaw=20.0).to_dict()
    assert (fixed["mouth_shape"], fixed["yaw"]) == ("cat", 20.0)
    assert {name for name in free if free[name] != fixed[name]} <= {"mouth_shape", "yaw"}


@pytest.mark.parametrize("family", HAIR_COLORS)
def test_a_fixed_hair_family_chooses_a_color_near_its_representative(family: str) -> None:
    lightness, _, _ = to_oklch(HAIR_COLORS[family])
    for seed in range(20):
        parameters = sample_parameters(seed, hair_color=family)
        assert parameters.hair_color == family
        assert abs(to_oklch(parameters.hair_rgb)[0] - lightness) < 0.13


def test_chance_reaches_every_kind_and_stays_in_range() -> None:
    heads = [sample_parameters(seed) for seed in range(600)]
    assert {head.fringe for head in heads} == set(FRINGES)
    assert {head.back for head in heads} == set(BACKS)
    assert {head.mouth_shape for head in heads} == set(MOUTHS)
    assert {head.hair_color for head in heads} == set(HAIR_COLORS)
    assert {head.eye_color for head in heads} >= set(EYE_COLORS) - {"white"}
    assert all(-35 <= head.yaw <= 35 and -15 <= head.pitch <= 15 and -20 <= head.roll <= 20 for head in heads)
    assert any(head.eye_color != head.other_eye_color for head in heads)
    assert any(head.eye_open == 0 for head in heads)


def test_colors_go_to_oklch_and_back() -> None:
    for color in [*HAIR_COLORS.values(), *EYE_COLORS.values()]:
        assert all(abs(a - b) <= 1 for a, b in zip(oklch(*to_oklch(color)), color, strict=True))


def test_parameters_come_without_skia_and_drawing_says_what_is_missing() -> None:
    code = (
        "import sys\n"
        "from data.drawn import DrawingUnavailable, draw, sample_parameters\n"
        "parameters = sample_parameters(3)\n"
        "assert 'skia' not in sys.modules\n"
        "sys.modules['skia'] = None\n"  # what an import that fails looks like
        "try:\n"
        "    draw(parameters)\n"
        "except DrawingUnavailable as error:\n"
        "    assert 'libegl1 libgl1' in str(error)\n"
        "else:\n"
        "    raise SystemExit('drew without skia')\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
