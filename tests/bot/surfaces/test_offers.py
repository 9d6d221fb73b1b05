import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.command import Button
from bot.locale import LOCALES, Catalogue
from bot.surfaces.offers import BARE, offer_line, read_press

CATALOGUE = Catalogue.load()
LABELS = ("again", "more", "bigger", "save")
FOUR = (
    Button("again", "again"),
    Button("more", "more", per_face=True),
    Button("bigger", "bigger", per_face=True),
    Button("save", "save", per_face=True),
)


def offers(line: str, locale: str) -> list[str]:
    head = CATALOGUE.text(locale, "offer.line", offers="")
    assert line.startswith(head)
    return line.removeprefix(head).split(" · ")


buttons = st.lists(
    st.builds(lambda label, per_face: Button(label, label, per_face=per_face), st.sampled_from(LABELS), st.booleans()),
    unique_by=lambda b: b.label,
)


@given(buttons, st.integers(2, 64), st.sampled_from(LOCALES), st.data())
def test_what_is_offered_is_read_back(shown: list[Button], faces: int, locale: str, data: st.DataObject) -> None:
    line = offer_line(CATALOGUE, locale, shown, faces)
    if not shown:
        assert line == ""
        return
    read = {}
    for offer in offers(line, locale):
        face = data.draw(st.integers(1, faces))
        ranged = f"1–{faces}"
        typed = offer[: offer.index(ranged)] + str(face) if ranged in offer else offer
        if ranged not in offer:
            # a word and what it does: the word is what one types
            press = next(p for n in range(len(offer), 0, -1) if (p := read_press(CATALOGUE, offer[:n].strip())))
        else:
            press = read_press(CATALOGUE, typed)
        assert press is not None
        read[press[0]] = press[1] is not None
    assert read == {b.label: b.per_face for b in shown}


def test_the_line_of_a_sheet_in_chinese() -> None:
    line = offer_line(CATALOGUE, "zh-CN", FOUR, 4)
    assert re.fullmatch(r"回复本图：1–4 \S+ · 像1–4 \S+ · 存1–4 \S+ · 再来", line)


def test_the_line_of_a_sheet_in_english() -> None:
    line = offer_line(CATALOGUE, "en", FOUR, 9)
    assert line.startswith("Reply to this picture: 1–9 ")
    assert " · more 1–9 " in line


def test_a_single_face_needs_no_number() -> None:
    line = offer_line(CATALOGUE, "zh-CN", FOUR, 1)
    assert "1" not in line
    assert "像" in line


@pytest.mark.parametrize(
    ("typed", "press"),
    [
        ("2", (BARE, 2)),
        (" 12 ", (BARE, 12)),
        ("２", (BARE, 2)),
        ("③", (BARE, 3)),
        ("像2", ("more", 2)),
        ("像 2", ("more", 2)),
        ("像", ("more", None)),
        ("大3", ("bigger", 3)),
        ("存1", ("save", 1)),
        ("再来", ("again", None)),
        ("more 2", ("more", 2)),
        ("MORE2", ("more", 2)),
        ("again", ("again", None)),
        ("放大 2", ("bigger", 2)),  # the label, as it is shown
    ],
)
def test_presses(typed: str, press: tuple[str, int | None]) -> None:
    assert read_press(CATALOGUE, typed) == press


@pytest.mark.parametrize(
    "typed", ["", " ", "hello", "像谁", "2 3", "像2吗", "1234", "-1", "2.5", "more than 2", "/waifu 2"]
)
def test_what_is_no_press(typed: str) -> None:
    assert read_press(CATALOGUE, typed) is None


@given(st.text())
def test_any_text_can_be_read(typed: str) -> None:
    press = read_press(CATALOGUE, typed)
    assert press is None or (press[0] and (press[1] is None or 0 <= press[1] <= 999))
