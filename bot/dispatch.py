"""The way of a message: heard -> parsed -> admitted -> handled -> answered. One funnel for errors.

Whoever addressed the bot gets an answer: the one they asked for, a sentence that says what is wrong, or a line with an
id under which the log has the rest.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from dataclasses import replace
from typing import Any

from loguru import logger

from bot.chat import Chat
from bot.command import Command, Kind, PictureName, Reply, UserError
from bot.line.parser import Invocation, LineParser
from bot.monitoring.ids import ids_of
from bot.services import Services
from bot.store import StorageFull, StoreUnavailable
from bot.surfaces.base import Incoming, Responder, SendFailed
from bot.surfaces.offers import read_press

_TALK = re.compile(r"(?:^|\s)(?![#＃\d０-９]|[^\s:：=]+[:：=])\S")  # a word that is no picture, number or named value
_NAMED = re.compile(
    r"[^\W\d]\w*[:：=]\S+(?:\s+[^\W\d]\w*[:：=]\S+)*"
)  # 投稿 撤回:是 is nothing that anybody says to anybody else
_ME = frozenset({"me", "myself", "我", "自己", "我自己"})


class Dispatcher:
    """Takes what the surfaces hear. One a bot."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._parser = LineParser(services.commands, services.catalogue, services.settings.command_start)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closing = False

    async def handle(self, incoming: Incoming, responder: Responder) -> bool:
        """Answer a message if it is for the bot; says whether it was. Never raises but for cancellation."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with logger.contextualize(**ids_of(incoming)):
                return await self._handle(incoming, responder)
        finally:
            self._tasks.discard(task)

    async def drain(self, seconds: float) -> None:
        """Take no more commands and wait until those in flight are answered, at most `seconds`; then cut the rest off,
        which tells their members so."""
        self._closing = True
        waiting = self._tasks - {asyncio.current_task()}  # type: ignore[arg-type]
        if not waiting:
            return
        _, late = await asyncio.wait(waiting, timeout=seconds)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=1.0)

    # ---------------------------------------------------------------------------------------------------------------

    async def _handle(self, incoming: Incoming, responder: Responder) -> bool:
        started = time.perf_counter()
        name, outcome = "", "ok"
        locale = self._services.settings.language
        late = self._closing  # what was heard before is answered, however far it has come
        try:
            if not self._may_be_for_us(incoming):
                return False
            locale = await self._services.gate.locale(incoming)
            replied = await self._replied(incoming)
            try:
                incoming = self._with_own_avatar(incoming)
                invocation = await self._read(incoming, replied, locale)
            except UserError:
                if not await self._claimed(incoming):
                    return True
                raise
            if invocation is None:
                return False
            if not await self._claimed(incoming):
                return True
            name = invocation.command.name
            if late:
                raise UserError("error.closing")
            await self._run(invocation, incoming, responder, locale, replied)
        except UserError as error:
            if error.key.startswith("gate.group_") and not self._meant(incoming):
                return False  # where the bot does not serve, a bare 老婆 is talk
            outcome = error.key
            self._services.metrics.refused(error.key)
            await self._say(incoming, responder, self._services.catalogue.text(locale, error.key, **error.values))
        except StoreUnavailable as error:
            if not name and not self._meant(incoming):
                return False  # nobody will know whether it was more than talk
            outcome = "error.storage_away"
            logger.error("the store is out of reach, for /{} on {}: {}", name, incoming.surface, error)
            await self._say(incoming, responder, self._services.catalogue.text(locale, "error.storage_away"))
        except StorageFull as error:
            outcome = "error.storage_full"
            logger.error("an answer to /{} could not be kept: {}", name, error)
            await self._say(incoming, responder, self._services.catalogue.text(locale, "error.storage_full"))
        except SendFailed as error:
            outcome = "send_failed"
            logger.warning("{}: an answer to /{} could not be sent: {}", incoming.surface, name, error)
        except asyncio.CancelledError:
            outcome = "cancelled"
            if not self._closing:
                raise
            await self._say(incoming, responder, self._services.catalogue.text(locale, "error.closing"))
        except Exception:
            outcome = "error"
            id = secrets.token_hex(3)
            logger.exception("error {} in /{} on {}", id, name, incoming.surface)
            await self._say(incoming, responder, self._services.catalogue.text(locale, "error.internal", id=id))
        if name:
            seconds = time.perf_counter() - started
            self._services.metrics.command(name, outcome, seconds, incoming.surface)
            logger.info("/{} on {} in {:.0f} ms: {}", name, incoming.surface, seconds * 1000, outcome)
        return True

    def _meant(self, incoming: Incoming) -> bool:
        """Whether there is no doubt that the bot is meant: then it always answers."""
        return incoming.addressed or self._parser.head(incoming.text)[2]

    def _may_be_for_us(self, incoming: Incoming) -> bool:
        """Quick and without the store: groups say thousands of things that are not for the bot."""
        if self._meant(incoming) or incoming.replied_to is not None:
            return True
        word, _, _ = self._parser.head(incoming.text)
        command = self._services.commands.get(word)
        return command is not None and _called_bare(command, word)

    async def _claimed(self, incoming: Incoming) -> bool:
        """Whether this process is the one to answer: others that share the database may have heard it too."""
        store = self._services.store
        if incoming.message_id is None or not store.database.shared:
            return True
        return await store.claims.take(incoming.surface, incoming.chat, incoming.message_id)

    async def _replied(self, incoming: Incoming) -> PictureName | None:
        if incoming.replied_to is None:
            return None
        sent = await self._services.store.sent.get(incoming.surface, incoming.chat, incoming.replied_to)
        return PictureName(sent.picture) if sent is not None and sent.picture else None

    async def _read(self, incoming: Incoming, replied: PictureName | None, locale: str) -> Invocation | None:
        """The command in a message; None where the message is not for the bot. Raises `UserError`."""
        word, rest, start = self._parser.head(incoming.text)
        command = self._services.commands.get(word)
        if start:
            if command is None:
                raise self._unknown(word, locale) if word else self._greeting(incoming, locale)
            return self._parser.parse(command, rest, locale, replied)
        pressed = self._pressed(incoming.text, replied, locale)
        if pressed is not None:
            return pressed
        if incoming.addressed:
            if command is not None:
                return self._parser.parse(command, rest, locale, replied)
            raise self._unknown(word, locale) if word else self._greeting(incoming, locale)
        if command is None or not _called_bare(command, word):
            return None
        about_picture = command.pictures or (command.options and command.options[0].kind is Kind.PICTURE)
        if about_picture and not _NAMED.fullmatch(rest) and not self._shows(command, rest, incoming, replied):
            return None  # 大 boss: any four letters could be a picture's name
        if any(o.kind is Kind.FACES for o in command.options) and _TALK.search(rest):
            return None  # 变脸 真快: any word could be a seed
        try:
            return self._parser.parse(command, rest, locale, replied)
        except UserError:
            return None  # somebody talks about their 老婆, not to us

    @staticmethod
    def _shows(command: Command, rest: str, incoming: Incoming, replied: PictureName | None) -> bool:
        """Whether a message without a slash has the picture that its command would need."""
        if command.replies_to_picture and (replied is not None or set("#＃") & set(rest)):
            return True
        return command.pictures > 0 and bool(incoming.uploads or incoming.links)

    def _with_own_avatar(self, incoming: Incoming) -> Incoming:
        """`/judge me`, 鉴定 自己: the member's own avatar is the picture, and the word is taken out of the line.

        Raises `UserError` where the platform shows no avatars.
        """
        word, rest, start = self._parser.head(incoming.text)
        command = self._services.commands.get(word)
        words = rest.split()
        others = [w for w in words if w.casefold() not in _ME]
        if command is None or not command.pictures or len(others) == len(words):
            return incoming
        if incoming.avatar is None:
            if start or incoming.addressed:
                raise UserError("intake.no_avatar")
            return incoming
        head = " ".join(incoming.text.split()[: len(word.split())])
        return replace(incoming, text=" ".join([head, *others]), links=(*incoming.links, incoming.avatar))

    def _pressed(self, text: str, replied: PictureName | None, locale: str) -> Invocation | None:
        """Where a platform has no buttons: a word or a number in reply to a picture stands for one."""
        press = read_press(self._services.catalogue, text) if replied is not None else None
        if press is None or replied is None:
            return None
        label, face = press
        command = self._services.commands.get(label)
        if command is None or not command.replies_to_picture:
            return None
        return self._parser.parse(command, str(PictureName(replied.id, face)), locale)

    def _greeting(self, incoming: Incoming, locale: str) -> UserError:
        """To somebody who says nothing: what there is to say, or to do with the picture that they sent."""
        if any(link.how == "attached" and link.find is not None for link in incoming.links):
            return UserError("intake.what_for_file")
        takers = [c for c in self._services.commands.all() if c.pictures and c.menu and not c.hidden]
        if not takers or not (incoming.uploads or any(link.how == "attached" for link in incoming.links)):
            return UserError("error.hello")
        text = self._services.catalogue.text
        names = (
            text(locale, "intake.command", name=c.name, zh=c.zh) for c in sorted(takers, key=lambda c: not c.costs)
        )
        return UserError("intake.what_for", commands=text(locale, "list.comma").join(names))

    def _unknown(self, word: str, locale: str) -> UserError:
        shown = "".join(c for c in word if c.isprintable())[:24]
        if group := self._services.commands.group(word.partition(" ")[0]):
            text = self._services.catalogue.text
            lines = (
                text(
                    locale,
                    "help.line",
                    name=c.name,
                    zh=c.zh,
                    summary=text(locale, f"command.{c.name}.summary"),
                )
                for c in group
            )
            return UserError("error.which_of", commands="\n".join(lines))
        near = self._services.commands.nearest(word) if word else None
        if near is None:
            return UserError("error.unknown_command", word=shown)
        return UserError("error.unknown_near", word=shown, near=near.zh if locale == "zh-CN" else near.name)

    async def _run(
        self,
        invocation: Invocation,
        incoming: Incoming,
        responder: Responder,
        locale: str,
        replied: PictureName | None,
    ) -> None:
        command = invocation.command
        async with self._services.gate.admit(incoming, command) as admission:
            chat = Chat(self._services, incoming, responder, admission.role, locale, replied)
            reply = replace(await command.handler(chat, **invocation.args), locale=locale)
            message = await self._send(incoming, responder, reply)
            if not reply.failed:
                await admission.succeeded(reply.counts)
        if message is not None and not reply.unrecorded:
            picture = next((p.id for p in reply.pictures if p.id), reply.recipe)
            await self._services.store.sent.add(
                incoming.surface, incoming.chat, message, picture=picture, member=incoming.member
            )

    async def _send(self, incoming: Incoming, responder: Responder, reply: Reply) -> str | None:
        sent = False
        try:
            message = await responder.send(reply)
            sent = True
        finally:
            self._services.metrics.message(incoming.surface, sent)
        return message

    async def _say(self, incoming: Incoming, responder: Responder, text: str) -> None:
        try:
            await self._send(incoming, responder, Reply(text, failed=True))
        except SendFailed as error:
            logger.warning("a sentence could not be sent: {}", error)
        except Exception:
            logger.exception("a surface failed while it sent a sentence")


def _called_bare(command: Command, word: str) -> bool:
    """Whether a word without a slash calls a command: its Chinese names do."""
    return command.bare and word in (command.zh, *command.aliases)
