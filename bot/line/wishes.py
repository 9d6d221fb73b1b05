"""What members call a choice: 粉, 粉色, 粉发, pink, pink hair, all of them `hair:pink`.

The words stand in the catalogue: `choice.<option>.<choice>` is what the bot says itself; `wish.<option>.<choice>` are
phrases that mean it without the option's name, `wish.<option>.each` patterns of such phrases for every choice, and
`wish.filler` what may stand between them. Several are separated by commas.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from bot.command import Command, Kind, Option
from bot.locale import LOCALES, Catalogue

YES = frozenset({"yes", "y", "true", "on", "1", "是", "有", "开", "要"})
NO = frozenset({"no", "n", "false", "off", "0", "否", "无", "没有", "关", "不要"})
MOST_WORDS = 4  # of a phrase, where words have spaces between them


def choice_of(catalogue: Catalogue, option: str, choices: Sequence[str], typed: str) -> str | None:
    """The choice of an option that somebody typed after its name, in any language; None where it is none of them."""
    word = _plain(typed)
    named, meant = _names(catalogue, option, tuple(choices)), phrases(catalogue, option, tuple(choices))
    found = named.get(word) or named.get(word.removesuffix("色")) or meant.get(word)
    if found is None and set(choices) == {"yes", "no"}:
        return "yes" if word in YES else "no" if word in NO else None
    return found


def label(catalogue: Catalogue, locale: str, option: str, choice: str) -> str:
    """What the bot calls a choice."""
    return catalogue.text(locale, f"choice.{option}.{choice}")


@lru_cache(maxsize=512)
def phrases(catalogue: Catalogue, option: str, choices: tuple[str, ...]) -> dict[str, str]:
    """Phrase -> choice, for what means a choice of this option without naming it."""
    found: dict[str, str] = {}
    for locale in LOCALES:
        table = catalogue.table(locale, f"wish.{option}")
        for choice in choices:
            own = label(catalogue, locale, option, choice)
            patterns = [p.format(choice=own) for p in _listed(table.get("each", ""))]
            for phrase in (*patterns, *_listed(table.get(choice, ""))):
                found.setdefault(_plain(phrase), choice)
    return found


@lru_cache(maxsize=512)
def _names(catalogue: Catalogue, option: str, choices: tuple[str, ...]) -> dict[str, str]:
    """What each choice is called -> the choice."""
    found = {_plain(choice): choice for choice in choices}
    for locale in LOCALES:
        for choice in choices:
            found.setdefault(_plain(label(catalogue, locale, option, choice)), choice)
    return found


class Wishes:
    """Finds what bare words wish for among the options of one command."""

    def __init__(self, catalogue: Catalogue, command: Command) -> None:
        self._phrases: dict[str, tuple[str, str]] = {}  # phrase -> (option, choice)
        first = next(iter(command.options), None)
        self._leader = leader = first if first is not None and first.kind is Kind.CHOICE else None
        self._catalogue, self._command = catalogue, command
        for option in command.options:
            if option.kind is not Kind.CHOICE:
                continue
            for phrase, choice in phrases(catalogue, option.name, option.choices).items():
                # 眼镜 after 渐变 names the attribute, it is no wish
                if leader is None or choice_of(catalogue, leader.name, leader.choices, phrase) is None:
                    self._phrases.setdefault(phrase, (option.name, choice))
        self._fillers = {_plain(f) for locale in LOCALES for f in _listed(catalogue.text(locale, "wish.filler"))}
        self._fillers |= set("，,、")

    def at(self, words: Sequence[str]) -> tuple[int, list[tuple[str, str]]]:
        """What the first words wish for, as (option, choice), and how many words that took; (0, []) where nothing."""
        if self._leads(words):
            return 0, []
        for n in range(min(MOST_WORDS, len(words)), 0, -1):
            phrase = _plain(" ".join(words[:n])).strip("，,、 ")
            if phrase in self._phrases:
                return n, [self._phrases[phrase]]
        run = self._run(_plain(words[0])) if words and not words[0].isascii() else None
        return (1, run) if run else (0, [])

    def _leads(self, words: Sequence[str]) -> bool:
        """Whether they are an option's name and its value: /fade mouth closed open is no closed mouth."""
        if self._leader is None or len(words) < 2:
            return False
        named = choice_of(self._catalogue, self._leader.name, self._leader.choices, words[0])
        option = self._command.option(named) if named else None
        return option is not None and choice_of(self._catalogue, option.name, option.choices, words[1]) is not None

    def filler(self, word: str) -> bool:
        """Whether a word between wishes means nothing by itself."""
        return _plain(word) in self._fillers

    def _run(self, text: str) -> list[tuple[str, str]] | None:
        """粉发绿瞳 -> its wishes; None where it is not wishes from end to end."""
        known = [(phrase, wish) for phrase, wish in self._phrases.items() if phrase in text]
        best: list[list[tuple[str, str]] | None] = [None] * len(text) + [[]]  # from each place on
        for start in range(len(text) - 1, -1, -1):
            ways: list[tuple[int, list[tuple[str, str]]]] = []
            for phrase, wish in known:
                rest = best[start + len(phrase)] if text.startswith(phrase, start) else None
                if rest is not None:
                    ways.append((len(phrase), [wish, *rest]))
            for filler in self._fillers:
                rest = best[start + len(filler)] if filler and text.startswith(filler, start) else None
                if rest is not None:
                    ways.append((0, rest))
            if ways:
                best[start] = max(ways, key=lambda way: way[0])[1]  # 不戴眼镜 before 眼镜
        return best[0]


def first_with_names(options: Iterable[Option], catalogue: Catalogue) -> Option | None:
    """The option that a choice's name alone may mean: `/waifu pink` is about hair."""
    return next((o for o in options if o.kind is Kind.CHOICE and catalogue.has(f"wish.{o.name}.each")), None)


def _listed(text: str) -> list[str]:
    return [part for raw in text.split(",") if (part := raw.strip())]


def _plain(text: str) -> str:
    """As typed in any manner: twin-tails, Twin tails and twin_tails are one."""
    return " ".join(text.casefold().replace("_", " ").replace("-", " ").split())
