import numpy as np
import pytest

from data.vision.frame import Frame
from data.vision.people.colouring import Colours, colours
from data.vision.people.fitted import HAIR, Likeness, Linear, fitted
from data.vision.people.hair import FAMILIES, LIGHTNESS, NEAREST, TOGETHER, described, named
from data.vision.people.masking import coordinates, foreground
from data.vision.people.meaning import DARK, LIGHT, family, hair_as, hair_values, hair_word, lightness
from tests.data.people import BLACK, BLOND, RED, person

ALIGNED = Frame(64, 0.52 * 128, 0.84 * 128)
READ = {"child": -2.0, "glasses": -1.0, "masculine": 0.5, "skin": -0.5}


def of(picture: np.ndarray) -> np.ndarray:
    place = coordinates(ALIGNED, 128, 128)
    row = described(picture, *place, ALIGNED, colours(picture, foreground(picture, ALIGNED), *place), READ)
    assert row is not None
    return row


def likeness(known: np.ndarray, said: list[tuple[str, str]]) -> Likeness:
    """That says of each of what is known just what is said of it."""
    words = (*LIGHTNESS, *FAMILIES)
    weight = np.array([[float(word in pair) for word in words] for pair in said], np.float32)
    return Likeness(known, Linear(weight, np.zeros(HAIR, np.float32)))


def test_it_is_as_many_numbers_as_are_said():
    assert len(LIGHTNESS) + len(FAMILIES) == HAIR
    assert len(of(person(128))) == fitted().hair.known.shape[1]


def test_hair_is_called_as_the_hair_that_it_is_most_like():
    shown = [("dark", "black"), ("light", "blond"), ("mid", "red")]
    known = likeness(np.stack([of(person(128, hair=rgb)) for rgb in (BLACK, BLOND, RED)]), shown)
    for rgb, pair in zip(((48, 40, 38), (216, 184, 130), (160, 70, 40)), shown, strict=True):
        assert named(of(person(128, hair=rgb, ground=(120, 130, 140))), known) == pair


def test_what_is_like_nothing_is_not_named():
    row = np.zeros(5, np.float32)
    one = likeness(row[None], [("mid", "grey")])
    assert named(row, one) == ("mid", "grey")
    far = row + np.float32(np.sqrt(-2 * np.log(NEAREST) / 5))
    assert named(far * 0.99, one) == ("mid", "grey")
    assert named(far * 1.01, one) is None


def test_words_that_do_not_go_together_are_not_said_together():
    row = np.zeros((1, 5), np.float32)
    pair = named(row[0], likeness(row, [("light", "black")]))
    assert pair in TOGETHER
    assert set(pair or ()) & {"light", "black"}


def test_nothing_is_described_where_no_hair_was_measured():
    picture = person(128)
    assert described(picture, *coordinates(ALIGNED, 128, 128), ALIGNED, Colours(None, None, None, None), READ) is None


@pytest.mark.parametrize(("light", "called"), TOGETHER)
def test_what_is_drawn_is_clearly_what_was_said(light: str, called: str):
    for seen in ((0.2, 0.0, 0.0), (0.45, 0.03, 0.03), (0.6, -0.02, -0.05), (0.7, 0.06, 0.05), (0.95, 0.0, 0.01)):
        numbers = hair_as(hair_values(seen), light, called)
        assert lightness(numbers["hair_l"]) == light
        assert min(abs(numbers["hair_l"] - DARK), abs(numbers["hair_l"] - LIGHT)) > 0.19
        word, nearness = hair_word(numbers)
        assert family(word) == called
        assert nearness > 0.54


def test_what_is_clear_already_stays_as_it_is():
    numbers = {"hair_l": -1.3, "hair_a": 0.05, "hair_b": -0.1}
    assert hair_as(numbers, "dark", "black") == pytest.approx(numbers)
