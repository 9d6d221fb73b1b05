"""An answer as Discord takes it: texts of at most 2,000 characters, files under the limit, buttons.

Discord, Create Message; "Uploading Files": the limit is the server's, and stands in each interaction.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import discord
from loguru import logger

from bot.command import Attachment, Picture, Reply
from bot.pool.base import Asker, PoolError
from bot.services import Services
from bot.surfaces.discord.buttons import view_of
from data.pictures import Encoded
from data.pictures.requests import Reencode

LONGEST_TEXT = 2000
MOST_MESSAGES = 5  # that one answer may take
MOST_FILES = 10
LONGEST_ALT = 1024
LIMIT = discord.utils.DEFAULT_FILE_SIZE_LIMIT_BYTES  # where nobody says otherwise
ENVELOPE = 16_384  # bytes of a request that are no file
NOBODY = discord.AllowedMentions.none()

_SMALLER = ((1024, 80), (512, 70), (256, 60))  # longest side in px, and JPEG quality, one after the other


class Draft:
    """One answer. `parts` makes the messages anew for each try: sending uses files up."""

    def __init__(self, services: Services, reply: Reply) -> None:
        self._services, self._reply = services, reply
        self._pictures = [(picture, picture.encoded) for picture in reply.pictures[:MOST_FILES]]
        self._step = 0
        self._too_large = False

    async def fit(self, limit: int) -> None:
        """Make the pictures smaller until they are under `limit` bytes together; at last leave them out, and say so."""
        while self._bytes > limit - ENVELOPE and await self.shrink():
            pass

    async def shrink(self) -> bool:
        """Make the pictures smaller by one step; False where there was nothing left to make smaller."""
        if not self._pictures:
            return False
        if self._step == len(_SMALLER):
            logger.warning("discord: a picture is too large for a server, however small; sent without it")
            self._pictures, self._too_large = [], True
            return True
        side, quality = _SMALLER[self._step]
        self._step += 1
        self._pictures = [(picture, await self._smaller(picture, side, quality)) for picture, _ in self._pictures]
        return True

    def parts(self) -> list[dict[str, Any]]:
        """Keyword arguments for the messages in order; files and buttons are with the last."""
        locale = self._reply.locale or self._services.settings.language
        text = self._reply.text
        if self._too_large:
            text = f"{text}\n{self._services.catalogue.text(locale, 'discord.too_large')}".strip()
        bare = "" if self._pictures or self._reply.files else "…"  # Discord sends nothing that is empty
        messages: list[dict[str, Any]] = [
            {"content": piece, "allowed_mentions": NOBODY} for piece in split(text) or [bare]
        ]
        last = messages[-1]
        last["files"] = [_picture_file(*one) for one in self._pictures] + [_file(f) for f in self._reply.files]
        if view := view_of(self._services.catalogue, locale, self._reply):
            last["view"] = view
        return messages

    @property
    def _bytes(self) -> int:
        return sum(len(e.content) for _, e in self._pictures) + sum(len(f.content) for f in self._reply.files)

    async def _smaller(self, picture: Picture, side: int, quality: int) -> Encoded:
        """From the picture as it was drawn: one that is made smaller twice looks it."""
        request = Reencode(picture.encoded.content, picture.encoded.media_type, side, quality)
        try:
            return await self._services.pool.run(request, Asker("discord:self"))
        except PoolError as error:
            logger.warning("discord: a picture could not be made smaller: {}", type(error).__name__)
            return picture.encoded


def split(text: str) -> Sequence[str]:
    """A text in pieces that Discord takes, cut between lines where that can be, then between words; [] for none."""
    pieces: list[str] = []
    rest = text.strip()
    while rest and len(pieces) < MOST_MESSAGES:
        if len(rest) <= LONGEST_TEXT:
            pieces.append(rest)
            return pieces
        window = rest[: LONGEST_TEXT + 1]
        cut = next((at for mark in ("\n", " ") if (at := window.rfind(mark)) > LONGEST_TEXT // 2), LONGEST_TEXT)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    if rest:
        pieces[-1] = pieces[-1][: LONGEST_TEXT - 1] + "…"
    return pieces


def _picture_file(picture: Picture, encoded: Encoded) -> discord.File:
    suffix = encoded.media_type.removeprefix("image/").replace("jpeg", "jpg")
    name = f"{picture.id or 'picture'}.{suffix}"
    return discord.File(io.BytesIO(encoded.content), name, description=picture.alt[:LONGEST_ALT] or None)


def _file(attachment: Attachment) -> discord.File:
    return discord.File(io.BytesIO(attachment.content), attachment.name)
