"""Sheets of contributions as pictures of an answer. None is kept: what is taken back is to be gone."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat import Chat
from bot.command import Picture, UserError
from bot.pool.base import RequestFailed
from data.pictures import Encoded, Pixels
from data.pictures.requests import Sheet
from data.portrait.requests import MOST_CARDS, Card, Cards


async def cards_sheet(chat: Chat, cards: Sequence[Card], alt: str) -> Picture:
    """The first `MOST_CARDS` of them. Raises `UserError`."""
    try:
        encoded: Encoded = await chat.run(Cards(tuple(cards[:MOST_CARDS])))
    except RequestFailed:
        raise UserError("teaching.unreadable") from None
    return Picture(None, encoded, (), alt, fleeting=True)


async def choices_sheet(chat: Chat, faces: Sequence[Pixels]) -> Picture:
    """Faces (S, S, 3) of which one is to be chosen by its number. Raises `UserError`."""
    encoded: Encoded = await chat.run(Sheet(tuple(faces), numbered=True))
    return Picture(None, encoded, (), chat.text("contribute.choose_alt", count=len(faces)), fleeting=True)
