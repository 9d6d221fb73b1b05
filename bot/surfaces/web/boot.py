"""What the page knows from its first moment: its texts in both languages, the commands, and its limits.

All of it stands in the page itself as a block of JSON, so that a switch of language, completion and "no connection"
need no answer from anywhere.
"""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from bot.command import Command, Option, Role
from bot.locale import LOCALES, Catalogue
from bot.services import Services
from bot.surfaces.completion import is_known
from bot.surfaces.web.saying import MOST_CHARACTERS
from bot.surfaces.web.uploads import MOST_PER_MESSAGE

STATIC = Path(__file__).parent / "static"


def boot_data(services: Services, role: Role, operator: bool) -> dict[str, Any]:
    """JSON for the page of a visitor of this role; `operator`: who is shown the way to that page, too."""
    catalogue, settings = services.catalogue, services.settings
    return {
        "version": version(catalogue),
        "operator": operator,
        "language": settings.language,
        "starts": sorted(settings.command_start, key=lambda s: (s != "/", s)),
        "texts": {
            locale: catalogue.table(locale, "web") | _prefixed("button.", catalogue.table(locale, "button"))
            for locale in LOCALES
        },
        "commands": [_command(catalogue, c) for c in _offered(services, role)],
        "takers": sorted(c.name for c in services.commands.all() if c.pictures),
        "limits": {
            "characters": MOST_CHARACTERS,
            "uploads": MOST_PER_MESSAGE,
            "upload_bytes": settings.intake_max_bytes,
        },
    }


def page(template: str, locale: str, data: dict[str, Any]) -> str:
    """`template` with its language and its block of JSON; `<` is escaped so that no text can end the block."""
    block = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return template.replace("{{locale}}", locale).replace("{{boot}}", block)


@cache
def template(name: str) -> str:
    return (STATIC / name).read_text("utf-8")


def version(catalogue: Catalogue) -> str:
    """Changes when the page does: an open tab that hears another one from a restarted bot loads itself again."""
    digest = hashlib.sha256(_static_digest())
    for locale in LOCALES:
        digest.update(json.dumps(catalogue.table(locale, "web"), sort_keys=True).encode())
    return digest.hexdigest()[:12]


@cache
def _static_digest() -> bytes:
    digest = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.digest()


def _offered(services: Services, role: Role) -> list[Command]:
    """What completion offers this visitor: what draws before what only talks."""
    offered = [c for c in services.commands.all() if not c.hidden and c.needs <= role]
    return sorted(offered, key=lambda c: not c.costs)


def _command(catalogue: Catalogue, command: Command) -> dict[str, Any]:
    return {
        "name": command.name,
        "zh": command.zh,
        "aliases": list(command.aliases),
        "picture": command.replies_to_picture,
        "takes": command.pictures,
        "summary": {locale: catalogue.text(locale, f"command.{command.name}.summary") for locale in LOCALES},
        "options": [_option(catalogue, command, option) for option in command.options],
    }


def _option(catalogue: Catalogue, command: Command, option: Option) -> dict[str, Any]:
    key = f"command.{command.name}.option.{option.name}"
    default = option.default
    return {
        "name": option.name,
        "kind": option.kind.value,
        "required": option.required,
        "known": is_known(option),
        "default": default if default is None or isinstance(default, bool | int | float | str) else str(default),
        "range": None if option.range is None else [option.range.low, option.range.high],
        "choices": [
            {"value": c, "label": {loc: _or(catalogue, loc, f"choice.{option.name}.{c}", c) for loc in LOCALES}}
            for c in option.choices
        ],
        "label": {locale: _or(catalogue, locale, f"{key}.name", option.name) for locale in LOCALES},
        "help": {locale: _or(catalogue, locale, f"{key}.help", "") for locale in LOCALES},
    }


def _or(catalogue: Catalogue, locale: str, key: str, otherwise: str) -> str:
    return catalogue.text(locale, key) if catalogue.has(key) else otherwise


def _prefixed(prefix: str, table: dict[str, str]) -> dict[str, str]:
    return {prefix + key: text for key, text in table.items()}
