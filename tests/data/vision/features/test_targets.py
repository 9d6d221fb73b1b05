import numpy as np
import pytest

from data.drawn import reading, sample_parameters
from data.drawn.parameters import Parameters
from data.labels import ATTRIBUTES, NAMES
from data.vision.features.targets import CHOICES, NUMBERS, UNKNOWN, mirrored, targets, word_of


def labels(**fixed: object) -> dict:
    parameters = Parameters(**fixed)  # type: ignore[arg-type]
    return {**parameters.to_dict(), **reading(parameters)}


def said(**fixed: object) -> dict[str, str | None]:
    chosen, _ = targets(labels(**fixed))
    return {
        name: None if c == UNKNOWN else options[c] for c, (name, options) in zip(chosen, CHOICES.items(), strict=True)
    }


def number(name: str, **fixed: object) -> float:
    return float(targets(labels(**fixed))[1][NUMBERS.index(name)])


def test_attributes_are_said_in_the_words_of_the_commands():
    assert all(CHOICES[attribute] == words for attribute, words in ATTRIBUTES.items())


@pytest.mark.parametrize(
    ("fixed", "expected"),
    [
        ({"hair_color": "pink", "eye_color": "green", "other_eye_color": "green"}, {"hair": "pink", "eyes": "green"}),
        ({"eye_color": "green", "other_eye_color": "red"}, {"eyes": None}),
        ({"eye_open": 0.0}, {"lids": "closed", "eyes": None, "eye_shape": None, "wink": None}),
        ({"eye_open": 0.5}, {"lids": "half", "wink": "no"}),
        ({"eye_open": 1.0, "wink": 1}, {"lids": None, "wink": "yes", "eyes": "blue"}),
        ({"mouth_shape": "open_smile", "mouth_open": 1.0}, {"mouth": "open"}),
        ({"mouth_shape": "smile"}, {"mouth": "smile"}),
        ({"mouth_shape": "frown"}, {"mouth": "frown"}),
        ({"mouth_shape": "neutral"}, {"mouth": "closed"}),
        ({"mouth_shape": "open_smile", "mask": "medical"}, {"mouth": None, "mask": "medical"}),
        ({"glasses": "round", "headwear": "beret"}, {"glasses": "yes", "headwear": "yes"}),
        ({"yaw": -30.0}, {"look": "left"}),
        ({"yaw": 11.5}, {"look": None}),
        ({"age": 0.1, "masculine": 0.9}, {"age": "child", "gender": "masculine"}),
        ({"age": 0.5}, {"age": "teen"}),
        ({"back": "drills", "hair_length": 1.0}, {"hairstyle": "twin_tails", "length": "long", "back": "drills"}),
        ({"back": "pixie"}, {"hairstyle": "loose", "length": "short"}),
        ({"dye": "tips"}, {"two_tone": "yes"}),
        ({"skin_tone": 0.9, "blush": 0.0}, {"skin": "dark", "blush": "no"}),
    ],
)
def test_what_is_true_of_a_picture(fixed: dict, expected: dict):
    assert expected.items() <= said(**fixed).items()
    assert {name: word_of(name, labels(**fixed)) for name in expected} == expected


def test_numbers_are_in_the_units_of_the_label_vector():
    assert set(NUMBERS) - {"left_eye_open", "right_eye_open"} <= set(NAMES)
    assert number("yaw", yaw=35.0) == 1.0
    assert number("left_eye_open", wink=-1) == 0.0
    assert number("right_eye_open", wink=-1) == 1.0


def test_what_cannot_be_seen_is_no_number():
    assert np.isnan(number("eye_l", eye_open=0.0))
    assert np.isnan(number("smile", mask="medical"))
    assert not np.isnan(number("smile"))


def test_every_word_that_can_be_drawn_is_met_and_every_picture_has_most_answers():
    told = np.stack([targets({**p.to_dict(), **reading(p)})[0] for p in map(sample_parameters, range(400))])
    assert (told != UNKNOWN).mean() > 0.85


def test_a_mirror_turns_what_has_sides_and_twice_changes_nothing():
    fixed = {"yaw": 30.0, "roll": 10.0, "fringe": "swept_left", "wink": -1, "hair_color": "pink"}
    chosen, numbers = (part[None] for part in targets(labels(**fixed)))
    other_chosen, other_numbers = mirrored(chosen, numbers)
    expected_chosen, expected_numbers = targets(labels(**{
        **fixed, "yaw": -30.0, "roll": -10.0, "fringe": "swept_right", "wink": 1,
    }))  # fmt: skip
    assert other_chosen[0].tolist() == expected_chosen.tolist()
    assert other_numbers[0] == pytest.approx(expected_numbers, nan_ok=True)
    again, numbers_again = mirrored(other_chosen, other_numbers)
    assert again.tolist() == chosen.tolist()
    assert numbers_again == pytest.approx(numbers, nan_ok=True)
    unknown = np.full_like(chosen, UNKNOWN)
    assert mirrored(unknown, numbers)[0].tolist() == unknown.tolist()
