"""What the operator configured, read more patiently than the bot does: each wrong value is found, the rest goes on."""

from __future__ import annotations

import io
import json
import locale
import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_origin
from urllib.parse import parse_qsl, unquote, urlsplit

from bot.locale import Catalogue

if TYPE_CHECKING:
    from bot.settings import Settings

SHORTEST_SECRET = 4  # characters; a shorter one cannot be hidden without hiding half the words


@dataclass(frozen=True, slots=True)
class Wrong:
    """A setting that cannot be used: pydantic's names of what is wrong with it, and its words."""

    name: str  # "PORT"
    value: str  # as given; empty where it is secret
    kinds: frozenset[str]  # "int_parsing", …; "not_json"
    limits: Mapping[str, Any]  # pydantic's context: {"le": 65535}
    words: str


@dataclass(frozen=True)
class Configuration:
    """The environment and `.env`. `settings` has defaults in place of what is wrong; None where it cannot be read for
    want of packages."""

    file: Path
    unreadable: str = ""  # why the file cannot be read; empty where it can, or where there is none
    faulty_lines: tuple[int, ...] = ()
    given: Mapping[str, str] = field(
        default_factory=dict, repr=False
    )  # "port" -> what was written, the environment's first
    in_file: tuple[str, ...] = ()  # names in the file, as written
    settings: Settings | None = None
    wrong: tuple[Wrong, ...] = ()
    refused: str = ""  # what the bot itself would say, where nothing of the above explains it
    secrets: tuple[str, ...] = field(default=(), repr=False)  # never to be printed; the longest first

    @property
    def language(self) -> str:
        """LANGUAGE where it is given, else the system's."""
        return Catalogue.nearest(self.given.get("language") or system_language())


