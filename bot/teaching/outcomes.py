"""What became of the pictures of one message, in words and on a sheet."""

from __future__ import annotations

from collections.abc import Sequence

from bot.characters.outcomes import Outcome
from bot.chat import Chat
from bot.store.characters import Character
from bot.teaching.numbers import told
from data.portrait.requests import Card


def lines(chat: Chat, character: Character, outcomes: Sequence[Outcome]) -> list[str]:
    """How many were accepted, wait, were refused; then why, for each reason those that it holds for."""
    if len(outcomes) == 1:
        return [chat.text(f"contribute.one_{outcomes[0].state}", name=character.name, why=_why(chat, outcomes[0]))]
    by_state = {state: [one for one in outcomes if one.state == state] for state in ("accepted", "waiting", "refused")}
    sums = [
        chat.text(f"contribute.some_{state}", count=len(some), numbers=told(_numbers(some)))
        for state, some in by_state.items()
        if some
    ]
    found = [chat.text("contribute.sums", name=character.name, sums=chat.text("contribute.and").join(sums))]
    for why, some in _grouped(chat, by_state["waiting"]):
        found.append(chat.text("contribute.why_waiting", numbers=told(_numbers(some)), why=why))
    for why, some in _grouped(chat, by_state["refused"]):
        places = told(1 + place for place, one in enumerate(outcomes) if any(one is other for other in some))
        found.append(chat.text("contribute.why_refused", places=places, why=why))
    return found


async def cards(chat: Chat, outcomes: Sequence[Outcome]) -> list[Card]:
    """A card each, in their order. What waits is shown where the member is alone with the bot; in place of a copy the
    one that came first, where others may see that."""
    return [await _card(chat, one) for one in outcomes]


async def _card(chat: Chat, one: Outcome) -> Card:
    first = one.contribution
    if one.state != "refused":
        shown = one.published or chat.group is None
        return Card(one.portrait if shown else None, 0 if first is None else first.id, one.state)
    if first is None or first.state != "accepted" or first.file is None:
        return Card(None, mark="refused")
    return Card(await chat.services.store.files.get(first.file), first.id, "refused")


def _numbers(outcomes: Sequence[Outcome]) -> list[int]:
    return [one.contribution.id for one in outcomes if one.contribution is not None]


def _grouped(chat: Chat, outcomes: Sequence[Outcome]) -> list[tuple[str, list[Outcome]]]:
    found: dict[str, list[Outcome]] = {}
    for one in outcomes:
        found.setdefault(_why(chat, one), []).append(one)
    return [*found.items()]


def _why(chat: Chat, outcome: Outcome) -> str:
    return chat.text(outcome.key, **outcome.values)
