"""The line that a member types: `/waifu 4 seed:misaka trunc:0.6` -> a command and its typed arguments.

One parser for the page, QQ and buttons, of our own because every mistake has to come back as a sentence in the
member's language that says what would be right. Options are `name:value` in any order (also `name=value`,
`--name value`, the Chinese names, and full-width punctuation), or bare values in the order of the definition.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.command import Command, Kind, Option, PictureName, Range, Seed, UserError
from bot.commands import Commands
from bot.locale import LOCALES, Catalogue
from bot.store.recipes import normalise_id
from models.requests import MAX_SEED, seed_of

MAX_LINE = 500  # characters
MAX_TEXT = 64  # characters of a text option or a text seed

_TOKEN = re.compile(r'(?:[^\s"“”]|"[^"]*"|“[^”]*”)+')
_NAMED = re.compile(r"(?:--)?(?P<name>[^\W\d]\w*)[:=：＝](?P<value>.*)", re.DOTALL)
_DASHED = re.compile(r"--(?P<name>[^\W\d]\w*)")
_QUOTES = str.maketrans("", "", '"“”')
_WIDE = str.maketrans("／＃．０１２３４５６７８９－", "/#.0123456789-")
_YES = frozenset({"yes", "y", "true", "on", "1", "是", "有", "开", "要"})
_NO = frozenset({"no", "n", "false", "off", "0", "否", "无", "没有", "关", "不要"})


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command and the arguments that were given; the rest keeps the handler's defaults."""

    command: Command
    args: dict[str, Any]


class LineParser:
    """Reads lines in the light of the commands that there are."""

    def __init__(self, commands: Commands, catalogue: Catalogue, starts: Iterable[str] = ("/",)) -> None:
        self._commands = commands
        self._catalogue = catalogue
        self._starts = tuple(sorted(starts, key=len, reverse=True))

    def head(self, text: str) -> tuple[str, str, bool]:
        """The first word without its start, the rest, and whether it had a start (`/`). The word may be empty."""
        text = text.strip()
        wide = text.translate(_WIDE) if text[:1] == "／" else text
        start = next((s for s in self._starts if wide.startswith(s)), None)
        body = wide if start is None else wide[len(start) :]
        word, _, rest = body.replace("\n", " ").partition(" ")
        return word, rest.strip(), bool(start)

    def parse(self, command: Command, rest: str, locale: str, replied: PictureName | None = None) -> Invocation:
        """The arguments in `rest`. Raises `UserError` with a sentence that says what is wrong and what would be right.

        `replied` is the picture of the bot's that the message replies to: it stands in for a picture left out, and a
        bare number then names one of its faces.
        """
        if len(rest) > MAX_LINE:
            raise UserError("line.too_long", most=MAX_LINE)
        given: dict[str, Any] = {}
        for name, raw in self._words(command, _tokens(rest), locale):
            option = self._option(command, name, raw, given, replied, locale)
            if option.name in given:
                raise UserError("line.twice", option=self._called(command, option, locale))
            given[option.name] = self._value(command, option, raw, replied, locale)
        for option in command.options:
            if option.name in given:
                continue
            if option.kind is Kind.PICTURE and replied is not None:
                given[option.name] = replied
            elif option.required:
                key = "line.picture_missing" if option.kind is Kind.PICTURE else "line.missing"
                raise UserError(key, option=self._called(command, option, locale), command=command.name)
        return Invocation(command, given)

    # ------------------------------------------------------------------------------------------------- which option

    def _words(self, command: Command, tokens: Sequence[str], locale: str) -> Iterable[tuple[str | None, str]]:
        """(name or None, raw value) of each word of the line."""
        waiting: str | None = None
        for token in tokens:
            if waiting is not None:
                yield waiting, token.translate(_QUOTES)
                waiting = None
            elif (named := _NAMED.fullmatch(token)) and not token.startswith(('"', "“")):
                yield named["name"], named["value"].translate(_QUOTES)
            elif dashed := _DASHED.fullmatch(token):
                waiting = dashed["name"]
            else:
                yield None, token.translate(_QUOTES)
        if waiting is not None:
            raise UserError("line.no_value", option=_quoted(waiting), command=command.name)

    def _option(
        self,
        command: Command,
        name: str | None,
        raw: str,
        given: dict[str, Any],
        replied: PictureName | None,
        locale: str,
    ) -> Option:
        if name is not None:
            option = self._named(command, name)
            if option is None:
                raise self._unknown(command, name, locale)
            return option
        free = [o for o in command.options if o.name not in given]
        if raw.translate(_WIDE).startswith("#"):
            picture = next((o for o in free if o.kind is Kind.PICTURE), None)
            if picture is not None:
                return picture
        if not free:
            key = "line.extra" if command.options else "line.no_options"
            raise UserError(key, value=_quoted(raw), command=command.name)
        return free[0]

    def _named(self, command: Command, name: str) -> Option | None:
        folded = name.casefold()
        for option in command.options:
            if folded == option.name.casefold() or folded in self._local_names(command, option):
                return option
        return None

    def _local_names(self, command: Command, option: Option) -> set[str]:
        key = f"command.{command.name}.option.{option.name}.name"
        return {self._catalogue.text(locale, key).casefold() for locale in LOCALES}

    def _unknown(self, command: Command, name: str, locale: str) -> UserError:
        if not command.options:
            return UserError("line.no_options", value=_quoted(name), command=command.name)
        names = [o.name for o in command.options]
        near = difflib.get_close_matches(name.casefold(), names, n=1, cutoff=0.6)
        known = self._catalogue.text(locale, "list.comma").join(
            self._called(command, o, locale) for o in command.options
        )
        if near:
            option = command.option(near[0])
            assert option is not None
            return UserError(
                "line.unknown_near", name=_quoted(name), near=self._called(command, option, locale), known=known
            )
        return UserError("line.unknown", name=_quoted(name), known=known, command=command.name)

    def _called(self, command: Command, option: Option, locale: str) -> str:
        """The option as the member would know it: `数量 (count)`, or `count`."""
        local = self._catalogue.text(locale, f"command.{command.name}.option.{option.name}.name")
        return (
            option.name
            if local in (option.name, f"command.{command.name}.option.{option.name}.name")
            else (f"{local}({option.name})")
        )

    # ---------------------------------------------------------------------------------------------------- its value

    def _value(self, command: Command, option: Option, raw: str, replied: PictureName | None, locale: str) -> Any:
        called = self._called(command, option, locale)
        raw = raw.strip()
        if raw == "":
            raise UserError("line.no_value", option=called, command=command.name)
        match option.kind:
            case Kind.INT | Kind.FLOAT:
                hint = next((o for o in command.options if o.kind is Kind.SEED), None)
                return _number(option, raw, called, "" if hint is None else f"seed:{raw[:24]}")
            case Kind.BOOL:
                return _yes_or_no(raw, called)
            case Kind.SEED:
                return _seed(raw, called)
            case Kind.CHOICE:
                return self._choice(command, option, raw, called, locale)
            case Kind.PICTURE:
                return _picture(raw, replied)
            case Kind.TEXT:
                if len(raw) > MAX_TEXT:
                    raise UserError("line.text_long", option=called, most=MAX_TEXT)
                return raw

    def _choice(self, command: Command, option: Option, raw: str, called: str, locale: str) -> str:
        folded = raw.casefold()
        for choice in option.choices:
            key = f"choice.{option.name}.{choice}"
            if folded == choice.casefold() or folded in {self._catalogue.text(loc, key).casefold() for loc in LOCALES}:
                return choice
        known = self._catalogue.text(locale, "list.comma").join(
            self._catalogue.text(locale, f"choice.{option.name}.{c}") for c in option.choices
        )
        raise UserError("line.choice", option=called, value=_quoted(raw), known=known)


