"""What is written into a button is what is read out of it, and nothing else is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.command import Button
from bot.store.recipes import ALPHABET
from bot.surfaces.discord.lines import line, option, start_of
from bot.surfaces.discord.presses import LONGEST_CUSTOM_ID, Press

IDS = st.text(ALPHABET, min_size=4, max_size=16)
FACES = st.integers(1, 64)
ARGS = st.lists(st.tuples(st.sampled_from(["page", "count", "seed"]), st.text(max_size=4)), max_size=2).map(tuple)


@given(id=IDS, face=st.none() | FACES, args=ARGS)
def test_a_press_survives_its_custom_id(id: str, face: int | None, args: tuple[tuple[str, str], ...]) -> None:
    press = Press("more", id, face, None, args)
    try:
        custom_id = press.custom_id
    except ValueError:
        return  # too long, which the next test is about
    assert Press.read(custom_id) == press


@given(id=IDS, faces=FACES)
def test_a_question_survives_too_and_becomes_a_press(id: str, faces: int) -> None:
    press = Press("bigger", id, faces=faces)
    assert Press.read(press.custom_id) == press
    assert press.chosen(3).custom_id == f"nj1:bigger:{id}.3"


def test_a_button_that_carries_too_much_is_its_authors_mistake() -> None:
    press = Press.of(Button("again", "again", {"seed": "x" * LONGEST_CUSTOM_ID}))
    with pytest.raises(ValueError, match="/again"):
        _ = press.custom_id


@given(st.text(max_size=120))
def test_anything_may_come_and_little_is_read(text: str) -> None:
    for custom_id in (text, f"nj1:{text}", f"nj1:more:{text}"):
        press = Press.read(custom_id)
        assert press is None or press.line("/").startswith("/")


@given(st.text(max_size=40))
def test_a_value_never_becomes_a_second_option(value: str) -> None:
    words = line("/", "waifu", [option("seed", value), option("count", "4")])
    assert "\n" not in words
    head, _, tail = words.rpartition(" count:4")
    assert (head, tail) in {(f"/waifu {option('seed', value)}".rstrip(), "")}
    assert head.count('"') in (0, 2)


def test_a_line_begins_with_a_slash_where_it_may() -> None:
    assert start_of({"!", "/"}) == "/"
    assert start_of({"!"}) == "!"
    assert start_of({""}) == ""
    assert start_of(()) == ""
