"""Keeping somebody out: by a group's admins from its commands, by superusers from everything, whole groups too."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from bot.chat import Chat
from bot.command import Button, MemberName, OneOf, Prose, Reply, Role, UserError, command
from bot.line.durations import duration
from bot.line.values import quoted
from bot.store.ban_list import banned_groups, banned_members
from bot.store.bans import Ban
from bot.surfaces.roles import KnowsMembers

SCOPES = ("here", "everywhere")
MOST_LISTED = 30
LONGEST_REASON = 200  # characters: it is said with every refusal


@command("ban", zh="封禁", needs=Role.ADMIN, bare=False)
async def ban(
    chat: Chat,
    member: MemberName | None = None,
    time: str | None = None,
    reason: Annotated[str, Prose()] | None = None,
    where: Annotated[str, OneOf(SCOPES)] | None = None,
    group: str | None = None,
) -> Reply:
    """Answer a member no more, for a time or for good."""
    banned = _ban(chat, time, reason)
    if group is not None:
        id = chat.other_group(group)
        await chat.services.store.groups.update(id, ban=banned)
        undo = Button("unban", "unban", {"group": id})
        return Reply(_said(chat, "ban.group", banned, who=id), buttons=(undo,))
    if member is None:
        raise UserError("ban.whom")
    who, here = chat.member_id(member), _here(chat, where)
    await _spare(chat, who)
    if here is not None:
        await chat.services.store.group_bans.ban(here, who, banned)
    else:
        await chat.services.store.members.ban(who, banned.until, banned.reason)
    scope = "everywhere" if here is None else "here"
    undo = Button("unban", "unban", {"member": who, "where": scope})
    return Reply(_said(chat, f"ban.{scope}", banned, who=who), buttons=(undo,))


@command("unban", zh="解封", needs=Role.ADMIN, bare=False)
async def unban(
    chat: Chat,
    member: MemberName | None = None,
    where: Annotated[str, OneOf(SCOPES)] | None = None,
    group: str | None = None,
) -> Reply:
    """Lift a ban. A superuser who does not say where lifts both."""
    store, now = chat.services.store, chat.services.gate.now()
    if group is not None:
        id = chat.other_group(group)
        was = (await store.groups.get(id)).ban
        await store.groups.update(id, ban=None)
        return Reply(chat.text("unban.done" if was and was.holds(now) else "unban.was_not", who=id))
    if member is None:
        raise UserError("ban.whom")
    who, here = chat.member_id(member), _here(chat, where)
    lifted = False
    if chat.group is not None and where != "everywhere":
        was = await store.group_bans.get(chat.group, who)
        lifted = await store.group_bans.unban(chat.group, who) and was is not None and was.holds(now)
    everywhere = (await store.members.get(who)).ban
    if here is None and everywhere is not None:
        await store.members.unban(who)
        lifted = lifted or everywhere.holds(now)
    lines = [chat.text("unban.done" if lifted else "unban.was_not", who=who)]
    if here is not None and everywhere is not None and everywhere.holds(now):
        lines.append(chat.text("unban.still"))
    return Reply("\n".join(lines))


@command("bans", zh="封禁名单", needs=Role.ADMIN, bare=False)
async def bans(chat: Chat) -> Reply:
    """Who is banned in this group; in private, for superusers, who is banned everywhere."""
    store, now = chat.services.store, chat.services.gate.now()
    lines: list[str] = []
    if chat.group is not None:
        for one in await store.group_bans.list(group=chat.group):
            if one.ban.holds(now):
                lines.append(_listed(chat, "bans.here", one.member, one.ban, f"/unban {one.member} where:here"))
    else:
        for who, ban in await banned_members(store.database):
            if ban.holds(now):
                lines.append(_listed(chat, "bans.everywhere", who, ban, f"/unban {who} where:everywhere"))
        for id, ban in await banned_groups(store.database):
            if ban.holds(now):
                lines.append(_listed(chat, "bans.group", id, ban, f"/unban group:{id}"))
    if not lines:
        return Reply(chat.text("bans.none"))
    if len(lines) > MOST_LISTED:
        lines[MOST_LISTED:] = [chat.text("bans.more", count=len(lines) - MOST_LISTED)]
    return Reply("\n".join([chat.text("bans.head"), *lines]), private=True)


# ---------------------------------------------------------------------------------------------------------------------


def _ban(chat: Chat, time: str | None, reason: str | None) -> Ban:
    """The ban that two words and a sentence ask for: what is no time begins the reason. Raises `UserError`."""
    how_long = None if time is None else duration(time)
    if time is not None and how_long is None:
        if time[:1].isdecimal():
            raise UserError("ban.how_long", value=quoted(time))
        reason = f"{time} {reason or ''}".strip()
    reason = " ".join((reason or "").split())
    if len(reason) > LONGEST_REASON:
        raise UserError("ban.reason_long", most=LONGEST_REASON)
    until = None if how_long is None or how_long == "forever" else chat.services.gate.now() + how_long
    return Ban(until, reason)


def _here(chat: Chat, where: str | None) -> str | None:
    """The group that a ban is for; None: everywhere. Raises `UserError` where the member may not."""
    if chat.role < Role.SUPERUSER:
        if where == "everywhere":
            raise UserError("ban.only_here")
        return chat.group
    if where != "here":
        return None
    if chat.group is None:
        raise UserError("ban.no_group_here")
    return chat.group


async def _spare(chat: Chat, who: str) -> None:
    """Raises `UserError` for those whom nobody bans."""
    if who == chat.member:
        raise UserError("ban.yourself")
    if who in chat.services.settings.superusers or who == "web:local":
        raise UserError("ban.superuser", who=who)
    surface = chat.services.surfaces.get(who.partition(":")[0])
    if not isinstance(surface, KnowsMembers):
        return
    if surface.is_me(who):
        raise UserError("ban.me")
    if chat.group is not None and chat.group.partition(":")[0] == who.partition(":")[0]:
        role = await surface.role_of(chat.group, who)
        if role is not None and role >= Role.ADMIN:
            raise UserError("ban.admin", who=who)


def _said(chat: Chat, key: str, ban: Ban, who: str) -> str:
    """Who is banned, where, until when, why."""
    lines = [chat.text(key, who=who, until=_until(chat, ban.until))]
    if ban.reason:
        lines.append(chat.text("ban.because", reason=ban.reason))
    return "\n".join(lines)


def _listed(chat: Chat, key: str, who: str, ban: Ban, undo: str) -> str:
    line = chat.text(key, who=who, until=_until(chat, ban.until))
    if ban.reason:
        line += chat.text("bans.because", reason=ban.reason)
    return line + chat.text("bans.undo", line=undo)


def _until(chat: Chat, until: datetime | None) -> str:
    if until is None:
        return chat.text("ban.for_good")
    return chat.text("ban.until", moment=chat.services.gate.shown(until))