def _tokens(rest: str) -> list[str]:
    if rest.count('"') % 2 or rest.count("“") != rest.count("”"):
        raise UserError("line.quote")
    return _TOKEN.findall(rest)


def _quoted(text: str) -> str:
    """What a member typed, short and without control characters, to say back to them."""
    clean = "".join(c for c in text if c.isprintable())
    return clean if len(clean) <= 24 else clean[:23] + "…"


def _number(option: Option, raw: str, called: str, seed_hint: str) -> int | float:
    whole = option.kind is Kind.INT
    limits = option.range or Range(-math.inf, math.inf)
    values = {"option": called, "value": _quoted(raw), "low": f"{limits.low:g}", "high": f"{limits.high:g}"}
    text = raw.translate(_WIDE)
    if not re.fullmatch(r"[+-]?\d{1,18}" if whole else r"[+-]?(\d{1,18}(\.\d*)?|\.\d+)", text, re.ASCII):
        # `/waifu misaka` is a seed in the wrong place more often than a wrong number
        if seed_hint and re.match(r"[^\W\d]", raw):
            raise UserError("line.number_or_seed", **values, seed=seed_hint)
        raise UserError("line.whole" if whole else "line.number", **values)
    value = int(text) if whole else float(text)
    if not limits.low <= value <= limits.high:
        raise UserError("line.range", **values)
    return value


def _yes_or_no(raw: str, called: str) -> bool:
    folded = raw.casefold()
    if folded in _YES or folded in _NO:
        return folded in _YES
    raise UserError("line.yes_or_no", option=called, value=_quoted(raw))


def _seed(raw: str, called: str) -> Seed:
    text = raw.translate(_WIDE)
    if re.fullmatch(r"\d+", text, re.ASCII):
        if len(text) > 10 or int(text) > MAX_SEED:
            raise UserError("line.seed_large", option=called, most=MAX_SEED)
        return Seed(text)
    if re.fullmatch(r"-\d+", text, re.ASCII):
        raise UserError("line.seed_negative", option=called, most=MAX_SEED)
    if len(raw) > MAX_TEXT:
        raise UserError("line.text_long", option=called, most=MAX_TEXT)
    return Seed(seed_of(raw))


def _picture(raw: str, replied: PictureName | None) -> PictureName:
    text = raw.translate(_WIDE).removeprefix("#")
    if replied is not None and re.fullmatch(r"\d{1,2}", text, re.ASCII):
        return PictureName(replied.id, int(text))
    name, dot, face = text.partition(".")
    id = normalise_id(name)
    if id is None or (dot and not re.fullmatch(r"[1-9]\d?", face, re.ASCII)):
        raise UserError("line.picture", value=_quoted(raw))
    return PictureName(id, int(face) if dot else None)
