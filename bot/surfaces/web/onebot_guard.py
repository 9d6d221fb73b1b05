"""What may reach `/onebot/`: chat clients, never a browser, and without a token nobody from another machine."""

from fastapi import FastAPI
from loguru import logger
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.settings import Settings
from bot.surfaces.web.peers import from_loopback


def guard_onebot(app: FastAPI, settings: Settings) -> None:
    """Refuse with 403, before the adapter sees it, what comes from a web page (it carries `Origin`: any site can open a
    WebSocket to localhost) and, where no ONEBOT_ACCESS_TOKEN is set, what comes from off this machine."""
    app.add_middleware(_OneBotGuard, open_to_others=settings.onebot_access_token is not None)


class _OneBotGuard:
    def __init__(self, app: ASGIApp, open_to_others: bool) -> None:
        self._app = app
        self._open_to_others = open_to_others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or not _is_onebot(scope["path"]):
            return await self._app(scope, receive, send)
        connection = HTTPConnection(scope)
        if "origin" in connection.headers:
            why = "a web page may not speak OneBot"
        elif not self._open_to_others and not from_loopback(connection):
            why = "other machines need ONEBOT_ACCESS_TOKEN to be set"
        else:
            return await self._app(scope, receive, send)
        logger.warning("refused {} from {}: {}", scope["path"], connection.client, why)
        if scope["type"] == "websocket":
            # closing what was never accepted is answered with 403
            await receive()
            return await send({"type": "websocket.close", "code": 1008, "reason": why})
        return await PlainTextResponse(why, 403)(scope, receive, send)


def _is_onebot(path: str) -> bool:
    return path == "/onebot" or path.startswith("/onebot/")