def system_language() -> str | None:
    """What the system calls its language: zh_CN.UTF-8, en-GB; None where it says nothing."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return value.partition(".")[0]
    return locale.getlocale()[0]


def read_configuration(file: Path = Path(".env")) -> Configuration:
    """Read the environment and `file`. Never raises for what stands in either."""
    logging.getLogger("dotenv").setLevel(logging.ERROR)  # it would tell the same in its own words, once a reading
    file = file.absolute()
    in_file: dict[str, str] = {}
    unreadable, faulty = "", []
    try:
        text = _text(file)
    except FileNotFoundError:
        text = ""
    except (OSError, UnicodeError) as error:
        text, unreadable = "", _why_unreadable(error)
    try:
        for line, name, value in _bindings(text):
            if name is None:
                faulty.append(line)
            elif value is not None:
                in_file[name] = value
        from bot.settings import Settings
    except Exception:
        # Packages are missing or broken, which another check says; what language to say it in may still be known.
        given = {name.lower(): value for name, value in (in_file | dict(os.environ)).items()}
        language = {"language": given["language"]} if "language" in given else {}
        return Configuration(file, unreadable, tuple(faulty), language, tuple(in_file))
    environment = {name.lower(): value for name, value in os.environ.items()}
    given = {name.lower(): value for name, value in in_file.items()} | environment
    given = {name: value for name, value in given.items() if name in Settings.model_fields}
    settings, wrong = _validated(Settings, given)
    return Configuration(
        file,
        unreadable,
        tuple(faulty),
        given,
        tuple(in_file),
        settings,
        wrong,
        "" if wrong or unreadable else _refused(),
        tuple(sorted(set(_secrets(Settings, given)), key=len, reverse=True)),
    )


def _text(file: Path) -> str:
    return file.read_bytes().decode("utf-8-sig")  # with or without Notepad's mark, as dotenv takes it


def _why_unreadable(error: Exception) -> str:
    if isinstance(error, UnicodeError):
        return "encoding"
    return "permission" if isinstance(error, PermissionError) else "io"


def _bindings(text: str) -> Iterator[tuple[int, str | None, str | None]]:
    """(line, name, value) of each assignment; no name where the line cannot be understood."""
    if not text:
        return
    from dotenv import dotenv_values
    from dotenv.parser import parse_stream

    values = dotenv_values(stream=io.StringIO(text))  # with ${…} filled in, as pydantic-settings has them
    for binding in parse_stream(io.StringIO(text)):
        if binding.error:
            yield binding.original.line, None, None
        elif binding.key is not None:
            yield binding.original.line, binding.key, values.get(binding.key)


def _validated(settings: type[Settings], given: Mapping[str, str]) -> tuple[Settings, tuple[Wrong, ...]]:
    from pydantic import ValidationError

    class Given(settings):  # type: ignore[valid-type, misc]
        """Takes what it is given, and looks nowhere itself."""

        @classmethod
        def settings_customise_sources(cls, settings_cls: Any, init_settings: Any, *args: Any, **more: Any) -> Any:
            return (init_settings,)

    wrong: dict[str, Wrong] = {}
    kept: dict[str, Any] = {}
    for name, text in given.items():
        kept[name] = text
        if get_origin(settings.model_fields[name].annotation) is not frozenset:
            continue
        try:
            kept[name] = json.loads(text)
        except ValueError:
            wrong[name] = Wrong(name.upper(), _shown(settings, name, text), frozenset({"not_json"}), {}, "")
            del kept[name]
    try:
        return Given(_env_file=None, **kept), tuple(wrong.values())  # type: ignore[call-arg]
    except ValidationError as error:
        found: dict[str, list[Any]] = {}
        for one in error.errors():
            found.setdefault(str(one["loc"][0]) if one["loc"] else "", []).append(one)
    for name, errors in found.items():
        words = "; ".join(dict.fromkeys(one["msg"].removeprefix("Value error, ") for one in errors))
        kinds = frozenset(one["type"] for one in errors)
        shown = _shown(settings, name, given.get(name, ""))
        wrong[name] = Wrong(name.upper(), shown, kinds, errors[0].get("ctx", {}), words)
    right = {name: value for name, value in kept.items() if name not in found}
    try:
        return Given(_env_file=None, **right), tuple(wrong.values())  # type: ignore[call-arg]
    except ValidationError:
        return Given(_env_file=None), tuple(wrong.values())  # type: ignore[call-arg]


def _refused() -> str:
    from bot.settings import WrongSettings, load

    try:
        load()
    except WrongSettings as refusal:
        return str(refusal)
    return ""


def _shown(settings: type[Settings], name: str, text: str) -> str:
    field = settings.model_fields.get(name)
    if field is None or _is_secret(field.annotation) or "://" in text:
        return ""
    return text if len(text) <= 60 else text[:59] + "…"


def _is_secret(annotation: Any) -> bool:
    from pydantic import SecretStr

    return annotation is SecretStr or SecretStr in get_args(annotation)


def _secrets(settings: type[Settings], given: Mapping[str, str]) -> Iterator[str]:
    for name, text in given.items():
        found = [*_in_addresses(text), *_in_json(text)]
        if _is_secret(settings.model_fields[name].annotation):
            found += [text, text.strip()]
        yield from (secret for secret in found if len(secret) >= SHORTEST_SECRET)


def _in_addresses(text: str) -> Iterator[str]:
    """Passwords and query values of the addresses in a text, as written and as meant."""
    for word in text.replace('"', " ").replace("'", " ").replace(",", " ").split():
        try:
            parts = urlsplit(word)
            password = parts.password
        except ValueError:
            continue
        if parts.scheme and password:
            yield from (password, unquote(password))
        if parts.scheme and parts.netloc:
            yield from (value for _, value in parse_qsl(parts.query))


def _in_json(text: str) -> Iterator[str]:
    """What stands under a telling name in JSON options, however deep."""
    try:
        waiting = [json.loads(text)]
    except ValueError:
        return
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()
            yield from (
                inner
                for name, inner in value.items()
                if isinstance(inner, str) and any(word in name.lower() for word in ("key", "secret", "token", "pass"))
            )
