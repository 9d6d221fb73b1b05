"""The protocol between one tab and the bot: JSON texts, `type` first.

From the tab: `hello` {since, locale} once, `say` {id, text, locale, reply_to, uploads, pressed}, `complete` {id,
command, option, typed, given, locale}, `ping`.
To the tab: `welcome` {version, status, rows, kept, working}, `row`, `gone` {seq}, `progress` and `done` {to},
`refused` {id, text}, `offers` {id, offers}, `status`, `pong`.
"""

import asyncio
import base64
import contextlib
import json
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from loguru import logger
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.services import Services
from bot.store.web import Entry
from bot.surfaces.base import Incoming, PictureLink
from bot.surfaces.web.completing import offered, read_asked
from bot.surfaces.web.conversation import Conversation
from bot.surfaces.web.responder import WebResponder
from bot.surfaces.web.saying import MOST_CHARACTERS, MOST_SOCKET_CHARACTERS, BadSaying, Saying, read_saying
from bot.surfaces.web.tabs import Tab
from bot.surfaces.web.uploads import UploadRefused, Uploads

CLOSE_BAD = 4400
CLOSE_LARGE = 1009
_HELLO_SECONDS = 15.0

Keep = Callable[[Coroutine[Any, Any, None]], None]


class _NotTaken(Exception):
    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class TabTalk:
    """Reads one tab until it goes away. `keep` runs what must outlive the tab: an answer is finished without it."""

    def __init__(
        self, services: Services, conversation: Conversation, uploads: Uploads, websocket: WebSocket, keep: Keep
    ) -> None:
        self._services = services
        self._conversation = conversation
        self._uploads = uploads
        self._websocket = websocket
        self._keep = keep
        self.tab = Tab(websocket)

    async def run(self, welcome: Callable[[], Mapping[str, Any]], joined: Callable[[], None]) -> None:
        writer = asyncio.create_task(self.tab.run())
        try:
            async with asyncio.timeout(_HELLO_SECONDS):
                hello = await self._receive()
            if hello.get("type") != "hello":
                raise BadSaying("no hello")
            since = hello.get("since")
            await self._conversation.join(self.tab, since if isinstance(since, int) and since > 0 else 0, welcome())
            joined()
            while True:
                await self._take(await self._receive())
        except WebSocketDisconnect:
            pass
        except (BadSaying, TimeoutError) as error:
            logger.warning("a tab of {} said what the page would not: {}", self._conversation.visitor.member, error)
            self.tab.close(CLOSE_BAD)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(writer, 1.0)
        finally:
            self._conversation.leave(self.tab)
            writer.cancel()

    async def _receive(self) -> dict[str, Any]:
        try:
            text = await self._websocket.receive_text()
        except KeyError:  # starlette's way to say that it was bytes
            raise BadSaying("bytes") from None
        if len(text) > MOST_SOCKET_CHARACTERS:
            raise BadSaying("too large")
        try:
            message = json.loads(text)
        except ValueError:
            raise BadSaying("no JSON") from None
        if not isinstance(message, dict):
            raise BadSaying("no object")
        return message

    async def _take(self, message: dict[str, Any]) -> None:
        match message.get("type"):
            case "say":
                await self._say(read_saying(message))
            case "complete":
                asked = read_asked(message)
                found = await offered(self._services, self._conversation.visitor, asked)
                self.tab.tell({"type": "offers", "id": asked.id, "offers": found})
            case "ping":
                self.tab.tell({"type": "pong"})
            case other:
                raise BadSaying(f"type {other!r:.40}")

    async def _say(self, saying: Saying) -> None:
        talk = self._conversation
        if talk.heard_before(saying.id):
            return
        body = {
            "id": saying.id,
            "text": saying.text,
            "uploads": len(saying.uploads),
            "reply_to": saying.reply_to,
            "pressed": saying.pressed,
        }
        try:
            self._check(saying)
            links = await self._replied_pictures(saying)
            uploads = self._uploads.take(talk.visitor.id, saying.uploads)
            seq = await talk.append("own", body)
        except (_NotTaken, UploadRefused) as refused:
            self._refuse(saying, refused.key)
            return
        except Exception:
            logger.exception("a message of {} could not be stored", talk.visitor.member)
            self._refuse(saying, "web.refused.store")
            return
        incoming = Incoming(
            surface="web",
            chat=talk.visitor.chat,
            member=talk.visitor.member,
            text=saying.text,
            addressed=True,
            role=talk.visitor.role,
            locale=saying.locale,
            message_id=str(seq),
            replied_to=saying.reply_to,
            uploads=uploads,
            links=links,
            clickable=True,
        )
        talk.begin(seq)
        self._keep(self._answer(incoming, seq))

    async def _replied_pictures(self, saying: Saying) -> tuple[PictureLink, ...]:
        """What stands in the answer that a message replies to; the visitor's own pictures are not kept."""
        if saying.reply_to is None:
            return ()
        entry = await self._services.store.web.get(self._conversation.visitor.id, int(saying.reply_to))
        links = [self._link(picture, entry) for picture in entry.body.get("pictures", ())] if entry else []
        return tuple(link for link in links if link is not None)

    def _link(self, picture: Mapping[str, Any], entry: Entry) -> PictureLink | None:
        if "held" not in picture:
            return (
                PictureLink("replied", file=entry.files[picture["file"]])
                if picture["file"] < len(entry.files)
                else None
            )
        held = self._conversation.held(picture["held"])
        return None if held is None else PictureLink("replied", "base64://" + base64.b64encode(held.content).decode())

    async def _answer(self, incoming: Incoming, seq: int) -> None:
        try:
            await self._services.dispatcher.handle(incoming, WebResponder(self._conversation, seq))
        finally:
            self._conversation.done(seq)

    def _check(self, saying: Saying) -> None:
        if not saying.text and not saying.uploads:
            raise _NotTaken("web.refused.empty")
        if len(saying.text) > MOST_CHARACTERS:
            raise _NotTaken("web.refused.long")
        if self._conversation.busy:
            raise _NotTaken("web.refused.busy")
        if not self._conversation.rate.take():
            raise _NotTaken("web.refused.fast")

    def _refuse(self, saying: Saying, key: str) -> None:
        self._conversation.forget(saying.id)
        text = self._services.catalogue.text(saying.locale, key, most=MOST_CHARACTERS)
        self.tab.tell({"type": "refused", "id": saying.id, "text": text})
