"""Sending, through whichever connection the account has by then, and never twice without asking.

What can happen to a message, and what is done about it:

- The platform says no (`ActionFailed`: muted, risk control): it was not delivered. `Refused`; another may be tried.
- The account is not connected: it is waited for, then the message goes through its new connection.
- The connection breaks while the platform is at it, or the platform does not say in time whether it is done. Then the
  message may be out. The chat's history is asked for (an extension that NapCat, LLOneBot and Lagrange have): an answer
  quotes the question, so it can be recognised. If it is there, all is well. If it is not there, or nobody can tell:
  after a break it is sent once more, because an implementation that goes away mid-sentence has seldom sent it, and a
  picture twice is better than none; after a silence it is sent once more only if it is certainly not there, because
  what is slow to say so has mostly sent it.
"""

import asyncio
import base64
import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from loguru import logger
from nonebot.adapters import Bot, Event
from nonebot.exception import ActionFailed, NetworkError
from nonebot_plugin_alconna.uniseg import Receipt, SupportAdapter, Target, UniMessage

from bot.command import Attachment
from bot.surfaces.base import SendFailed
from bot.surfaces.qq.accounts import Accounts
from bot.surfaces.qq.limiter import Congested, SendLimiter

RECONNECT_SECONDS = 60.0
"""How long an answer waits for its account. uvicorn finds a dead connection in 40 s; until then it takes no new one."""

HISTORY_SECONDS = 5.0


class Refused(Exception):
    """The platform certainly did not deliver the message; `args[0]` says why, for the log."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something goes, through the account `self_id`: to what was said in an event, or to a chat as such."""

    self_id: str
    event: Event | Target
    message_id: str | None = None  # what is answered


@dataclass(frozen=True, slots=True)
class _Trace:
    """What the chat's history says of an answer."""

    there: bool | None  # None: nobody can tell
    message_id: str | None = None


class _Broke(Exception):
    """The connection went while the platform was at it."""


class _Silent(Exception):
    """The platform did not say in time whether it is done."""


