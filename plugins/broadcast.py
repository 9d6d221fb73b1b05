"""Where the bot is, and saying something everywhere at once: for superusers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from loguru import logger

from bot.chat import Chat
from bot.command import Button, OneOf, PictureName, Prose, Range, Reply, Role, UserError, command
from bot.surfaces.base import KnownGroup, SendFailed

PAUSE = 1.0  # seconds between two groups, besides what each surface waits of its own
FRESH = timedelta(minutes=5)  # that an announcement may wait for its yes; below the ten minutes that a claim holds
PAGE = 30  # groups in one answer
SHORT = 24  # characters of a group's name
TOLD_EVERY = 5  # groups, before progress is said again


@dataclass(frozen=True, slots=True)
class _Place:
    surface: str
    group: KnownGroup
    state: str  # a key below `groups.`: "open", "banned", "not_allowed"


@command("groups", zh="群列表", needs=Role.SUPERUSER, bare=False)
async def groups(chat: Chat, page: Annotated[int, Range(1, 1000)] = 1) -> Reply:
    """The groups that the bot is in, and the lines that keep it out of one."""
    places = await _places(chat, "all")
    if not places:
        return Reply(chat.text("groups.none"), private=True)
    shown = places[(page - 1) * PAGE : page * PAGE]
    if not shown:
        raise UserError("groups.no_page", page=page)
    lines = [chat.text("groups.head", count=len(places), surfaces=len({p.surface for p in places}))]
    lines += [_line(chat, place) for place in shown]
    buttons = (Button("next", "groups", {"page": page + 1}),) if len(places) > page * PAGE else ()
    lines.append(chat.text("groups.foot"))
    return Reply("\n".join(lines), buttons=buttons, private=True)


@command("broadcast", zh="广播", needs=Role.SUPERUSER, bare=False)
async def broadcast(
    chat: Chat, text: Annotated[str, Prose()], to: Annotated[str, OneOf(("all", "qq", "discord"))] = "all"
) -> Reply:
    """Say something to every group; asks back first."""
    places = await _places(chat, to)
    reached = [p for p in places if p.state == "open"]
    if not reached:
        raise UserError("broadcast.nobody")
    # Kept as a recipe, so that the button holds nothing but a name and works in reply, too.
    body = {"op": "broadcast", "model": "", "text": text, "to": to}
    draft = await chat.services.store.recipes.add(body, member=chat.member, group=None)
    lines = [chat.text("broadcast.ask", count=len(reached)), text]
    if left := len(places) - len(reached):
        lines.append(chat.text("broadcast.left_out", count=left))
    lines.append(chat.text("broadcast.how", id=draft.id, minutes=FRESH.seconds // 60))
    button = Button("announce", "announce", {"picture": PictureName(draft.id)})
    return Reply("\n".join(lines), buttons=(button,), recipe=draft.id, private=True)


@command("announce", zh="发出广播", needs=Role.SUPERUSER, hidden=True, bare=False)
async def announce(chat: Chat, picture: PictureName) -> Reply:
    """Send what `/broadcast` has asked about, once."""
    draft = await chat.recipe(picture)
    if draft.op != "broadcast" or draft.member != chat.member:
        raise UserError("broadcast.no_draft", id=str(picture))
    if not timedelta() <= datetime.now(UTC) - draft.created < FRESH:
        raise UserError("broadcast.old")
    if not await chat.services.store.claims.take("broadcast", chat.member, draft.id):
        raise UserError("broadcast.sent_already")
    text, to = str(draft.body["text"]), str(draft.body["to"])
    reached, missed = 0, []
    places = [p for p in await _places(chat, to) if p.state == "open"]
    for n, place in enumerate(places):
        if n:
            await asyncio.sleep(PAUSE)
        if n % TOLD_EVERY == 0:
            await chat.progress(chat.text("broadcast.progress", done=n, of=len(places)), n / len(places))
        if await _tell(chat, place, text):
            reached += 1
        else:
            missed.append(place)
    lines = [chat.text("broadcast.done", reached=reached, of=len(places))]
    lines += [chat.text("broadcast.missed", group=_called(place.group)) for place in missed[:PAGE]]
    return Reply("\n".join(lines), private=True)


async def _tell(chat: Chat, place: _Place, text: str) -> bool:
    services = chat.services
    locale = (await services.store.groups.get(place.group.id)).locale or services.settings.language
    said = Reply(services.catalogue.text(locale, "broadcast.said", text=text), locale=locale)
    try:
        await services.surfaces[place.surface].tell(place.group.id, said)
    except SendFailed as error:
        logger.warning("an announcement did not reach {}: {}", place.group.id, error)
        return False
    return True


async def _places(chat: Chat, to: str) -> list[_Place]:
    """The groups of all surfaces, or of one, by name; with what the gate thinks of them."""
    services, now = chat.services, chat.services.gate.now()
    found: list[_Place] = []
    for name, surface in services.surfaces.items():
        if to not in ("all", name):
            continue
        for group in await surface.groups():
            ban = (await services.store.groups.get(group.id)).ban
            allowed = not services.settings.groups_allow or group.id in services.settings.groups_allow
            state = "banned" if ban and ban.holds(now) else "open" if allowed else "not_allowed"
            found.append(_Place(name, group, state))
    return sorted(found, key=lambda p: (p.surface, p.group.name.casefold(), p.group.id))


def _line(chat: Chat, place: _Place) -> str:
    members = "" if place.group.members is None else chat.text("groups.members", count=place.group.members)
    key = "groups.line" if place.state != "banned" else "groups.line_banned"
    state = "" if place.state == "open" else chat.text(f"groups.{place.state}")
    return chat.text(key, group=_called(place.group), members=members, state=state, id=place.group.id)


def _called(group: KnownGroup) -> str:
    """A group's name comes from outside: short, on one line; its id after it."""
    name = "".join(c for c in group.name if c.isprintable())
    name = name if len(name) <= SHORT else name[: SHORT - 1] + "…"
    return f"{name}（{group.id}）" if name else group.id
