import pytest

from data.drawn.palettes import HAIR_COLORS
from data.labels import color_values
from data.vision.people.hair import FAMILIES, LIGHTNESS, TOGETHER, named
from data.vision.people.meaning import (
    DARK,
    LIGHT,
    family,
    hair_as,
    hair_called,
    hair_families,
    hair_values,
    hair_word,
    lightness,
)


def likely(words: tuple[str, ...], **known: float) -> dict[str, float]:
    """Probabilities of words; of those that are not known equal ones."""
    others = [word for word in words if word not in known]
    return {**dict.fromkeys(others, (1 - sum(known.values())) / len(others)), **known}


def test_hair_is_called_as_is_likeliest_among_what_hair_can_be():
    light, called, sure = named(likely(LIGHTNESS, mid=0.8), likely(FAMILIES, red=0.9))
    assert (light, called) == ("mid", "red")
    assert 0.7 < sure < 1


def test_words_that_do_not_go_together_are_not_said_together():
    light, called, sure = named(likely(LIGHTNESS, light=0.6, mid=0.3), likely(FAMILIES, black=0.4, grey=0.35))
    assert (light, called) == ("light", "grey")
    assert sure < 0.7
    for one in LIGHTNESS:
        for other in FAMILIES:
            assert named(likely(LIGHTNESS, **{one: 0.9}), likely(FAMILIES, **{other: 0.9}))[:2] in TOGETHER


@pytest.mark.parametrize("called", FAMILIES)
def test_every_family_has_a_drawn_hair(called: str):
    assert family(hair_word(hair_called(called))[0]) == called


def test_what_was_measured_goes_best_with_its_own_family():
    for rgb, called in (
        (HAIR_COLORS["blond"], "blond"),
        (HAIR_COLORS["teal"], "other"),
        (HAIR_COLORS["white"], "grey"),
    ):
        well = hair_families(color_values("hair", rgb))
        assert well.keys() == {*FAMILIES}
        assert max(well, key=well.__getitem__) == called
        assert well[called] == pytest.approx(1)
        assert all(value < 0.7 for word, value in well.items() if word != called)


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