class Outbox:
    """Sends for all chats: holds the limit, and what was sent lately."""

    def __init__(self, accounts: Accounts, limiter: SendLimiter, *, patience: float = RECONNECT_SECONDS) -> None:
        self._accounts, self.limiter, self._patience = accounts, limiter, patience
        self._sent: deque[tuple[str, str]] = deque(maxlen=2000)

    def sent_by(self, self_id: str) -> frozenset[str]:
        """Ids of the account's own messages of late."""
        return frozenset(message for account, message in self._sent if account == self_id)

    async def send(self, place: Place, compose: Callable[[], UniMessage]) -> str | None:
        """Send what `compose` makes (anew for each try: sending uses it up). Gives the message's id.

        Raises `Refused`, or `SendFailed` where trying anything else would be wrong or too late.
        """
        for last in (False, True):
            bot = await self._turn(place)
            try:
                return self._remember(place, await self._once(place, bot, compose()))
            except _Broke:
                logger.warning("qq: the connection broke while an answer was sent")
                trace = await self._trace(place, await self._bot(place))
                if trace.there:
                    return self._remember(place, trace.message_id)
                if last:
                    raise SendFailed("the connection broke twice") from None
            except _Silent:
                trace = await self._trace(place, bot)
                if trace.there:
                    return self._remember(place, trace.message_id)
                if trace.there is False:
                    raise Refused("no answer in time, and the message is not in the chat") from None
                raise SendFailed("no answer in time; the message may have arrived") from None
        raise AssertionError("unreachable")

    async def upload(self, place: Place, user: str, file: Attachment) -> None:
        """Send a file in private to `user` (an extension that all implementations have: upload_private_file).

        Raises `Refused`, or `SendFailed` where it may have arrived.
        """
        bot = await self._turn(place)
        if bot.adapter.get_name() != SupportAdapter.onebot11 or not user.isdecimal():
            raise Refused("files go by OneBot only")
        content = f"base64://{base64.b64encode(file.content).decode()}"
        try:
            await bot.call_api("upload_private_file", user_id=int(user), file=content, name=file.name)
        except ActionFailed as error:
            if _is_timeout(error):
                raise SendFailed("no answer in time; the file may have arrived") from error
            raise Refused(_retcode(error)) from error
        except Exception as error:
            raise SendFailed(f"a file may not have arrived: {type(error).__name__}") from error

    async def _turn(self, place: Place) -> Bot:
        await self._bot(place)
        try:
            await self.limiter.turn()
        except Congested:
            raise SendFailed("too much waits to be sent already (QQ_SENDS_PER_MINUTE)") from None
        return await self._bot(place)

    async def _bot(self, place: Place) -> Bot:
        try:
            return await self._accounts.get(place.self_id, self._patience)
        except TimeoutError:
            raise SendFailed("the account is not connected") from None

    async def _once(self, place: Place, bot: Bot, message: UniMessage) -> str | None:
        sending = asyncio.create_task(message.send(place.event, bot, no_wrapper=True))
        going = asyncio.create_task(self._accounts.gone(bot))
        try:
            await asyncio.wait({sending, going}, return_when=asyncio.FIRST_COMPLETED)
            if not sending.done():
                raise _Broke
            return _id_of(sending.result())
        except ActionFailed as error:
            if _is_timeout(error):  # NapCat waited for QQ in vain; as often as not QQ has the message
                raise _Silent from error
            raise Refused(_retcode(error)) from error
        except _Broke:
            raise
        except Exception as error:
            if not self._accounts.holds(bot):
                raise _Broke from error
            if isinstance(error, NetworkError):
                raise _Silent from error
            raise Refused(type(error).__name__) from error
        finally:
            for task in (sending, going):
                task.cancel()
            # Their ends are awaited so that nothing of them outlives the answer, a late failure included.
            await asyncio.gather(sending, going, return_exceptions=True)

    def _remember(self, place: Place, message_id: str | None) -> str | None:
        if message_id is not None:
            self._sent.append((place.self_id, message_id))
        return message_id

    async def _trace(self, place: Place, bot: Bot) -> _Trace:
        """Look for our answer to `place` in the chat's history: one that quotes it and that nobody knew of yet."""
        if (
            place.message_id is None
            or isinstance(place.event, Target)
            or bot.adapter.get_name() != SupportAdapter.onebot11
        ):
            return _Trace(None)
        group = getattr(place.event, "group_id", None)
        try:
            async with asyncio.timeout(HISTORY_SECONDS):
                if group is not None and getattr(place.event, "message_type", "group") == "group":
                    history = await bot.call_api("get_group_msg_history", group_id=str(group), count=20)
                else:
                    user = place.event.get_user_id()
                    history = await bot.call_api("get_friend_msg_history", user_id=user, count=20)
            messages = history["messages"]
            known = self.sent_by(place.self_id)
            ours = (str(m["message_id"]) for m in messages if _answers(m, place))
            found = next((m for m in ours if m not in known), None)
            return _Trace(found is not None, found)
        except Exception as error:  # an extension: anything may come back, or nothing
            logger.debug("qq: the chat's history cannot be had: {}", type(error).__name__)
            return _Trace(None)


def _answers(message: Mapping[str, Any], place: Place) -> bool:
    """Whether a message of the history is one of ours that quotes the place's."""
    sender = message.get("sender") or {}
    if str(sender.get("user_id", message.get("user_id"))) != place.self_id:
        return False
    content = message.get("message")
    if isinstance(content, str):
        return re.search(rf"\[CQ:reply,(?:[^\]]*,)?id={re.escape(str(place.message_id))}[,\]]", content) is not None
    quoted = (s["data"].get("id") for s in content or () if s.get("type") == "reply")
    return place.message_id in [str(q) for q in quoted]


def _id_of(receipt: Receipt) -> str | None:
    try:
        reply = receipt.get_reply(0)
    except (KeyError, TypeError):  # the platform sent it and did not say as what
        return None
    return None if reply is None else str(reply.id)


def _is_timeout(error: ActionFailed) -> bool:
    said = getattr(error, "info", {})
    return any("timeout" in str(said.get(name, "")).lower() for name in ("message", "wording", "msg"))


def _retcode(error: ActionFailed) -> str:
    """What the platform said, without its words: they may repeat the message's."""
    return f"retcode {getattr(error, 'info', {}).get('retcode', 'unknown')}"
