"""What reaches `/onebot/`."""

import asyncio
import socket
from typing import Any

import aiohttp
import pytest
import uvicorn
from fastapi import FastAPI, WebSocket

from bot.settings import Settings
from bot.surfaces.web import guard_onebot

PATH = "/onebot/v11/ws"


def guarded(**given: Any) -> FastAPI:
    app = FastAPI()

    @app.websocket(PATH)
    async def reached(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text("reached")
        await websocket.close()

    @app.get("/onebot/v11/http")
    async def also_reached() -> str:
        return "reached"

    guard_onebot(app, Settings(_env_file=None, **given))  # type: ignore[call-arg]
    return app


async def answer(app: FastAPI, client: str, path: str = PATH, kind: str = "websocket", **headers: str) -> str:
    """The type of the first message that a peer at `client` gets, and the status where it is HTTP."""
    raw = [(k.replace("_", "-").encode(), v.encode()) for k, v in {"host": "bot", **headers}.items()]
    scope = {"type": kind, "path": path, "raw_path": path.encode(), "query_string": b"", "headers": raw}
    scope |= {"client": (client, 1), "server": ("bot", 80), "scheme": "ws", "method": "GET", "subprotocols": []}
    sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"} if kind == "websocket" else {"type": "http.request", "body": b""}

    await app(scope, receive, sent.put)  # type: ignore[arg-type]
    first = sent.get_nowait()
    return f"{first['type']} {first.get('status', '')}".strip()


async def test_a_web_page_is_refused_over_a_real_socket_and_a_chat_client_is_not() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}{PATH}"
    server = uvicorn.Server(uvicorn.Config(guarded(), log_config=None, proxy_headers=False))
    serving = asyncio.create_task(server.serve([listener]))
    async with aiohttp.ClientSession() as http:
        async with http.ws_connect(url) as client:
            assert await client.receive_str() == "reached"
        for origin in ("https://evil.example", url, "null"):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await http.ws_connect(url, headers={"Origin": origin})
            assert refused.value.status == 403
    server.should_exit = True
    await serving


async def test_other_machines_need_a_token_to_be_set() -> None:
    assert await answer(guarded(), "203.0.113.9") == "websocket.close"
    assert await answer(guarded(), "203.0.113.9", "/onebot/v11/http", "http") == "http.response.start 403"
    assert await answer(guarded(onebot_access_token="t"), "203.0.113.9") == "websocket.accept"
    assert await answer(guarded(), "127.0.0.1") == "websocket.accept"


async def test_what_a_proxy_passes_on_counts_as_another_machine() -> None:
    assert await answer(guarded(), "127.0.0.1", x_forwarded_for="127.0.0.1") == "websocket.close"


async def test_a_token_does_not_open_it_to_web_pages() -> None:
    assert (
        await answer(guarded(onebot_access_token="t"), "127.0.0.1", origin="https://evil.example") == "websocket.close"
    )


async def test_other_paths_are_none_of_its_business() -> None:
    assert await answer(guarded(), "203.0.113.9", "/onebots", "http") == "http.response.start 404"
