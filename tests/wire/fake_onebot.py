"""A fake OneBot v11 implementation: what NapCat or LLOneBot would be. Loopback only.

Protocol: botuniverse/onebot-11, communication/ws-reverse.md, ws.md, event/message.md, api/public.md; the extensions
are those of NapCat. Reverse WebSocket (it connects to the bot):

    async with FakeOneBot("ws://127.0.0.1:8080/onebot/v11/ws") as qq:
        call = await qq.ask("/waifu 4")                  # a group message -> the first message sent back there
        call.text, call.images, call.quote               # images: list[bytes], decoded from base64://
        await qq.group_message([at(qq.self_id), text(" hi")])
        qq.fail("send_msg", retcode=1200, times=1)       # the bot sees ActionFailed
        qq.swallow("send_msg")                           # delivers it, never answers: the bot sees a timeout
        await qq.drop(); await qq.connect()              # cut the connection; come back

Forward WebSocket (the bot connects to it): `await qq.listen()` gives the address.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import time
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web

SENDS = {"send_group_msg", "send_private_msg", "send_msg"}


PATIENCE = 90.0  # seconds; a busy machine takes long to load torch


def text(words: str) -> dict:
    return {"type": "text", "data": {"text": words}}


def at(user: int | str) -> dict:
    return {"type": "at", "data": {"qq": str(user)}}


def reply(message_id: int | str) -> dict:
    return {"type": "reply", "data": {"id": str(message_id)}}


def image(url: str = "", file: str = "A1B2.png", **more: Any) -> dict:
    """A picture as NapCat tells of one: with an address that expires."""
    return {
        "type": "image",
        "data": {"file": file, "url": url, "sub_type": 0, "file_size": "99", "summary": "", **more},
    }


def document(name: str, file_id: str, url: str = "", **more: Any) -> dict:
    """A file as NapCat tells of one: of most the address has to be asked for."""
    return {"type": "file", "data": {"file": name, "file_id": file_id, "file_size": "99", "url": url, **more}}


def segments(message: Any) -> list[dict]:
    return [text(message)] if isinstance(message, str) else list(message or [])


@dataclass(frozen=True)
class Call:
    """An API call of the bot's."""

    action: str
    params: dict
    echo: Any

    @property
    def segments(self) -> list[dict]:
        return segments(self.params.get("message"))

    @property
    def kinds(self) -> list[str]:
        return [s["type"] for s in self.segments]

    @property
    def text(self) -> str:
        return "".join(s["data"].get("text", "") for s in self.segments if s["type"] == "text")

    @property
    def images(self) -> list[bytes]:
        files = (s["data"]["file"] for s in self.segments if s["type"] == "image")
        return [base64.b64decode(f.removeprefix("base64://"), validate=True) for f in files]

    @property
    def quote(self) -> str | None:
        return next((str(s["data"]["id"]) for s in self.segments if s["type"] == "reply"), None)

    @property
    def target(self) -> tuple[str, int]:
        kind = self.params.get("message_type") or ("group" if self.params.get("group_id") else "private")
        return kind, int(self.params["group_id" if kind == "group" else "user_id"])


