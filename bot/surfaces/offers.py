"""Buttons for a platform that has none: one line that says what to answer, and the answer read back.

A button's word stands in the catalogue as `word.<label>`, its label as `button.<label>`. What `offer_line` offers,
`read_press` reads, in every language of the catalogue: a press holds no state and works after a restart.
"""

import re
import unicodedata
from collections.abc import Iterable

from bot.command import Button
from bot.locale import LOCALES, Catalogue

BARE = "bigger"
"""The label that a bare number stands for: the commonest wish costs one key."""

_NUMBER = re.compile(r"\d{1,3}")


def offer_line(catalogue: Catalogue, locale: str, buttons: Iterable[Button], faces: int) -> str:
    """One line for all `buttons` under a picture of `faces` faces, "" for none: 回复本图：1–4 放大 · 像1–4 更相似 · 再来."""
    offers = [_offer(catalogue, locale, button, faces) for button in _bare_first(buttons)]
    return catalogue.text(locale, "offer.line", offers=" · ".join(offers)) if offers else ""


def read_press(catalogue: Catalogue, text: str) -> tuple[str, int | None] | None:
    """The label and the face's number that a short answer stands for (`2`, `像2`, `more 2`, `再来`), None if it is not one.

    The number is not checked against the picture: who knows the picture does that.
    """
    wish = _plain(text)
    if _NUMBER.fullmatch(wish):
        return BARE, int(wish)
    words = _words(catalogue)
    if wish in words:
        return words[wish], None
    number = _NUMBER.search(wish)
    if number is None or number.end() != len(wish):
        return None
    label = words.get(wish[: number.start()].strip())
    return None if label is None else (label, int(number.group()))


def _offer(catalogue: Catalogue, locale: str, button: Button, faces: int) -> str:
    word = catalogue.text(locale, f"word.{button.label}")
    label = catalogue.text(locale, f"button.{button.label}")
    if not button.per_face or faces < 2:
        return word if _plain(word) == _plain(label) else catalogue.text(locale, "offer.plain", word=word, label=label)
    if button.label == BARE:
        return catalogue.text(locale, "offer.bare", last=faces, label=label)
    return catalogue.text(locale, "offer.face", word=word, last=faces, label=label)


def _bare_first(buttons: Iterable[Button]) -> list[Button]:
    """The order that reads best: what a number alone does, what a word and a number do, what a word does."""
    return sorted(buttons, key=lambda b: (not b.per_face, b.label != BARE))


def _words(catalogue: Catalogue) -> dict[str, str]:
    """Every word and every label, as typed -> the button's label. People answer with what they see, so labels count."""
    words: dict[str, str] = {}
    for prefix in ("word", "button"):
        for locale in LOCALES:
            for label, word in catalogue.table(locale, prefix).items():
                words.setdefault(_plain(word), label)
    return words


def _plain(text: str) -> str:
    """As typed on any keyboard: full-width and circled digits are digits, capitals and spaces do not matter."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
