"""The surface itself: puts the page into the server that OneBot uses too, and keeps its conversations."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from fastapi import FastAPI
from starlette.websockets import WebSocket

from bot.command import Reply, Role
from bot.services import Services
from bot.surfaces.base import SendFailed, Surface, SurfaceHealth
from bot.surfaces.web.answer import answer_body
from bot.surfaces.web.boot import version
from bot.surfaces.web.conversation import Conversation
from bot.surfaces.web.headers import SecurityHeaders
from bot.surfaces.web.held import Held
from bot.surfaces.web.operator import OPERATOR_STATIC, operator_routes
from bot.surfaces.web.routes import StaticPages, web_routes
from bot.surfaces.web.socket import TabTalk
from bot.surfaces.web.status import StatusBoard, shown_status
from bot.surfaces.web.tabs import CLOSE_GOING_AWAY
from bot.surfaces.web.uploads import Uploads
from bot.surfaces.web.visitors import LOCAL, Admission, Visitor

CLOSE_TRY_LATER = 1013
MOST_TABS = 12  # of one visitor
MOST_CONVERSATIONS = 500


class WebSurface(Surface):
    """The chat page. `attach` before the server starts, `start` when commands can be answered."""

    name = "web"

    def __init__(self, services: Services, app: FastAPI) -> None:
        self._services = services
        self._app = app
        self._admission = Admission(services.settings)
        self._uploads = Uploads(services.settings.intake_max_bytes)
        self._held = Held()
        self._conversations: dict[str, Conversation] = {}
        self._board = StatusBoard(services, lambda: list(self._conversations.values()))
        self._answers: set[asyncio.Task[None]] = set()
        self._state: SurfaceHealth = SurfaceHealth("starting")

    def attach(self) -> None:
        """Add the page's routes to the app."""
        self._app.add_middleware(SecurityHeaders)
        self._app.include_router(web_routes(self._services, self._admission, self._uploads, self._held, self))
        self._app.mount("/static", StaticPages(), name="static")
        self._app.mount("/operator/static", StaticPages(OPERATOR_STATIC), name="operator-static")
        self._app.include_router(operator_routes(self._services, self._admission))

    @property
    def ready(self) -> bool:
        """Whether commands are answered."""
        return self._state.state == "up"

    async def start(self) -> None:
        self._state = SurfaceHealth("up")

    async def stop(self) -> None:
        self._state = SurfaceHealth("off")
        self._board.stop()
        for conversation in self._conversations.values():
            for tab in conversation.tabs:
                tab.close(CLOSE_GOING_AWAY)
        self._uploads.clear()
        self._held.clear()

    def health(self) -> SurfaceHealth:
        return self._state

    async def tell(self, chat: str, reply: Reply) -> str | None:
        """As the contract says: into the log of `web:@local`, who sees it when they look."""
        visitor = await self._known(chat.removeprefix("web:").removeprefix("@"))
        if visitor is None:
            raise SendFailed("no such visitor comes here")
        conversation = self._conversations.setdefault(visitor.id, self._conversation(visitor))
        try:
            return str(await conversation.append("answer", *answer_body(reply, None, conversation.hold)))
        except Exception as error:
            raise SendFailed(f"it could not be stored: {error}") from error
        finally:
            self._forget_idle()

    async def _known(self, id: str) -> Visitor | None:
        """Somebody who may read what is written to them: who sits here, a superuser, or one who has said something."""
        if id == LOCAL.id:
            return LOCAL if self._admission.sessions is None else None
        told = f"web:{id}" in self._services.settings.superusers or await self._services.store.web.since(id, 0, 1)
        return Visitor(id, Role.MEMBER) if told else None

    async def talk(self, visitor: Visitor, websocket: WebSocket) -> None:
        """Serve one tab until it goes away."""
        conversation = self._conversations.get(visitor.id)
        crowded = conversation is None and len(self._conversations) >= MOST_CONVERSATIONS
        crowded = crowded or (conversation is not None and len(conversation.tabs) >= MOST_TABS)
        if not self.ready or crowded:
            await websocket.accept()
            await websocket.close(CLOSE_TRY_LATER)
            return
        if conversation is None:
            conversation = self._conversations[visitor.id] = self._conversation(visitor)
        await websocket.accept()
        talk = TabTalk(self._services, conversation, self._uploads, websocket, self._keep)
        try:
            await talk.run(self._welcome, self._board.watch)
        finally:
            self._forget_idle()

    def _conversation(self, visitor: Visitor) -> Conversation:
        return Conversation(visitor, self._services, self._held)

    def _welcome(self) -> dict[str, Any]:
        return {"version": version(self._services.catalogue), "status": shown_status(self._services)}

    def _keep(self, answer: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(answer)
        self._answers.add(task)
        task.add_done_callback(self._answered)

    def _answered(self, task: asyncio.Task[None]) -> None:
        self._answers.discard(task)
        self._forget_idle()

    def _forget_idle(self) -> None:
        for id, conversation in list(self._conversations.items()):
            if conversation.idle:
                del self._conversations[id]