class FakeOneBot:
    def __init__(self, url: str = "", self_id: int = 99999, token: str | None = None) -> None:
        self.url, self.self_id, self.token = url, self_id, token
        self.calls: list[Call] = []
        self.forwards: dict[str, dict] = {}  # merged forwards: id -> the answer to get_forward_msg
        self.documents: dict[
            tuple[str, str], dict
        ] = {}  # (action, file_id) -> the answer of get_group_file_url and such
        self.messages: dict[int, dict] = {}  # every message of every chat, the bot's too: get_msg, history
        self.groups: dict[int, str] = {}  # that the account is in: number -> name
        self.friends: set[int] = set()
        self.roles: dict[tuple[int, int], str] = {}  # (group, member) -> "owner", "admin"; else "member"
        self.files: list[tuple[int, str, bytes]] = []  # sent in private: to whom, name, content
        self.history = True  # whether the extension get_group_msg_history is there
        self.connected = asyncio.Event()  # somebody is at the other end
        self._delivered: asyncio.Queue[Call] = asyncio.Queue()
        self._called: list[tuple[str, asyncio.Future]] = []
        self._ids = itertools.count(1)
        self._failures: dict[str, list[tuple[int, str]]] = {}
        self._swallowed: set[str] = set()
        self._held: set[str] = set()
        self._ws: Any = None
        self._http: aiohttp.ClientSession | None = None
        self._runner: web.AppRunner | None = None
        self._tasks: set[asyncio.Task] = set()

    # ---- connections

    async def __aenter__(self) -> FakeOneBot:
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def connect(self) -> None:
        """Reverse WebSocket. Raises `aiohttp.WSServerHandshakeError` where the bot refuses (403)."""
        self._http = self._http or aiohttp.ClientSession()
        headers = {"X-Self-ID": str(self.self_id), "X-Client-Role": "Universal", "User-Agent": "OneBot/11"}
        headers["Authorization"] = f"Bearer {self.token or ''}"  # NapCat sends it even when it is empty
        self._ws = await self._http.ws_connect(self.url, headers=headers, max_msg_size=50 * 2**20)
        self._spawn(self._hear(self._ws))
        await self._greet()

    async def listen(self, refuse_politely: bool = False) -> str:
        """Forward WebSocket on a free port; gives its address. `refuse_politely`: with 1403 as NapCat, not with 401."""

        async def handle(request: web.Request) -> web.WebSocketResponse:
            welcome = not self.token or request.headers.get("Authorization") == f"Bearer {self.token}"
            if not welcome and not refuse_politely:
                raise web.HTTPUnauthorized
            ws = web.WebSocketResponse(max_msg_size=50 * 2**20)
            await ws.prepare(request)
            if not welcome:
                await ws.send_json({"status": "failed", "retcode": 1403, "data": None, "message": "token验证失败"})
                await ws.close()
                return ws
            self._ws = ws
            await self._greet()
            await self._hear(ws)
            return ws

        app = web.Application()
        app.router.add_get("/", handle)
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        return f"ws://127.0.0.1:{self._runner.addresses[0][1]}/"

    async def drop(self) -> None:
        self.connected.clear()
        if self._ws is not None:
            await self._ws.close(code=1001)

    async def close(self) -> None:
        await self.drop()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._http:
            await self._http.close()
        if self._runner:
            await self._runner.cleanup()

    async def _greet(self) -> None:
        self.connected.set()
        await self.event(post_type="meta_event", meta_event_type="lifecycle", sub_type="connect")

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ---- what the bot hears

    async def event(self, **event: Any) -> dict:
        event = {"time": int(time.time()), "self_id": self.self_id, **event}
        await self._ws.send_str(json.dumps(event, ensure_ascii=False))
        return event

    def message(self, message: Any, user_id: Any, **more: Any) -> dict:
        """A message event, complete; `message` is a list of segments, or a text with CQ codes, kept as it is."""
        message_id = next(self._ids)
        event = {
            "post_type": "message",
            "message_id": message_id,
            "user_id": user_id,
            "message": message,
            "raw_message": message if isinstance(message, str) else "",
            "message_format": "string" if isinstance(message, str) else "array",
            "font": 14,
            "sender": {"user_id": user_id, "nickname": "n", "card": "", "role": more.pop("role", "member")},
            **more,
        }
        self.messages[message_id] = event
        return event

    async def group_message(self, message: Any, group_id: int = 1000, user_id: Any = 42, **more: Any) -> dict:
        kind = {"message_type": "group", "sub_type": "normal", "group_id": group_id, "anonymous": None}
        return await self.event(**self.message(message, user_id, **(kind | more)))

    async def private_message(self, message: Any, user_id: Any = 42, **more: Any) -> dict:
        kind = {"message_type": "private", "sub_type": "friend"}
        return await self.event(**self.message(message, user_id, **(kind | more)))

    async def ask(self, message: Any, **more: Any) -> Call:
        """Say it in a group and give the next message that the bot sends."""
        await self.group_message(message, **more)
        return await self.delivered()

    # ---- what the bot does

    async def delivered(self) -> Call:
        """The next message of the bot's that reached its chat."""
        async with asyncio.timeout(PATIENCE):
            return await self._delivered.get()

    @property
    def undelivered(self) -> int:
        """How many delivered messages nobody has looked at."""
        return self._delivered.qsize()

    async def called(self, action: str) -> Call:
        """The first call of `action`, now or soon, whatever comes of it."""
        if (call := next((c for c in self.calls if c.action == action), None)) is not None:
            return call
        future = asyncio.get_running_loop().create_future()
        self._called.append((action, future))
        async with asyncio.timeout(PATIENCE):
            return await future

    def fail(self, action: str, *, retcode: int = 1200, wording: str = "fake", times: int = 1) -> None:
        self._failures.setdefault(action, []).extend([(retcode, wording)] * times)

    def swallow(self, action: str) -> None:
        """Do what is asked from now on, and never say so."""
        self._swallowed.add(action)

    def hold(self, action: str) -> None:
        """Do nothing about `action`: as if it crashed over it."""
        self._held.add(action)

    def unhold(self, action: str) -> None:
        """What was held never happens; what comes from now on does."""
        self._held.discard(action)

    async def _hear(self, ws: Any) -> None:
        async for frame in ws:
            asked = json.loads(frame.data)
            self._spawn(self._answer(ws, Call(asked["action"], asked.get("params") or {}, asked.get("echo"))))

    async def _answer(self, ws: Any, call: Call) -> None:
        self.calls.append(call)
        waiting = [future for action, future in self._called if action == call.action]
        self._called = [w for w in self._called if w[0] != call.action]
        for future in waiting:
            future.set_result(call)
        if call.action in self._held:
            return
        if self._failures.get(call.action):
            retcode, wording = self._failures[call.action].pop(0)
            answer = {"status": "failed", "retcode": retcode, "data": None, "message": wording, "wording": wording}
        else:
            answer = self.perform(call)
        if call.action not in self._swallowed and not ws.closed:
            await ws.send_str(json.dumps({**answer, "echo": call.echo}))

    def perform(self, call: Call) -> dict:
        done = {"status": "ok", "retcode": 0, "data": None}
        if call.action in SENDS:
            message_id = next(self._ids)
            mine = {"message_id": message_id, "sender": {"user_id": self.self_id}, "message": call.segments}
            self.messages[message_id] = mine | {"group_id": call.params.get("group_id")}
            self._delivered.put_nowait(call)
            return done | {"data": {"message_id": message_id}}
        if call.action == "get_msg":
            found = self.messages.get(int(call.params["message_id"]))
            data = found and {k: found[k] for k in ("message_id", "message", "sender")}
            told = {"time": found.get("time", 0) if found else 0, "message_type": "group", "real_id": 0}
            return done | {"data": data and data | told}
        if call.action == "get_group_msg_history" and self.history:
            group = [m for m in self.messages.values() if str(m.get("group_id")) == str(call.params["group_id"])]
            return done | {"data": {"messages": group[-call.params["count"] :]}}
        if call.action == "delete_msg":
            return done
        if call.action == "get_group_list":
            return done | {
                "data": [{"group_id": g, "group_name": n, "member_count": 3} for g, n in self.groups.items()]
            }
        if call.action == "get_friend_list":
            return done | {"data": [{"user_id": user, "nickname": "n", "remark": ""} for user in self.friends]}
        if call.action == "get_group_member_info":
            who = int(call.params["group_id"]), int(call.params["user_id"])
            return done | {"data": {"group_id": who[0], "user_id": who[1], "role": self.roles.get(who, "member")}}
        if call.action == "get_forward_msg" and (nodes := self.forwards.get(str(call.params["id"]))) is not None:
            return done | {"data": nodes}
        if (found := self.documents.get((call.action, str(call.params.get("file_id"))))) is not None:
            return done | {"data": found}
        if call.action == "upload_private_file":
            content = base64.b64decode(call.params["file"].removeprefix("base64://"), validate=True)
            self.files.append((int(call.params["user_id"]), call.params["name"], content))
            return done
        return {"status": "failed", "retcode": 1404, "data": None, "message": "unknown action", "wording": ""}
