"""The line that a member types: `/waifu 4 seed:misaka trunc:0.6` -> a command and its typed arguments.

One parser for the page, QQ and buttons, of our own because every mistake has to come back as a sentence in the
member's language that says what would be right. Options are `name:value` in any order (also `name=value`,
`--name value`, `name value` where the value fits, the Chinese names, and full-width punctuation), or bare values in the
order of the definition; wishes need no name at all (`粉发绿瞳`, `pink hair`: `bot.line.wishes`).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.command import Command, FaceNames, Kind, MemberName, Option, PictureName, Seed, UserError
from bot.commands import Commands
from bot.line.mentions import without_mentions
from bot.line.prose import split_prose
from bot.line.values import (
    FIGURE,
    MAX_TEXT,
    MEMBER_ID,
    WIDE,
    face_names,
    few_enough,
    member_name,
    number,
    pick,
    pick_of,
    picture_name,
    quoted,
    seed,
    yes_or_no,
)
from bot.line.wishes import NO, YES, Wishes, choice_of, first_with_names, label
from bot.locale import LOCALES, Catalogue

MAX_LINE = 500  # characters

_TOKEN = re.compile(r'(?:[^\s"“”]|"[^"]*"|“[^”]*”)+')
_NAMED = re.compile(r"(?:--)?(?P<name>[^\W\d]\w*)[:=：＝](?P<value>.*)", re.DOTALL)
_PICTURE = re.compile(r"(?:^|(?<=[\s,，、;；:：=]))[#＃]\w")
_DASHED = re.compile(r"--(?P<name>[^\W\d]\w*)")
_HEAD = re.compile(r"(\S*)\s?(.*)", re.DOTALL)
_QUOTES = str.maketrans("", "", '"“”')
_LEADS_TO = re.compile(r"\s*(?:->|[→>~～]|-|\.\.|到|变)\s*")


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
        self._wishes: dict[str, Wishes] = {}  # by the command's name

    def head(self, text: str) -> tuple[str, str, bool]:
        """The first word without its start, the rest, and whether it had a start (`/`). The word may be empty, and two
        words where it begins the commands of a group."""
        text = text.strip()
        wide = text.translate(WIDE) if text[:1] == "／" else text
        start = next((s for s in self._starts if wide.startswith(s)), None)
        body = wide if start is None else wide[len(start) :]
        found = _HEAD.match(body)
        assert found is not None  # it matches anything
        word, rest = found[1], found[2].strip()
        if self._commands.group(word) and (second := _HEAD.match(rest)) is not None and second[1]:
            word, rest = f"{word} {second[1]}", second[2].strip()
        return word, rest, bool(start)

    def parse(self, command: Command, rest: str, locale: str, replied: PictureName | None = None) -> Invocation:
        """The arguments in `rest`. Raises `UserError` with a sentence that says what is wrong and what would be right.

        `replied` is the picture of the bot's that the message replies to: it stands in for a picture left out, and a
        bare number then names one of its faces.
        """
        if len(rest) > MAX_LINE:
            raise UserError("line.too_long", most=MAX_LINE)
        if command.several and len(_PICTURE.findall(rest)) > 1 and (other := self._commands.get(command.several)):
            command = other
        rest, mentioned = without_mentions(rest)
        given: dict[str, Any] = dict(self._mentioned(command, mentioned, locale))
        rest, prose, words = split_prose(command, rest, lambda word: self._begins(command, word), given)
        for name, raw in self._words(command, _tokens(rest), locale):
            option = self._option(command, name, raw, given, replied, locale)
            value = self._value(command, option, raw, replied, locale)
            if option.name in given and option.kind is Kind.FACES:
                value = few_enough((*given[option.name], *value))
            elif option.name in given:
                if not option.pairs or len(given[option.name]) + len(value) > 2:
                    raise UserError("line.twice", option=self._called(command, option, locale))
                value = (*given[option.name], *value)
            given[option.name] = value
        if prose is not None:
            given[prose.name] = self._value(command, prose, words, replied, locale)
        for option in command.options:
            if option.kind is Kind.FACES and replied is not None:
                given[option.name] = _with_replied(given.get(option.name, ()), replied)
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
        bare: list[str] = []  # words in a row that say nothing yet of what they are
        for token in tokens:
            if waiting is not None:
                yield waiting, token.translate(_QUOTES)
                waiting = None
                continue
            in_quotes = token.startswith(('"', "“"))
            named, dashed = _NAMED.fullmatch(token), _DASHED.fullmatch(token)
            if _asks_for_member(command) and MEMBER_ID.fullmatch(token.translate(WIDE)):
                named = None  # qq:10001
            if not (in_quotes or named or dashed or token.translate(WIDE).startswith("#")):
                bare.append(token.translate(_QUOTES))
                continue
            yield from self._bare(command, bare)
            bare = []
            if named and not in_quotes:
                yield named["name"], named["value"].translate(_QUOTES)
            elif dashed:
                waiting = dashed["name"]
            else:
                yield None, token.translate(_QUOTES)
        yield from self._bare(command, bare)
        if waiting is not None:
            raise UserError("line.no_value", option=quoted(waiting), command=command.name)

    def _bare(self, command: Command, words: Sequence[str]) -> Iterable[tuple[str | None, str]]:
        """As `_words`, of words without any mark: `4`, `pink hair`, `eyes green`."""
        if command.name not in self._wishes:
            self._wishes[command.name] = Wishes(self._catalogue, command)
        wishes, at, wished = self._wishes[command.name], 0, False
        while at < len(words):
            taken, found = self._name_and_value(command, words[at:]) or wishes.at(words[at:])
            if found:
                yield from found
            elif wishes.filler(words[at]) and (wished or wishes.at(words[at + 1 :])[1]):
                taken = 1  # pink hair and green eyes
            else:
                taken, wished = 1, False
                yield None, words[at]
            at, wished = at + taken, wished or bool(found)

    def _name_and_value(self, command: Command, words: Sequence[str]) -> tuple[int, list[tuple[str, str]]] | None:
        """`eyes green`, `seed misaka`: an option's name without a colon, where what follows can be its value."""
        if len(words) < 2:
            return None
        option, first = self._named(command, words[0]), command.options[0] if command.options else None
        if option is None or first is None or option.kind is Kind.PICTURE:
            return None
        if first.kind is Kind.CHOICE and choice_of(self._catalogue, first.name, first.choices, words[0]):
            return None  # /fade hair black white: there it names what is to change
        value = words[1].translate(WIDE)
        match option.kind:
            case Kind.CHOICE:
                fits = self._chosen(option, words[1]) is not None
            case Kind.INT | Kind.FLOAT:
                fits = FIGURE.fullmatch(value) is not None
            case Kind.PICK:
                fits = pick_of(value) is not None
            case Kind.BOOL:
                fits = value.casefold() in YES | NO
            case _:
                fits = True
        return (2, [(option.name, words[1])]) if fits else None

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
        if ongoing := self._ongoing(command, raw, given):
            return ongoing
        if command.options and command.options[0].kind is Kind.FACES:
            return command.options[0]
        free = [o for o in command.options if o.name not in given]
        if raw.translate(WIDE).startswith("#"):
            picture = next((o for o in free if o.kind is Kind.PICTURE), None)
            if picture is not None:
                return picture
        if not free:
            key = "line.extra" if command.options else "line.no_options"
            raise UserError(key, value=quoted(raw), command=command.name)
        if free[0].kind in (Kind.INT, Kind.FLOAT, Kind.SEED) and not FIGURE.match(raw.translate(WIDE)):
            named = first_with_names(free, self._catalogue)
            if named is not None and self._chosen(named, raw) is not None:
                return named
        return free[0]

    def _ongoing(self, command: Command, raw: str, given: dict[str, Any]) -> Option | None:
        """The option that a choice named a moment ago: in `/fade hair black white` what follows is about hair."""
        first = command.options[0] if command.options else None
        if first is None or first.kind is not Kind.CHOICE or first.name not in given:
            return None
        option = command.option(given[first.name])
        if option is None or not option.pairs or self._chosen(option, raw) is None:
            return None
        return option if len(given.get(option.name, ())) < 2 else None

    def _mentioned(self, command: Command, members: Sequence[str], locale: str) -> Iterable[tuple[str, MemberName]]:
        """Who is mentioned, for the options that ask for a member; to other commands mentions say nothing."""
        asking = [o for o in command.options if o.kind is Kind.MEMBER]
        if asking and len(members) > len(asking):
            raise UserError("line.twice", option=self._called(command, asking[-1], locale))
        return ((option.name, MemberName(member)) for option, member in zip(asking, members, strict=False))

    def _begins(self, command: Command, word: str) -> tuple[Option | None, int]:
        """The option that a word names before its value, and how many characters that takes."""
        named = _NAMED.match(word)
        option = self._named(command, named["name"]) if named else None
        return (option, 0) if option is None or named is None else (option, named.start("value"))

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
            return UserError("line.no_options", value=quoted(name), command=command.name)
        names = [o.name for o in command.options]
        near = difflib.get_close_matches(name.casefold(), names, n=1, cutoff=0.6)
        known = self._catalogue.text(locale, "list.comma").join(
            self._called(command, o, locale) for o in command.options
        )
        if near:
            option = command.option(near[0])
            assert option is not None
            return UserError(
                "line.unknown_near", name=quoted(name), near=self._called(command, option, locale), known=known
            )
        return UserError("line.unknown", name=quoted(name), known=known, command=command.name)

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
                return number(option, raw, called, "" if hint is None else f"seed:{raw[:24]}")
            case Kind.BOOL:
                return yes_or_no(raw, called)
            case Kind.SEED:
                return seed(raw, called)
            case Kind.CHOICE:
                return self._choice(option, raw, called, locale)
            case Kind.PICK:
                return pick(raw, called)
            case Kind.PICTURE:
                return picture_name(raw, replied)
            case Kind.FACES:
                return face_names(raw, replied, called)
            case Kind.MEMBER:
                return member_name(raw, called)
            case Kind.TEXT:
                most = option.longest or MAX_TEXT
                if len(raw) > most and not option.prose:
                    raise UserError("line.text_long", option=called, most=most)
                return raw

    def _choice(self, option: Option, raw: str, called: str, locale: str) -> str | tuple[str, ...]:
        chosen = self._chosen(option, raw)
        if chosen is not None:
            return chosen if option.pairs else chosen[0]
        known = self._catalogue.text(locale, "list.comma").join(
            label(self._catalogue, locale, option.name, c) for c in option.choices
        )
        raise UserError("line.choice", option=called, value=quoted(raw), known=known)

    def _chosen(self, option: Option, raw: str) -> tuple[str, ...] | None:
        """The one choice that `raw` means, or the two where the option takes pairs (`black-white`); None: neither."""
        whole = choice_of(self._catalogue, option.name, option.choices, raw)
        if whole is not None:
            return (whole,)
        if not option.pairs:
            return None
        parts = [choice_of(self._catalogue, option.name, option.choices, part) for part in _LEADS_TO.split(raw)]
        return (parts[0], parts[1]) if len(parts) == 2 and parts[0] and parts[1] else None


def _with_replied(names: Iterable[PictureName | Seed], replied: PictureName) -> FaceNames:
    """The picture that is replied to begins, unless faces of it are named."""
    named = any(isinstance(name, PictureName) and name.id == replied.id for name in names)
    return few_enough(names if named else (replied, *names))


def _asks_for_member(command: Command) -> bool:
    return any(option.kind is Kind.MEMBER for option in command.options)


def _tokens(rest: str) -> list[str]:
    if rest.count('"') % 2 or rest.count("“") != rest.count("”"):
        raise UserError("line.quote")
    return _TOKEN.findall(rest)
