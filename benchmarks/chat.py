"""The whole bot from outside: a process of its own, spoken to as NapCat would, over OneBot v11's reverse WebSocket."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.figures import Figure, percentile

ROUNDS = 4  # of each, idle and beside, in turn
ASKS = 25  # a round


async def measure(rounds: int = ROUNDS) -> list[Figure]:
    """Start to ready, start to first picture, memory; one face alone and beside another member's 64s."""
    with tempfile.TemporaryDirectory() as folder:
        figures = []
        # The first start measures the best batch and remembers it; the second is what every later start is like.
        for which in ("first start", "later start"):
            async with running_bot(Path(folder)) as (port, started):
                ready = time.perf_counter() - started
                async with OneBot(port) as chat:
                    await chat.ask("/waifu 1", group=1)
                    first = time.perf_counter() - started
                    figures += [
                        Figure(f"{which}: to ready for chat", ready, "s", ceiling=3.0),
                        Figure(f"{which}: to the first picture", first, "s"),
                    ]
                    if which == "later start":
                        figures += await _memory(port)
                        figures += await _beside(chat, rounds)
        return figures


async def _beside(chat: OneBot, rounds: int) -> list[Figure]:
    alone: list[float] = []
    beside: list[float] = []
    for _ in range(5):
        await chat.ask("/waifu 1", group=1)
    for _ in range(rounds):
        alone += [await chat.ask("/waifu 1", group=1) for _ in range(ASKS)]
        over = asyncio.Event()
        flood = asyncio.create_task(_flood(chat, 2, over))
        await chat.ask("/waifu 1", group=1)
        beside += [await chat.ask("/waifu 1", group=1) for _ in range(ASKS)]
        over.set()
        await flood  # its last answer, too, before it is quiet again
    p95 = percentile(alone, 0.95), percentile(beside, 0.95)
    return [
        Figure("one face alone, chat to answer, p50", percentile(alone, 0.5) * 1e3, "ms"),
        Figure("one face alone, p95", p95[0] * 1e3, "ms"),
        Figure("one face while another member's 64s keep coming, p50", percentile(beside, 0.5) * 1e3, "ms"),
        Figure("one face while another member's 64s keep coming, p95", p95[1] * 1e3, "ms"),
        Figure("more at p95 than alone", (p95[1] - p95[0]) * 1e3, "ms", ceiling=20.0),
    ]


async def _flood(chat: OneBot, group: int, over: asyncio.Event) -> None:
    """A member who asks for 64 as soon as the last 64 are there."""
    while not over.is_set():
        await chat.ask("/waifu 64", group=group, user=666)


async def _memory(port: int) -> list[Figure]:
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/metrics") as answer:
        lines = [line.rpartition(" ") for line in (await answer.text()).splitlines() if not line.startswith("#")]
    wanted = {
        "process_resident_memory": ("memory of the event-loop process", 250.0),
        'nijigen_worker_memory_bytes{worker="model': (
            "memory of the model workers (each counts what they share)",
            None,
        ),
        'nijigen_worker_memory_bytes{worker="picture': ("memory of the picture workers", None),
    }
    return [
        Figure(name, sum(float(value) for key, _, value in lines if key.startswith(start)) / 1e6, "MB", ceiling=most)
        for start, (name, most) in wanted.items()
    ]


@asynccontextmanager
async def running_bot(storage: Path, **more: str) -> AsyncIterator[tuple[int, float]]:
    """A bot with its own storage and `more` settings, ready; its port, and when it was started
    (`time.perf_counter`)."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "STORAGE_DIR": str(storage),
        "COOLDOWN_SECONDS": "0",
        "QUOTA_PER_DAY": "1000000",
        "QQ_SENDS_PER_MINUTE": "1000000",
        "LOG_LEVEL": "WARNING",
        **more,
    }
    started = time.perf_counter()
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", env={**os.environ, **settings})
    try:
        async with aiohttp.ClientSession() as http:
            while True:
                with contextlib.suppress(aiohttp.ClientError):
                    async with http.get(f"http://127.0.0.1:{port}/healthz") as answer:
                        if answer.status == 200:
                            break
                if process.returncode is not None:
                    raise RuntimeError("the bot did not start; its log is above")
                await asyncio.sleep(0.01)
        yield port, started
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


class OneBot:
    """As much of a OneBot v11 implementation as it takes to ask and be answered."""

    def __init__(self, port: int) -> None:
        self._url = f"ws://127.0.0.1:{port}/onebot/v11/ws"
        self._waiting: dict[int, asyncio.Future[float]] = {}
        self._ids = 0

    async def __aenter__(self) -> OneBot:
        self._http = aiohttp.ClientSession()
        self._ws = await self._http.ws_connect(self._url, headers={"X-Self-ID": "10001"}, max_msg_size=0)
        await self._event(post_type="meta_event", meta_event_type="lifecycle", sub_type="connect")
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._reader.cancel()
        await self._ws.close()
        await self._http.close()

    async def ask(self, text: str, *, group: int, user: int = 42, picture: bytes | None = None) -> float:
        """Say something in a group, with a picture; the seconds until an answer with a picture came there."""
        said: list[dict[str, Any]] = [{"type": "text", "data": {"text": text}}]
        if picture is not None:
            said.append({"type": "image", "data": {"file": f"base64://{base64.b64encode(picture).decode()}"}})
        answered = self._waiting[group] = asyncio.get_running_loop().create_future()
        start = time.perf_counter()
        self._ids += 1
        await self._event(
            post_type="message",
            message_type="group",
            sub_type="normal",
            message_id=self._ids,
            group_id=group,
            user_id=user,
            anonymous=None,
            message=said,
            raw_message=text,
            font=0,
            sender={"user_id": user, "nickname": "somebody", "role": "member"},
        )
        return await answered - start

    async def _event(self, **event: Any) -> None:
        await self._ws.send_str(json.dumps({"time": int(time.time()), "self_id": 10001, **event}))

    async def _read(self) -> None:
        async for message in self._ws:
            now = time.perf_counter()
            call = json.loads(message.data)
            params = call.get("params") or {}
            self._ids += 1
            answer = {"status": "ok", "retcode": 0, "data": {"message_id": self._ids}, "echo": call.get("echo")}
            await self._ws.send_str(json.dumps(answer))
            segments = params.get("message")
            if not isinstance(segments, list) or not any(s["type"] == "image" for s in segments):
                if isinstance(segments, list):
                    raise RuntimeError(f"an answer without a picture: {segments}")
                continue
            waiting = self._waiting.get(int(params.get("group_id") or 0))
            if waiting is not None and not waiting.done():
                waiting.set_result(now)
