"""`/review`: what waits for who manages a character, and what they decide about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from bot.characters import reviewing, showing
from bot.characters.characters import find
from bot.characters.reviewing import Decided
from bot.chat import Chat
from bot.command import Button, Longest, Picture, Range, Reply, UserError, command
from bot.store.characters import Character
from bot.store.contribution import Contribution
from bot.teaching.numbers import LARGEST, named, told
from bot.teaching.sheets import cards_sheet
from data.portrait.requests import Card

PAGE = 12  # pictures of a sheet

Numbers = Annotated[str, Longest(300)]
Number = Annotated[int, Range(1, LARGEST)]


@command("review", zh="审核", bare=False)  # people speak of reviews
async def review(
    chat: Chat,
    character: str | None = None,
    accept: Numbers | None = None,
    refuse: Numbers | None = None,
    ban: Numbers | None = None,
    ban_member: Number | None = None,
    undo: str | None = None,
    pardon: Number | None = None,
    sure: bool = False,
    one: bool = False,
    after: Annotated[int, Range(0, LARGEST)] = 0,
) -> Reply:
    """Look at what was contributed and waits: accept, refuse, ban."""
    store, actor = chat.services.store, chat.actor
    her = await find(store, actor, character)
    waiting = await reviewing.numbers(store, actor, her)
    lines: list[str] = []
    accepted, refused, banned = (() if one is None else named(one).among(waiting) for one in (accept, refuse, ban))
    await reviewing.check(store, actor, [*accepted, *refused, *banned])
    if accept is not None:
        lines.append(_accepted(chat, await reviewing.accept(store, actor, accepted)))
    if refuse is not None:
        lines.append(_refused(chat, await reviewing.refuse(store, actor, refused)))
    lines += [_banned(chat, await _ban(chat, number), number) for number in banned]
    if ban_member is not None:
        giver = await _giver(chat, her, ban_member)
        if not sure:
            return await _sure(chat, her, ban_member, giver)
        decided = await reviewing.ban_member(store, actor, her, giver)
        lines.append(chat.text("review.member_banned", member=giver, count=len(decided.changed)))
        lines += _learnt(chat, decided)
    if undo is not None:
        lines.append(_refused(chat, await reviewing.undo(store, actor, her, batch=undo.strip())))
    if pardon is not None:
        await reviewing.pardon(store, actor, pardon)
        lines.append(chat.text("review.pardoned", number=pardon))
    return await _next(chat, her, lines, 1 if one else PAGE, after)


async def _next(chat: Chat, her: Character, lines: list[str], most: int, after: int) -> Reply:
    """What has been decided, and what waits next."""
    store, actor = chat.services.store, chat.actor
    waiting = await reviewing.numbers(store, actor, her)
    first = next((number for number in waiting if number > after), min(waiting, default=0))  # then from the beginning
    shown = await reviewing.waiting(store, actor, her, after=first - 1, limit=most) if waiting else []
    if not shown:
        counts = await store.contributions.counts(her.id)
        lines.append(chat.text("review.nothing", name=her.name, accepted=counts.accepted))
        return Reply("\n".join(lines), private=True)
    lines.append(chat.text("review.waiting", name=her.name, count=len(waiting)))
    lines += _whence(chat, shown)
    if most > 1:
        lines.append(chat.text("review.how"))
    heads = await showing.heads(store, actor, her, shown)
    cards = [Card(heads.get(one.id), one.id, "waiting") for one in shown]
    alt = chat.text("review.alt", name=her.name, numbers=told(one.id for one in shown))
    picture: Picture = await cards_sheet(chat, cards, alt)
    return Reply("\n".join(lines), (picture,), _buttons(her, shown, most, len(waiting)), private=True)


def _buttons(her: Character, shown: Sequence[Contribution], most: int, waiting: int) -> tuple[Button, ...]:
    who: dict[str, Any] = {"character": her.model}
    first, last = shown[0].id, shown[-1].id
    if most > 1:
        span = f"{first}-{last}" if first != last else str(first)
        found = [Button("accept_all", "review", {**who, "accept": span})]
        found.append(Button("refuse_all", "review", {**who, "refuse": span}))
        found.append(Button("one_by_one", "review", {**who, "one": "yes", "after": first - 1}))
        if waiting > len(shown):
            found.append(Button("next", "review", {**who, "after": last}))
        return tuple(found)
    on = {**who, "one": "yes", "after": last}
    found = [
        Button("accept_it", "review", {**on, "accept": first}),
        Button("refuse_it", "review", {**on, "refuse": first}),
    ]
    if waiting > 1:
        found.append(Button("skip_it", "review", on))
    found.append(Button("ban_it", "review", {**on, "ban": first}))
    found.append(Button("ban_giver", "review", {**who, "ban_member": first}))
    return tuple(found)


def _whence(chat: Chat, shown: Sequence[Contribution]) -> list[str]:
    """Who gave what, and why it waits: what was sent together and waits for one reason stands in one line."""
    groups: dict[tuple[str, str, str], list[int]] = {}
    for one in shown:
        groups.setdefault((one.member, one.batch, one.note), []).append(one.id)
    return [
        chat.text(
            "review.whence",
            numbers=told(ids),
            member=member,
            batch=batch,
            why=chat.text(f"contribute.waiting.{note}") if note else "",
        )
        for (member, batch, note), ids in groups.items()
    ]


async def _ban(chat: Chat, number: int) -> Decided:
    return await reviewing.ban_picture(chat.services.store, chat.actor, number)


async def _giver(chat: Chat, her: Character, number: int) -> str:
    """Who gave a picture. Raises `UserError`."""
    found = await chat.services.store.contributions.some([number])
    if not found or found[0].character != her.id or not found[0].member:
        raise UserError("review.unknown", number=number)
    return found[0].member


async def _sure(chat: Chat, her: Character, number: int, giver: str) -> Reply:
    given = await chat.services.store.contributions.list(her.id, member=giver)
    count = sum(one.state != "refused" for one in given)
    button = Button("ban_sure", "review", {"character": her.model, "ban_member": number, "sure": "yes"})
    text = chat.text("review.ban_ask", member=giver, count=count, name=her.name)
    return Reply(text, buttons=(button,), private=True)


def _accepted(chat: Chat, decided: Decided) -> str:
    if not decided.changed:
        return chat.text("review.no_change")
    numbers = told(one.id for one in decided.changed)
    return chat.text("review.accepted", count=len(decided.changed), numbers=numbers)


def _refused(chat: Chat, decided: Decided) -> str:
    if not decided.changed:
        return chat.text("review.no_change")
    numbers = told(one.id for one in decided.changed)
    lines = [chat.text("review.refused", count=len(decided.changed), numbers=numbers), *_learnt(chat, decided)]
    return "\n".join(lines)


def _banned(chat: Chat, decided: Decided, number: int) -> str:
    return "\n".join([chat.text("review.banned", number=number), *_learnt(chat, decided)])


def _learnt(chat: Chat, decided: Decided) -> list[str]:
    """That versions have learnt from what is gone now."""
    versions = decided.gone.versions
    return [chat.text("review.versions", versions=versions)] if versions else []
