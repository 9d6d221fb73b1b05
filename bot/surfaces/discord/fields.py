"""What Discord asks for in a slash command: the definition's options, the pictures that it takes, whose avatar.

Discord, Application Commands: at most 25 options, names of 32 characters in lower case, descriptions of 100.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from loguru import logger

from bot.command import Command, Kind, Option
from bot.locale import LOCALES, Catalogue

MOST_FIELDS = 25
MOST_CHOICES = 25
LONGEST_NAME = 32
LONGEST_DESCRIPTION = 100

PICTURE = "picture"  # what attachments are called: picture, picture2, …


@dataclass(frozen=True, slots=True)
class Field:
    """One option of a slash command. `names` and `helps` are by the catalogue's languages."""

    name: str
    names: Mapping[str, str]
    helps: Mapping[str, str]
    brings: Literal["value", "picture", "avatar"] = "value"
    option: Option | None = None  # of a value

    @property
    def required(self) -> bool:
        return self.option is not None and self.option.required

    @property
    def offers_choices(self) -> bool:
        """Whether Discord itself shows all there is to choose from; else it is typed, with what completion offers."""
        option = self.option
        return (
            option is not None
            and option.kind is Kind.CHOICE
            and not option.pairs
            and 0 < len(option.choices) <= MOST_CHOICES
        )


def fields_of(command: Command, catalogue: Catalogue) -> tuple[Field, ...]:
    """The fields of a command, what is required first, as Discord wants it."""
    brought = [_attachment(catalogue, number) for number in range(1, command.pictures + 1)]
    taken = {field.name for field in brought}
    values = [_value(command, option, catalogue, taken) for option in command.options]
    if command.pictures:
        values.append(_named(catalogue, "avatar", "avatar"))
    fields = [f for f in values if f.required] + brought + [f for f in values if not f.required]
    if len(fields) > MOST_FIELDS:
        left_out = ", ".join(f.name for f in fields[MOST_FIELDS:])
        logger.warning("discord: /{} has more options than Discord takes; without {}", command.name, left_out)
    return tuple(fields[:MOST_FIELDS])


def _value(command: Command, option: Option, catalogue: Catalogue, taken: set[str]) -> Field:
    key = f"command.{command.name}.option.{option.name}"
    names = {locale: _name(catalogue.text(locale, f"{key}.name"), option.name) for locale in LOCALES}
    helps = {locale: described(catalogue.text(locale, f"{key}.help")) for locale in LOCALES}
    if option.kind is not Kind.PICTURE:
        return Field(option.name, names, helps, option=option)
    named = _named(catalogue, "id", "value")  # a slash command replies to nothing: other words than elsewhere
    if option.name in taken:
        return Field(named.name, named.names, named.helps, option=option)
    return Field(option.name, names, named.helps, option=option)


def _attachment(catalogue: Catalogue, number: int) -> Field:
    named = _named(catalogue, "attachment", "picture")
    which = "" if number == 1 else str(number)
    names = {locale: f"{name}{which}" for locale, name in named.names.items()}
    return Field(f"{PICTURE}{which}", names, named.helps, "picture")


def _named(catalogue: Catalogue, field: str, brings: Literal["value", "picture", "avatar"]) -> Field:
    key = f"discord.option.{field}"
    names = {locale: catalogue.text(locale, f"{key}.name") for locale in LOCALES}
    return Field(names["en"], names, {locale: catalogue.text(locale, f"{key}.help") for locale in LOCALES}, brings)


def _name(text: str, otherwise: str) -> str:
    """A name as Discord takes it: `CHAT_INPUT` names are lower case and have no spaces."""
    name = text.lower().replace(" ", "_")
    return name if 0 < len(name) <= LONGEST_NAME and name.replace("-", "_").replace("_", "a").isalnum() else otherwise


def described(text: str) -> str:
    """A description as Discord takes it: cut where it is too long."""
    return text if len(text) <= LONGEST_DESCRIPTION else text[: LONGEST_DESCRIPTION - 1].rstrip() + "…"
