"""The OneBot v11 adapter as this bot needs it: forgiving with what it hears, and able to say why nobody is there.

Protocol: botuniverse/onebot-11, communication/ws-reverse.md and ws.md. What NapCat, LLOneBot and Lagrange do
differently is met here, so that the rest sees events as the specification has them.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp
from nonebot.adapters.onebot.v11 import Adapter, Bot, NetworkError
from nonebot.adapters.onebot.v11.event import Event
from nonebot.drivers import URL, Request, Response, Timeout, WebSocket

GET_MSG_SECONDS = 5.0
"""The adapter looks a replied-to message up before anybody hears the event; a slow answer would delay the bot's."""

SILENCE_SECONDS = 100.0
"""A forward connection that brings nothing this long is dead. NapCat's heartbeat comes every 30 s, which is exactly
the adapter's own limit: connections broke now and then for nothing."""

REFUSED = "the access token was refused"


class OneBotAdapter(Adapter):
    """nonebot-adapter-onebot, with `troubles` for `/healthz`: forward address -> what is wrong with it."""

    def __init__(self, driver: Any, **kwargs: Any) -> None:
        super().__init__(driver, **kwargs)
        self.troubles: dict[str, str] = {}
        self.knocked = ""  # why somebody who wanted to connect could not

    # -- who may connect -----------------------------------------------------------------------------------------------

    async def _handle_http(self, request: Request) -> Response:
        """The adapter's HTTP door asks for no access token: anybody who reaches it could speak as a superuser."""
        return Response(404, content="OneBot is served by WebSocket, at /onebot/v11/ws")

    def _check_access_token(self, request: Request) -> Response | None:
        refusal = super()._check_access_token(request)
        if refusal is not None:
            self.knocked = "a OneBot client was turned away: its access token is missing or not ONEBOT_ACCESS_TOKEN"
        return refusal

    # -- connections that we make --------------------------------------------------------------------------------------

    @asynccontextmanager
    async def websocket(self, setup: Request) -> AsyncGenerator[WebSocket, None]:
        address = _shown(setup.url)
        setup.timeout = Timeout(read=SILENCE_SECONDS, close=10.0)
        async with AsyncExitStack() as stack:
            try:
                socket = await stack.enter_async_context(super().websocket(setup))
            except Exception as error:
                self.troubles[address] = _why(error)
                raise
            yield _Watched(socket, self.troubles, address)

    # -- what is said --------------------------------------------------------------------------------------------------

    async def _call_api(self, bot: Bot, api: str, **data: Any) -> Any:
        if api != "get_msg":
            return await super()._call_api(bot, api, **data)
        try:
            async with asyncio.timeout(GET_MSG_SECONDS):
                answer = await super()._call_api(bot, api, **data)
        except TimeoutError:
            raise NetworkError("get_msg timeout") from None
        # Fields that the adapter insists on and nobody reads; not every implementation sends them.
        unread = {"time": 0, "message_type": "", "message_id": data.get("message_id"), "real_id": 0, "message": []}
        return {**unread, **answer} if isinstance(answer, Mapping) else answer

    @classmethod
    def json_to_event(cls, json_data: Any) -> Event | None:
        if isinstance(json_data, dict) and json_data.get("post_type") == "message":
            json_data = _complete(json_data)
        return super().json_to_event(json_data)


def _complete(frame: dict[str, Any]) -> dict[str, Any]:
    """A message event with the fields that the adapter insists on; where one is missing, it would drop the message."""
    group = frame.get("group_id") is not None and frame.get("message_type") != "private"
    defaults = {
        "time": 0,
        "message_type": "group" if group else "private",
        "sub_type": "normal" if group else "friend",
        "message": frame.get("raw_message", ""),
        "raw_message": "",
        "font": 0,
    }
    given = {name: value for name, value in frame.items() if value is not None}
    return {**defaults, **given, "sender": _sender(frame)}


def _sender(frame: Mapping[str, Any]) -> dict[str, Any]:
    """Only what is read, as text: implementations disagree about the types of the rest (a level of 3 or "3")."""
    sender = frame.get("sender")
    told = sender if isinstance(sender, Mapping) else {}
    said = {name: str(told[name]) for name in ("nickname", "card", "role") if told.get(name) is not None}
    return {"user_id": frame.get("user_id"), **said}


class _Watched(WebSocket):
    """A connection that we made: a first event proves that we were let in, NapCat's 1403 that we were not.

    NapCat accepts the WebSocket first, then sends `{"status": "failed", "retcode": 1403}` and closes.
    """

    def __init__(self, socket: WebSocket, troubles: dict[str, str], address: str) -> None:
        super().__init__(request=socket.request)
        self._socket, self._troubles, self._address = socket, troubles, address
        self._let_in = False

    @property
    def closed(self) -> bool:
        return self._socket.closed

    async def accept(self) -> None:
        await self._socket.accept()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        await self._socket.close(code, reason)

    async def receive(self) -> str | bytes:
        try:
            data = await self._socket.receive()
        except Exception as error:
            if self._let_in or self._address not in self._troubles:
                self._troubles[self._address] = _why(error)
            raise
        if not self._let_in:
            self._judge(data)
        return data

    def _judge(self, data: str | bytes) -> None:
        try:
            frame = json.loads(data)
        except ValueError:
            frame = None
        if not isinstance(frame, dict):
            self._troubles[self._address] = "what answers there does not speak OneBot"
        elif frame.get("post_type"):
            self._let_in = True
            self._troubles.pop(self._address, None)
        elif frame.get("retcode") == 1403:
            self._troubles[self._address] = REFUSED

    async def receive_text(self) -> str:
        return await self._socket.receive_text()

    async def receive_bytes(self) -> bytes:
        return await self._socket.receive_bytes()

    async def send_text(self, data: str) -> None:
        await self._socket.send_text(data)

    async def send_bytes(self, data: bytes) -> None:
        await self._socket.send_bytes(data)


def _shown(url: URL) -> str:
    """The address without what may be secret in it: a token can stand in the query, a password before the host."""
    return str(url.with_query(None).with_user(None))


def _why(error: Exception) -> str:
    match error:
        case aiohttp.WSServerHandshakeError(status=401 | 403):
            return REFUSED
        case aiohttp.WSServerHandshakeError(status=status):
            return f"no WebSocket is served there (HTTP {status})"
        case aiohttp.ClientConnectorError():
            return "nobody listens there"
        case TimeoutError():
            return "the connection fell silent"
        case _:
            return f"the connection broke ({type(error).__name__})"
