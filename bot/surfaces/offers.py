"""Buttons for a platform that has none: one line that says what to answer, and the answer read back.

A button's label stands in the catalogue as `button.<label>`, a shorter word for it, where there is one, as
`word.<label>`. What `offer_line` offers, `read_press` reads, in every language of the catalogue: a press holds no state
and works after a restart.
"""

import re
import unicodedata
from collections.abc import Iterable

from bot.command import Button
from bot.locale import LOCALES, Catalogue

BARE = "bigger"
"""The label that a bare number stands for: the commonest wish costs one key."""

_PRESS = re.compile(r"(?P<word>.*?)\s*(?P<face>\d{1,3})")


def offer_line(catalogue: Catalogue, locale: str, buttons: Iterable[Button], faces: int) -> str:
    """One line for all `buttons` of a picture of `faces` faces: 回复本图：1–4 放大 · 像1–4 更像 · 再来. "" for none."""
    offers = [_offer(catalogue, locale, button, faces) for button in _bare_first(buttons)]
    key = "offer.line" if faces else "offer.said"
    return catalogue.text(locale, key, offers=" · ".join(offers)) if offers else ""


def read_press(catalogue: Catalogue, text: str) -> tuple[str, int | None] | None:
    """The label and the face's number that a short answer stands for: `2`, `像2`, `more 2`, `再来`.

    None where it is not such an answer. The number is not checked against the picture: who knows the picture does that.
    """
    wish = _plain(text)
    words = _words(catalogue)
    if wish in words:
        return words[wish], None
    press = _PRESS.fullmatch(wish)
    if press is None:
        return None
    label = words.get(press["word"]) if press["word"] else BARE
    return None if label is None else (label, int(press["face"]))


def _offer(catalogue: Catalogue, locale: str, button: Button, faces: int) -> str:
    label = catalogue.text(locale, f"button.{button.label}")
    word = catalogue.text(locale, f"word.{button.label}") if catalogue.has(f"word.{button.label}") else label
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
