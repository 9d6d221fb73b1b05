"""Characters: who stays the same while everything else varies."""

from dataclasses import fields, replace

import pytest

from data.drawn import Parameters
from data.drawn.characters import CHARACTERS, IDENTITY, sample_character, view, view_seed


def varied(views: list[Parameters]) -> set[str]:
    """The parameters that are not the same in all."""
    return {field.name for field in fields(Parameters) if len({getattr(p, field.name) for p in views}) > 1}


@pytest.mark.parametrize("character", [17, 4_000_000_000, *CHARACTERS])
def test_views_of_one_character_share_what_makes_it_and_nothing_else(character: int | str) -> None:
    varies = varied([view(character, number) for number in range(60)])
    assert not varies & set(IDENTITY)
    assert varies >= {"seed", "yaw", "roll", "mouth_shape", "eye_open", "collar", "background", "light", "cloth_rgb"}


def test_two_characters_differ() -> None:
    assert varied([view(seed, 0) for seed in range(60)]) >= {
        "hair_rgb",
        "eye_rgb",
        "fringe",
        "back",
        "glasses",
        "skin_rgb",
    }
    assert len({tuple(sample_character(seed).items()) for seed in range(200)}) == 200


def test_a_view_is_the_same_whenever_it_is_asked_for_and_its_seed_names_it() -> None:
    p = view(5, 3)
    assert p == view(5, 3)
    assert p.seed == view_seed(5, 3) < 2**32
    assert len({view_seed(c, n) for c in range(50) for n in range(50)}) == 2500


def test_every_named_character_says_all_of_its_identity_in_words_that_exist() -> None:
    for fixed in CHARACTERS.values():
        assert set(fixed) == set(IDENTITY)
        replace(Parameters(), **fixed)


def test_biri_has_short_chestnut_hair_brown_eyes_and_a_flower() -> None:
    p = view("biri", 0)
    assert (p.hair_color, p.back, p.eye_color, p.hairpin) == ("chestnut", "bob", "brown", "flower")


def test_nobody_is_found_under_a_name_that_nobody_has() -> None:
    with pytest.raises(KeyError):
        view("nobody", 0)
