"""What groups are told of the learning of their characters though nobody asks just then: that a run which somebody
asked for has begun, where nobody follows it, and what came of any run.

Told by one of the bot's processes, once, in the language of who hears it; never where the bot may not speak, and of
what nobody asked for not in a group's quiet hours, but after them.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from datetime import UTC
from typing import TYPE_CHECKING

from loguru import logger

from bot.characters import following, wording
from bot.command import Button, Picture, Reply
from bot.locale import Catalogue
from bot.monitoring.superusers import Superusers
from bot.pool.base import Asker, PoolError, Priority
from bot.quiet import QuietHours
from bot.store.errors import StoreUnavailable
from bot.store.schema import EVERYBODY
from bot.surfaces.base import SendFailed
from data.pictures import Encoded
from data.pictures.requests import Reencode

if TYPE_CHECKING:
    from bot.services import Services
    from bot.store.characters import Character
    from bot.store.runs import Run
    from bot.store.versions import Version

REMEMBERED = 256  # runs
PATIENCE = 60.0  # seconds that one message may take
SIDE, QUALITY = 1600, 88  # of the sheet of old against new
SELF = Asker("bot:self")


class Notices:
    """`bot.app` starts it when the surfaces have been started."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._superusers = Superusers(services)
        self._heard: OrderedDict[int, str] = OrderedDict()  # run -> the state that was told of
        self._tasks: set[asyncio.Task[None]] = set()
        self._deaf = lambda: None

    def start(self) -> None:
        self._deaf = self._services.trainings.listen(self._hear)

    async def stop(self) -> None:
        self._deaf()
        self._deaf = lambda: None
        for task in [*self._tasks]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _hear(self, run: Run) -> None:
        if run.state not in ("running", "done", "failed") or (run.state == "running" and not run.pictures):
            return
        if self._heard.get(run.id) == run.state:
            return
        self._heard[run.id] = run.state
        while len(self._heard) > REMEMBERED:
            self._heard.popitem(last=False)
        task = asyncio.get_running_loop().create_task(self._tell(run), name=f"tell of run {run.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell(self, run: Run) -> None:
        try:
            character = await self._services.store.characters.get(run.character)
            if character is None:
                return
            if run.state == "failed":
                await self._tell_superusers(run, character)
            version = None if run.version is None else await self._services.store.versions.get(run.version)
            asked = _asked_in(run)
            # Of what came of it they hear where she is at home, too.
            chats = [asked, _home(character) if run.state == "done" else None]
            told = [
                self._tell_in(chat, run, character, version, wait=chat != asked)
                for chat in dict.fromkeys(chats)
                if chat is not None
            ]
            await asyncio.gather(*told)
        except StoreUnavailable as error:
            logger.warning("nobody is told of run {}: {}", run.id, error)
        except Exception:
            logger.exception("nobody is told of run {}", run.id)

    async def _tell_in(self, chat: str, run: Run, character: Character, version: Version | None, *, wait: bool) -> None:
        if not await self._may_speak(chat, wait=wait):
            return
        if run.state == "running" and await following.followed(self._services.store, run.id):
            return
        surface = self._services.surfaces.get(chat.partition(":")[0])
        if surface is None or surface.health().state != "up":
            logger.info("{} is not told of run {}: its surface is not up", chat, run.id)
            return
        if not await self._services.store.claims.take("retrain", chat, f"{run.id} {run.state}"):
            return
        locale = await self._locale(chat)
        text = wording.notice(self._services.catalogue, locale, run, character, version)
        pictures = () if version is None else await self._pairs(run, character, locale)
        reply = Reply(text, pictures, self._buttons(character, version), locale=locale)
        sent = False
        try:
            async with asyncio.timeout(PATIENCE):
                await surface.tell(chat, reply)
            sent = True
        except (SendFailed, TimeoutError) as error:
            logger.warning("{} was not told of run {}: {}", chat, run.id, error or "it took too long")
        self._services.metrics.message(surface.name, sent)

    async def _tell_superusers(self, run: Run, character: Character) -> None:
        if await self._services.store.claims.take("retrain", "superusers", f"{run.id} {run.state}"):
            catalogue = self._services.catalogue
            await self._superusers.tell(lambda locale: wording.trouble(catalogue, locale, run, character))

    async def _may_speak(self, chat: str, wait: bool) -> bool:
        """Whether the bot may say something in a chat; with `wait` that is known once its quiet hours are over."""
        services = self._services
        if "@" in chat:
            ban = (await services.store.members.get(chat.replace("@", ""))).ban
            return ban is None or not ban.holds(services.gate.now())
        if services.settings.groups_allow and chat not in services.settings.groups_allow:
            return False
        group = await services.store.groups.get(chat)
        quiet = QuietHours.parse(group.quiet) if group.quiet and wait else None
        now = services.gate.now()
        if quiet is not None and quiet.hold(now):
            await asyncio.sleep((quiet.over_at(now) - now.astimezone(UTC)).total_seconds())
            return await self._may_speak(chat, wait=False)
        return group.ban is None or not group.ban.holds(now)

    async def _locale(self, chat: str) -> str:
        if "@" in chat:
            chosen = (await self._services.store.members.get(chat.replace("@", ""))).locale
            chosen = chosen or self._services.gate.spoken(chat)
        else:
            chosen = (await self._services.store.groups.get(chat)).locale
        return Catalogue.nearest(chosen or self._services.settings.language)

    async def _pairs(self, run: Run, character: Character, locale: str) -> tuple[Picture, ...]:
        """The old version beside the new one; none where it cannot be shown."""
        path = (await self._services.trainings.sheets(run)).get("pairs")
        try:
            content = b"" if path is None else await asyncio.to_thread(path.read_bytes)
            if not content:
                return ()
            request = Reencode(content, "image/jpeg", SIDE, QUALITY)
            encoded: Encoded = await self._services.pool.run(request, SELF, priority=Priority.ANIMATION)
        except (OSError, PoolError) as error:
            logger.warning("run {} is told of without a picture: {}", run.id, error)
            return ()
        alt = self._services.catalogue.text(locale, "retrain.notice.pairs", name=character.name)
        return (Picture(None, encoded, (), alt),)

    def _buttons(self, character: Character, version: Version | None) -> tuple[Button, ...]:
        """What an admin can do about it, as far as there are commands for it."""
        if version is None:
            return ()
        who, number = {"character": character.model}, version.id.partition("@")[2]
        button = Button("rollback", "retrain rollback", who)
        if version.state == "candidate":
            button = Button("promote", "retrain promote", {**who, "version": number})
        return () if self._services.commands.get(button.command) is None else (button,)


def _asked_in(run: Run) -> str | None:
    """The chat in which somebody asked for a run; None where a schedule did."""
    if run.group is not None:
        return run.group
    return None if run.member is None else _private(run.member)


def _home(character: Character) -> str | None:
    """The chat that a character is of; None where she is everybody's."""
    if character.owner == EVERYBODY:
        return None
    return _private(character.owner) if character.private else character.owner


def _private(member: str) -> str:
    """`qq:@10001` of `qq:10001`."""
    surface, _, id = member.partition(":")
    return f"{surface}:@{id}"
