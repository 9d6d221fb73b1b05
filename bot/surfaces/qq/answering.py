"""Answers one message: `QQResponder`."""

import asyncio
import time
from collections.abc import Callable, Sequence

from loguru import logger
from nonebot_plugin_alconna.uniseg import Target, UniMessage, message_recall

from bot.command import Button, PictureName, Reply
from bot.pool.base import Asker, PoolError
from bot.services import Services
from bot.surfaces.base import SendFailed
from bot.surfaces.offers import offer_line
from bot.surfaces.qq.accounts import Accounts
from bot.surfaces.qq.handing import hand_over
from bot.surfaces.qq.outbox import Outbox, Place, Refused
from data.pictures import Encoded
from data.pictures.requests import Reencode

QUIET_SECONDS = 20.0
"""Before this, saying that something takes long is itself the noise; after it, people turn to something else (Nielsen,
Usability Engineering, 1993, section 5.5)."""

PROGRESS_SECONDS = 10.0
"""The answer itself may be ready meanwhile, and does not wait longer than this for the word that it takes long."""

LARGEST_BYTES = 30_000_000
"""Pictures of one message together. As base64 in JSON they stay well below NapCat's frame limit of 50 MiB, beyond
which it cuts the connection."""

VIDEO = "video/mp4"


class QQResponder:
    """One message a `send`: a quote of what is answered, text, pictures, and a line that stands for the buttons."""

    def __init__(
        self,
        services: Services,
        outbox: Outbox,
        accounts: Accounts,
        place: Place,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._services, self._outbox, self._accounts, self._place = services, outbox, accounts, place
        self._clock = clock
        self._asked_at = clock()
        self._said_so = False

    async def send(self, reply: Reply) -> str | None:
        """Send an answer. One that the platform refuses is sent once more, its pictures as smaller JPEGs and without
        the quote (the platform also refuses to quote what has been recalled). Files go in private, and pictures of an
        answer that is for who asked. Raises `SendFailed`.
        """
        if reply.files or (reply.private and reply.pictures):
            locale = reply.locale or self._services.settings.language
            return await hand_over(
                self._outbox, self._place, reply, self.send, lambda key: self._services.catalogue.text(locale, key)
            )
        films = [picture.encoded for picture in reply.pictures if picture.encoded.media_type == VIDEO]
        pictures = [picture.encoded for picture in reply.pictures if picture.encoded.media_type != VIDEO]
        sent = await self._send(reply, pictures)
        for film in films:  # a video stands alone in its message (OneBot v11 implementations take no text beside it)
            await self._send_film(film)
        return sent

    async def _send(self, reply: Reply, pictures: list[Encoded]) -> str | None:
        if sum(len(p.content) for p in pictures) > LARGEST_BYTES:
            pictures = await self._smaller(pictures)
        try:
            return await self._outbox.send(self._place, lambda: self._message(reply, pictures, quote=True))
        except Refused as refusal:
            logger.warning("qq: an answer was refused ({}); trying once more, smaller", refusal)
        except SendFailed as failure:
            logger.error("qq: an answer was not sent: {}", failure)
            raise
        pictures = await self._smaller(pictures)
        try:
            return await self._outbox.send(self._place, lambda: self._message(reply, pictures, quote=False))
        except (Refused, SendFailed) as failure:
            logger.error("qq: an answer was not sent: {}", failure)
            raise SendFailed(str(failure)) from None

    async def _send_film(self, film: Encoded) -> None:
        try:
            await self._outbox.send(
                self._place, lambda: UniMessage.video(raw=film.content, mimetype=VIDEO, name="picture.mp4")
            )
        except (Refused, SendFailed) as failure:
            logger.error("qq: a video was not sent: {}", failure)
            raise SendFailed(str(failure)) from None

    async def progress(self, text: str, fraction: float | None) -> None:
        """Say it once, and only to somebody who has waited for some time, when nobody else waits to be answered."""
        if self._said_so or not text or self._clock() - self._asked_at < QUIET_SECONDS:
            return
        if not self._outbox.limiter.free or self._place.self_id not in self._accounts.connected:
            return
        self._said_so = True
        try:
            async with asyncio.timeout(PROGRESS_SECONDS):
                await self._outbox.send(self._place, lambda: self._message(Reply(text), (), quote=True))
        except (Refused, SendFailed, TimeoutError) as failure:
            logger.debug("qq: progress was not sent: {}", failure)

    async def delete(self, message_id: str) -> bool:
        """Recall one of the bot's messages (`delete_msg`); QQ allows that for two minutes, admins for longer."""
        try:
            bot = await self._accounts.get(self._place.self_id, 0)
            event = self._place.event
            await message_recall(message_id, None if isinstance(event, Target) else event, bot)
        except Exception as error:  # refused, gone, unknown: each adapter says it in its own way
            logger.info("qq: a message was not recalled: {}", type(error).__name__)
            return False
        return True

    def _message(self, reply: Reply, pictures: Sequence[Encoded], *, quote: bool) -> UniMessage:
        message = UniMessage()
        if quote and self._place.message_id is not None:
            message = message.reply(self._place.message_id)
        faces = sum(max(1, len(picture.faces)) for picture in reply.pictures)
        locale = reply.locale or self._services.settings.language
        text = self._services.catalogue.text
        pressed = [button for button in reply.buttons if _answerable(button)]
        offers = offer_line(self._services.catalogue, locale, pressed, faces)
        typed = [
            text(locale, "offer.typed", label=text(locale, f"button.{button.label}"), line=button.line())
            for button in reply.buttons
            if not _answerable(button)
        ]
        offers = "\n".join([offers, *typed] if offers else typed)
        if reply.text:
            message = message.text(reply.text)
        for picture in pictures:
            name = f"picture.{picture.media_type.removeprefix('image/')}"
            message = message.image(raw=picture.content, mimetype=picture.media_type, name=name)
        if offers:
            message = message.text(offers if pictures or not reply.text else f"\n{offers}")
        return message

    async def _smaller(self, pictures: Sequence[Encoded]) -> list[Encoded]:
        smaller = []
        for picture in pictures:
            try:
                request = Reencode(picture.content, picture.media_type)
                smaller.append(await self._services.pool.run(request, Asker("qq:self")))
            except PoolError as error:
                logger.warning("qq: a picture could not be made smaller: {}", type(error).__name__)
                smaller.append(picture)
        return smaller


def _answerable(button: Button) -> bool:
    """Whether a word in reply to the answer does what the button does: only a picture can be named by a reply, or
    brought along by it."""
    return button.spot or not button.args or any(isinstance(value, PictureName) for value in button.args.values())
