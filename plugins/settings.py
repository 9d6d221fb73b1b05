"""What a group's admins set for it, and what members set for themselves."""

from __future__ import annotations

import re
from typing import Annotated

from bot.chat import Chat
from bot.command import Command, OneOf, Range, Reply, Role, UserError, command
from bot.line.values import quoted
from bot.line.wishes import NO
from bot.quiet import QuietHours
from bot.store.groups import GroupChanges, GroupSettings

LANGUAGES = ("zh-CN", "en", "default")
RESETS = ("language", "commands", "cooldown", "quota", "quiet", "all")


@command("language", zh="语言", always=True, bare=False)
async def language(chat: Chat, language: Annotated[str, OneOf(LANGUAGES)] | None = None) -> Reply:
    """The language that a member is answered in, everywhere."""
    members = chat.services.store.members
    if language is None:
        chosen = (await members.get(chat.member)).locale
        return Reply(chat.text("language.now", value=_language(chat, chosen)))
    await members.set_locale(chat.member, None if language == "default" else language)
    if language == "default":
        return Reply(chat.text("language.default"))
    return Reply(chat.services.catalogue.text(language, "language.set"))


@command("settings", zh="设置", always=True, bare=False)
async def settings(
    chat: Chat,
    language: Annotated[str, OneOf(LANGUAGES)] | None = None,
    off: str | None = None,
    on: str | None = None,
    cooldown: Annotated[float, Range(0, 3600)] | None = None,
    quota: Annotated[int, Range(0, 100_000)] | None = None,
    quiet: str | None = None,
    reset: Annotated[str, OneOf(RESETS)] | None = None,
    group: str | None = None,
) -> Reply:
    """What holds in a group, and the lines that change it."""
    id = chat.other_group(group) if group is not None else chat.group
    asked = (language, off, on, cooldown, quota, quiet, reset)
    if id is None:
        if any(value is not None for value in asked):
            raise UserError("settings.only_groups")
        return Reply(await _of_member(chat), private=True)
    if all(value is None for value in asked):
        return Reply(await _of_group(chat, id, chat.text("settings.head", group=id)))
    if chat.role < Role.ADMIN:
        raise UserError("gate.needs_admin", command="settings", zh="设置")
    changes = _changes(chat, language, cooldown, quota, quiet)
    switched = [(c, False) for c in _switchable(chat, off)] + [(c, True) for c in _switchable(chat, on)]
    store = chat.services.store.groups
    if reset is not None:
        changes = _defaults(reset) | changes
    await store.update(id, **changes)
    for found, is_on in switched:
        await store.switch(id, found.name, on=is_on)
    return Reply(await _of_group(chat, id, chat.text("settings.done", group=id)))


# ---------------------------------------------------------------------------------------------------------------------
# Changing


def _changes(
    chat: Chat, language: str | None, cooldown: float | None, quota: int | None, quiet: str | None
) -> GroupChanges:
    own, changes = chat.services.settings, GroupChanges()
    if language is not None:
        changes["locale"] = None if language == "default" else language
    if cooldown is not None:
        if cooldown > own.cooldown_seconds:
            raise UserError("settings.cooldown_high", most=f"{own.cooldown_seconds:g}")
        changes["cooldown_seconds"] = cooldown
    if quota is not None:
        if quota > own.quota_per_day:
            raise UserError("settings.quota_high", most=own.quota_per_day)
        changes["quota_per_day"] = quota
    if quiet is not None:
        hours = QuietHours.parse(quiet)
        if hours is None and quiet.casefold() not in NO:
            raise UserError("settings.quiet_odd", value=quoted(quiet))
        changes["quiet"] = None if hours is None else str(hours)
    return changes


def _defaults(reset: str) -> GroupChanges:
    """What the bot's own settings are again."""
    every: dict[str, GroupChanges] = {
        "language": {"locale": None},
        "commands": {"disabled": ()},
        "cooldown": {"cooldown_seconds": None},
        "quota": {"quota_per_day": None},
        "quiet": {"quiet": None},
    }
    changes = GroupChanges()
    for name, change in every.items():
        if reset in (name, "all"):
            changes |= change
    return changes


def _switchable(chat: Chat, names: str | None) -> list[Command]:
    """The commands in a list such as `judge,渐变`. Raises `UserError`."""
    found: list[Command] = []
    known = chat.services.commands
    one = known.get((names or "").strip(" /／"))  # whose name may have two words
    for name in [one.name] if one else re.split(r"[\s,，、/／]+", names or ""):
        if not name:
            continue
        if group := known.group(name):
            found += [command for command in group if command.switchable]
            continue
        command = known.get(name)
        if command is None:
            near = chat.services.commands.nearest(name)
            key = "error.unknown_command" if near is None else "error.unknown_near"
            raise UserError(key, word=quoted(name), near=near and _called(chat, near))
        if not command.switchable:
            raise UserError("settings.not_switchable", command=_called(chat, command))
        found.append(command)
    return found


# ---------------------------------------------------------------------------------------------------------------------
# Showing


async def _of_group(chat: Chat, id: str, head: str) -> str:
    group = await chat.services.store.groups.get(id)
    cooldown, quota = await chat.services.gate.limits(id)
    values = {
        "language": _language(chat, group.locale),
        "off": _switched_off(chat, group),
        "cooldown": chat.text("settings.seconds", seconds=f"{cooldown:g}"),
        "quota": chat.text("settings.a_day", count=quota),
        "quiet": group.quiet or chat.text("settings.none"),
    }
    own = chat.services.settings
    lower = {"cooldown": f"{own.cooldown_seconds / 2:g}", "quota": own.quota_per_day // 2}
    lines = [head]
    for name, value in values.items():
        line = chat.text(f"settings.{name}", value=value)
        change = chat.text("settings.change", line=chat.text(f"settings.example_{name}", **lower))
        lines.append(line + change if chat.role >= Role.ADMIN else line)
    lines.append(chat.text("settings.foot_admin" if chat.role >= Role.ADMIN else "settings.foot_member"))
    return "\n".join(lines)


async def _of_member(chat: Chat) -> str:
    gate, store = chat.services.gate, chat.services.store
    cooldown, quota = await gate.limits(None)
    return "\n".join(
        [
            chat.text("settings.yours"),
            chat.text("settings.language", value=_language(chat, (await store.members.get(chat.member)).locale))
            + chat.text("settings.change", line=chat.text("language.example")),
            chat.text("settings.used", used=await store.usage.count(chat.member, gate.today()), quota=quota),
            chat.text("settings.cooldown", value=chat.text("settings.seconds", seconds=f"{cooldown:g}")),
            chat.text("settings.saved", count=await store.favourites.count(chat.member)),
            chat.text("settings.foot_private"),
        ]
    )


def _language(chat: Chat, locale: str | None) -> str:
    return chat.text(f"choice.language.{locale or 'default'}")


def _switched_off(chat: Chat, group: GroupSettings) -> str:
    found = [c for name in sorted(group.disabled) if (c := chat.services.commands.get(name)) is not None]
    return chat.text("list.comma").join(_called(chat, c) for c in found) or chat.text("settings.none")


def _called(chat: Chat, command: Command) -> str:
    return command.zh if chat.locale == "zh-CN" else command.name
