"""`/contribute`: pictures that the bot may learn a character from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from bot.characters import consent
from bot.characters.characters import find
from bot.characters.consent import ConsentMissing
from bot.characters.contributing import Batch, open_batch
from bot.characters.outcomes import Outcome
from bot.chat import Chat
from bot.command import Button, Picture, Range, Reply, UserError, command
from bot.line.names import spelt
from bot.store.characters import Character
from bot.teaching.handed import handed
from bot.teaching.outcomes import cards, lines
from bot.teaching.sheets import cards_sheet, choices_sheet
from data.portrait.requests import MOST_CARDS

MOST = 30  # pictures of one message
ATTACHED = 9  # that Discord asks for one by one, and the page takes at once
SENDS_AGAIN = frozenset({"web"})  # surfaces whose buttons send along what was sent before


@command("contribute", zh="投稿", costs=True, pictures=ATTACHED, menu=False)
async def contribute(
    chat: Chat,
    character: str | None = None,
    face: Annotated[int, Range(1, 99)] | None = None,
    which: Annotated[int, Range(1, MOST)] | None = None,
    agree: bool = False,
    withdraw: bool = False,
) -> Reply:
    """Give pictures of a character, which the bot learns from."""
    if withdraw:
        return await _withdrawn(chat)
    store = chat.services.store
    her = await find(store, chat.actor, character)
    again = {} if character is None else {"character": her.name}
    try:
        batch = await open_batch(chat.services, chat.actor, her)
    except ConsentMissing:
        if not agree:
            return _asked(chat, again)
        await consent.give(store, chat.member)
        batch = await open_batch(chat.services, chat.actor, her)
    ways = await handed(chat)
    count = sum(way in ways for way in chat.ways)
    if not count and agree:
        return Reply(chat.text("consent.thanks", name=her.name, spelt=spelt(her.name)), private=True, counts=0)
    if not count:
        raise UserError(f"contribute.nothing_{'qq' if chat.surface == 'qq' else 'else'}", name=her.name)
    if which is not None and which > count:
        raise UserError("contribute.no_such_picture", which=which, count=count)
    outcomes = await _taken(chat, batch, ways, which, face)
    cut_short = len(outcomes) < count + batch.inside and which is None
    return await _answer(chat, her, batch, outcomes, again, cut_short)


def _asked(chat: Chat, again: dict[str, str]) -> Reply:
    """The question whether the bot may learn from what the member sends; pressing the button sends it along."""
    button = Button("agree", "contribute", {"agree": "yes", **again}, brings=True)
    text = f"{chat.text('consent.ask')}\n\n{chat.text('consent.how')}"
    return Reply(text, buttons=(button,), private=True, counts=0)


async def _taken(chat: Chat, batch: Batch, ways: Sequence[str], which: int | None, face: int | None) -> list[Outcome]:
    """What became of each; of more than one the member sees how far it is."""
    first, most = (0, MOST) if which is None else (which - 1, 1)
    total = min(most, sum(way in ways for way in chat.ways))
    outcomes: list[Outcome] = []
    uploads = chat.each_picture(most, first=first, ways=ways)  # type: ignore[arg-type]
    async for outcome in batch.take_all(uploads, face):
        outcomes.append(outcome)
        done, of = len(outcomes), total + batch.inside
        if done < of:
            await chat.progress(chat.text("contribute.looking", done=done, of=of), done / of)
    return outcomes


async def _answer(
    chat: Chat, her: Character, batch: Batch, outcomes: Sequence[Outcome], again: dict[str, str], cut_short: bool
) -> Reply:
    text = [] if len(outcomes) == 1 and outcomes[0].choices else lines(chat, her, outcomes)
    if cut_short and outcomes and outcomes[-1].ends:
        text.append(chat.text("contribute.cut_short"))
    elif cut_short:
        text.append(chat.text("contribute.many", most=MOST))
    pictures: list[Picture] = []
    kept = [one for one in outcomes if one.state != "refused"]
    if len(outcomes) > 1 or kept:
        alt = chat.text("contribute.sheet_alt", name=her.name, count=min(len(outcomes), MOST_CARDS))
        pictures.append(await cards_sheet(chat, await cards(chat, outcomes[:MOST_CARDS]), alt))
    if len(outcomes) > MOST_CARDS:
        text.append(chat.text("contribute.first_shown", most=MOST_CARDS))
    buttons: tuple[Button, ...] = ()
    asking = next((place for place, one in enumerate(outcomes) if one.choices), None)
    if asking is not None and len(outcomes) <= sum(way != "avatar" for way in chat.ways):  # of a zip nobody chooses
        choices = outcomes[asking].choices
        pictures.append(await choices_sheet(chat, choices))
        place = {"which": asking + 1} if len(outcomes) > 1 else {}
        text.append(
            chat.text("contribute.choose", which=asking + 1)
            if place
            else chat.text("contribute.choose_one", name=her.name, count=len(choices))
        )
        if chat.surface in SENDS_AGAIN:
            buttons = tuple(
                Button(f"face{n}", "contribute", {**again, "face": n, **place}, brings=True)
                for n in range(1, len(choices) + 1)
            )
    if kept:
        counts = await chat.services.store.contributions.counts(her.id)
        text.append(chat.text("contribute.now", name=her.name, accepted=counts.accepted, batch=batch.id))
    return Reply("\n".join(text), tuple(pictures), buttons, counts=1 if kept else 0)


async def _withdrawn(chat: Chat) -> Reply:
    held, gone = await consent.withdraw(chat.services.store, chat.member)
    if not held and not gone.pictures:
        return Reply(chat.text("consent.nothing"), private=True, counts=0)
    key = "consent.withdrawn_learnt" if gone.versions else "consent.withdrawn"
    return Reply(chat.text(key, pictures=gone.pictures, versions=gone.versions), private=True, counts=0)
