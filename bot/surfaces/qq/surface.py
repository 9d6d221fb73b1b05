"""The surface itself: registers with nonebot2, hands what it hears to the dispatcher, says how it is."""

import asyncio
import importlib
import importlib.util
from collections.abc import Sequence

from loguru import logger
from nonebot import on_message, on_notice
from nonebot.adapters import Bot, Event
from nonebot.drivers import Driver
from nonebot.matcher import Matcher

from bot.command import Reply, Role
from bot.services import Services
from bot.surfaces.base import KnownGroup, SendFailed, Surface, SurfaceHealth
from bot.surfaces.qq.accounts import Accounts
from bot.surfaces.qq.answering import QQResponder
from bot.surfaces.qq.directory import Directory
from bot.surfaces.qq.files import Uploaded
from bot.surfaces.qq.hearing import hear, target_of
from bot.surfaces.qq.limiter import SendLimiter
from bot.surfaces.qq.onebot import OneBotAdapter
from bot.surfaces.qq.outbox import Outbox, Place

OTHER_ADAPTERS = ("nonebot.adapters.qq", "nonebot.adapters.satori", "nonebot.adapters.milky")
"""Used where an operator has installed them; each reads its own settings from `.env`."""


class QQSurface(Surface):
    """QQ by OneBot v11, and the other chats that nonebot2 has an adapter for."""

    name = "qq"

    def __init__(self, services: Services) -> None:
        self._services = services
        self._accounts = Accounts()
        self._outbox = Outbox(self._accounts, SendLimiter(services.settings.qq_sends_per_minute))
        self._directory = Directory(self._accounts)
        self._uploaded = Uploaded()
        self._listening = asyncio.Event()
        self._stopped = False
        self._onebot: OneBotAdapter | None = None
        self._broken: list[str] = []  # adapters that would not start, and why

    def register(self, driver: Driver) -> None:
        """Register adapters, hooks and the one matcher: after `nonebot.init`, before the server starts."""
        self._accounts.watch(driver)
        driver.on_bot_connect(self._connected)
        driver.on_bot_disconnect(self._disconnected)
        self._register(driver, OneBotAdapter)
        onebot = driver._adapters.get(OneBotAdapter.get_name())
        self._onebot = onebot if isinstance(onebot, OneBotAdapter) else None
        for module in OTHER_ADAPTERS:
            if importlib.util.find_spec(module) is not None:
                self._register(driver, module)
        # It must not keep a message from other plugins unless the bot answers it, which is known only afterwards.
        on_message(priority=10, block=False, handlers=[self._hear])
        on_notice(priority=10, block=False, handlers=[self._notice])

    def _register(self, driver: Driver, adapter: type[OneBotAdapter] | str) -> None:
        try:
            kind = importlib.import_module(adapter).Adapter if isinstance(adapter, str) else adapter
            driver.register_adapter(kind)
        except Exception as error:  # an operator's settings or a package's fault: the rest goes on
            name = adapter if isinstance(adapter, str) else adapter.get_name()
            logger.opt(exception=error).error("qq: the adapter {} does not start", name)
            self._broken.append(f"the adapter {name} does not start ({type(error).__name__})")

    async def start(self) -> None:
        self._listening.set()

    async def stop(self) -> None:
        """Connections are closed by nonebot2's driver when the server ends."""
        self._stopped = True
        self._accounts.close()

    def health(self) -> SurfaceHealth:
        if self._stopped:
            return SurfaceHealth("off", "stopped")
        troubles = list(self._broken)
        if self._onebot is not None:
            troubles += [f"{address}: {why}" for address, why in sorted(self._onebot.troubles.items())]
        if count := len(self._accounts.connected):
            connected = "1 account connected" if count == 1 else f"{count} accounts connected"
            return SurfaceHealth("up", "; ".join([connected, *troubles]))
        if self._onebot is not None and self._onebot.knocked:
            troubles.append(self._onebot.knocked)
        if troubles:
            return SurfaceHealth("failed", "; ".join(troubles))
        if not self._listening.is_set():
            return SurfaceHealth("starting")
        settings = self._services.settings
        if settings.loopback or settings.onebot_access_token is not None:
            return SurfaceHealth("waiting", "no account is connected")
        return SurfaceHealth("waiting", "no account is connected; from other machines only with ONEBOT_ACCESS_TOKEN")

    async def tell(self, chat: str, reply: Reply) -> str | None:
        """As the contract says, through whichever account is in the group, or has the member for a friend."""
        place = await self._directory.place(chat)
        if place is None:
            raise SendFailed("no account that is connected is in that chat")
        return await QQResponder(self._services, self._outbox, self._accounts, place).send(reply)

    async def groups(self) -> Sequence[KnownGroup]:
        return await self._directory.groups()

    async def role_of(self, group: str, member: str) -> Role | None:
        """`bot.surfaces.roles.KnowsMembers`."""
        return await self._directory.role_of(group, member)

    def is_me(self, member: str) -> bool:
        """`bot.surfaces.roles.KnowsMembers`."""
        return member.removeprefix("qq:") in self._accounts.connected

    # -- what nonebot2 calls -------------------------------------------------------------------------------------------

    async def _connected(self, bot: Bot) -> None:
        if self._onebot is not None:
            self._onebot.knocked = ""
        self._accounts.notice()

    async def _disconnected(self, bot: Bot) -> None:
        self._accounts.notice()

    async def _notice(self, bot: Bot, event: Event) -> None:
        self._uploaded.notice(bot, event)

    async def _hear(self, bot: Bot, event: Event, matcher: Matcher) -> None:
        await self._listening.wait()  # a client may be quicker than the rest of the bot
        if self._stopped:
            return
        own_messages = self._outbox.sent_by(bot.self_id)
        own_accounts = self._accounts.connected
        incoming = await hear(bot, event, own_accounts=own_accounts, own_messages=own_messages, uploaded=self._uploaded)
        if incoming is None:
            return
        self._directory.heard(incoming.chat, bot.self_id, target_of(bot, event, incoming))
        place = Place(bot.self_id, event, incoming.message_id)
        responder = QQResponder(self._services, self._outbox, self._accounts, place)
        if await self._services.dispatcher.handle(incoming, responder):
            matcher.stop_propagation()
