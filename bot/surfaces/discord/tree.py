"""The application commands, made of the same definitions that every surface reads."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import discord
from discord import app_commands
from loguru import logger

from bot.command import Command, Kind, Option, Role
from bot.line.wishes import label
from bot.locale import LOCALES, Catalogue
from bot.services import Services
from bot.surfaces.discord.completion import completes
from bot.surfaces.discord.fields import LONGEST_NAME, Field, described, fields_of

MOST_MENUS = 5
"""Message context menus of one application (Discord, Application Commands, "Registering a Command")."""

CHINESE = (discord.Locale.chinese, discord.Locale.taiwan_chinese)
"""Who sees the Chinese texts; everybody else sees the English ones."""

Interaction = discord.Interaction[Any]
Choices = list[app_commands.Choice[str]]


class Asked(Protocol):
    """What the tree hands what was asked to: the client."""

    async def slash(self, interaction: Interaction, command: Command, values: Sequence[tuple[Field, Any]]) -> None: ...

    async def menu(self, interaction: Interaction, command: Command, message: discord.Message) -> None: ...

    async def complete(self, interaction: Interaction, command: Command, field: Field, typed: str) -> Choices: ...

    async def outdated(self, interaction: Interaction) -> None: ...


class Tree(app_commands.CommandTree[Any]):
    """For servers, and for private chats with the bot: nobody installs it for themselves alone."""

    def __init__(self, client: discord.Client, asked: Asked, services: Services) -> None:
        super().__init__(
            client,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        )
        self._asked = asked
        catalogue, menus = services.catalogue, 0
        # Where a role makes admins, Discord cannot be told of it: their commands are shown to everybody.
        for_managers = not services.settings.discord_admin_roles
        for command in services.commands.all():
            if command.hidden:  # reached by buttons
                continue
            if command.group:
                self._group(command, catalogue).add_command(_slash(command, asked, catalogue, for_managers))
                continue
            self.add_command(_slash(command, asked, catalogue, for_managers))
            if command.pictures and command.menu and menus < MOST_MENUS:
                self.add_command(_menu(command, asked))
                menus += 1

    def _group(self, command: Command, catalogue: Catalogue) -> app_commands.Group:
        """The group of a command, made with its first one."""
        found = self.get_command(command.group)
        if isinstance(found, app_commands.Group):
            return found
        summary = {locale: described(catalogue.text(locale, f"command.{command.group}.summary")) for locale in LOCALES}
        name = app_commands.locale_str(command.group, zh=command.zh.partition(" ")[0])
        made = app_commands.Group(name=name, description=_text(summary))
        self.add_command(made)
        return made

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        """A command that Discord still shows and we no longer have, or have otherwise; all else is a fault of ours."""
        if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
            logger.info("discord: a command was asked for that has changed: {}", type(error).__name__)
        else:
            logger.opt(exception=error).error("discord: a command did not get to the bot")
        await self._asked.outdated(interaction)


class Texts(app_commands.Translator):
    """The catalogue's Chinese, which stands beside each English text as `zh`."""

    async def translate(
        self, string: app_commands.locale_str, locale: discord.Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        return string.extras.get("zh") if locale in CHINESE else None


def _slash(
    command: Command, asked: Asked, catalogue: Catalogue, for_managers: bool
) -> app_commands.Command[Any, ..., Any]:
    fields = {f"field{place}": field for place, field in enumerate(fields_of(command, catalogue))}

    async def called(interaction: Interaction, **given: Any) -> None:
        values = [(field, given[name]) for name, field in fields.items() if given.get(name) is not None]
        await asked.slash(interaction, command, values)

    # discord.py reads what a command takes from its function's signature, which here is a matter of data.
    called.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter("interaction", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=discord.Interaction),
            *(_parameter(name, field) for name, field in fields.items()),
        ]
    )
    made: Any = called
    if fields:
        made = app_commands.rename(
            **{name: app_commands.locale_str(field.name, zh=field.names["zh-CN"]) for name, field in fields.items()}
        )(made)
        made = app_commands.describe(**{name: _text(field.helps) for name, field in fields.items()})(made)
    if chosen := {name: field.option for name, field in fields.items() if field.offers_choices and field.option}:
        made = app_commands.choices(**{name: _choices(option, catalogue) for name, option in chosen.items()})(made)
    completed = {
        name: _completion(command, field, asked)
        for name, field in fields.items()
        if name not in chosen and field.option is not None and completes(field.option)
    }
    if completed:
        made = app_commands.autocomplete(**completed)(made)
    if command.needs is Role.ADMIN and not command.group and for_managers:
        # What the server's settings show to whom; who may is asked again each time.
        made = app_commands.default_permissions(manage_guild=True)(made)
    summary = {locale: described(catalogue.text(locale, f"command.{command.name}.summary")) for locale in LOCALES}
    return app_commands.Command(
        name=app_commands.locale_str(command.name.split()[-1], zh=command.zh.split()[-1]),
        description=_text(summary),
        callback=made,
        # What only the operator may use does not stand in every server's list.
        allowed_contexts=app_commands.AppCommandContext(guild=False) if command.needs is Role.SUPERUSER else None,
    )


def _menu(command: Command, asked: Asked) -> app_commands.ContextMenu:
    async def called(interaction: discord.Interaction, message: discord.Message) -> None:
        await asked.menu(interaction, command, message)

    name = app_commands.locale_str(command.name.capitalize()[:LONGEST_NAME], zh=command.zh)
    return app_commands.ContextMenu(name=name, callback=called)


def _parameter(name: str, field: Field) -> inspect.Parameter:
    kind: Any = _annotation(field)
    if field.required:
        return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind)
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind | None, default=None)


def _annotation(field: Field) -> Any:
    if field.brings == "picture":
        return discord.Attachment
    if field.option is None or field.option.kind is Kind.MEMBER:
        return discord.User
    limits = field.option.range
    match field.option.kind:
        case Kind.INT:
            return int if limits is None else app_commands.Range[int, int(limits.low), int(limits.high)]
        case Kind.FLOAT:
            return float if limits is None else app_commands.Range[float, float(limits.low), float(limits.high)]
        case Kind.BOOL:
            return bool
        case _:
            return str


def _choices(option: Option, catalogue: Catalogue) -> Choices:
    return [
        app_commands.Choice(
            name=app_commands.locale_str(
                label(catalogue, "en", option.name, choice), zh=label(catalogue, "zh-CN", option.name, choice)
            ),
            value=choice,
        )
        for choice in option.choices
    ]


def _completion(command: Command, field: Field, asked: Asked) -> Any:
    async def complete(interaction: Interaction, typed: str) -> Choices:
        return await asked.complete(interaction, command, field, typed)

    return complete


def _text(texts: Mapping[str, str]) -> app_commands.locale_str:
    return app_commands.locale_str(texts["en"], zh=texts["zh-CN"])
