"""Discord beside QQ: how soon an interaction is acknowledged while groups on QQ are answered, and how soon a picture is
sent once it is there.

    python -m benchmarks.discord [seconds] [QQ messages a second]

prints JSON. The bot is a process of its own; both platforms are the fakes of `tests/wire`, so it runs in a checkout.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from benchmarks.chat import OneBot, running_bot
from benchmarks.figures import Figure, percentile

SECONDS = 20.0
QQ_RATE = 50.0  # messages a second that are answered meanwhile
DISCORD_RATE = 5.0
SENDS = 200
PICTURE_BYTES = 400_000  # a sheet of 16 faces, about


async def measure(seconds: float = SECONDS, rate: float = QQ_RATE) -> list[Figure]:
    """Acknowledgement under load, from outside; sending alone, from within."""
    return [*await _acknowledged(seconds, rate), *await _sent()]


async def _acknowledged(seconds: float, rate: float) -> list[Figure]:
    from tests.wire.fake_discord import FakeDiscord, Interaction

    async with FakeDiscord() as fake, _bot(fake) as port, _Group(port) as group:
        await fake.ready()
        await (await fake.slash("waifu", {"count": 1})).answered()
        over = time.perf_counter() + seconds
        flood = asyncio.create_task(group.flood(rate, over))
        asked: list[Interaction] = []
        while time.perf_counter() < over:
            asked.append(await fake.slash("waifu", {"count": 1}, user_id=1000 + len(asked)))
            await asyncio.sleep(1 / DISCORD_RATE)
        await flood
        for it in asked:
            await it.answered(timeout=120)
        late = sum(it.late for it in asked)
        waits = [it.latency * 1e3 for it in asked if it.latency is not None]
    return [
        Figure("QQ messages answered a second meanwhile", group.answered / seconds, "/s", floor=0.95 * rate),
        Figure("Discord: event to acknowledgement, p50", percentile(waits, 0.5), "ms"),
        Figure("Discord: event to acknowledgement, p99", percentile(waits, 0.99), "ms", ceiling=200.0),
        Figure("Discord: interactions that were acknowledged too late", late, "", ceiling=0),
    ]


async def _sent() -> list[Figure]:
    """From the moment when a plugin hands its answer over to the moment when Discord has it."""
    import plugins
    from bot.command import Picture, Reply
    from bot.commands import Commands
    from bot.locale import Catalogue
    from bot.services import Services
    from bot.settings import Settings
    from bot.surfaces.base import Incoming, Responder
    from bot.surfaces.discord import DiscordSurface
    from data.pictures import Encoded
    from tests.wire.fake_discord import FakeDiscord

    ready: list[float] = []
    reply = Reply("#k7f3", (Picture("k7f3", Encoded(os.urandom(PICTURE_BYTES), "image/png", 8, 8)),))

    class Answering:
        async def handle(self, incoming: Incoming, responder: Responder) -> bool:
            ready.append(time.perf_counter())
            await responder.send(reply)
            return True

        async def drain(self, seconds: float) -> None: ...

    with tempfile.TemporaryDirectory() as folder:
        async with FakeDiscord() as fake:
            given = {"discord_token": fake.token, "discord_api_base": fake.api, "discord_gateway": fake.gateway}
            settings = Settings(_env_file=None, storage_dir=Path(folder), **given)  # type: ignore[call-arg]
            absent = cast(Any, None)
            commands = Commands.discover(plugins)
            services = Services(settings, Catalogue.load(), commands, absent, absent, absent, absent, absent)
            services.dispatcher = Answering()
            surface = DiscordSurface(services)
            await surface.start()
            await fake.ready()
            took = []
            for _ in range(SENDS):
                it = await (await fake.slash("waifu")).answered()
                took.append((it.t0 + cast(float, it.latency_full) - ready[-1]) * 1e3)
            await surface.stop()
    return [
        Figure("Discord: picture ready to picture sent, p50", percentile(took, 0.5), "ms"),
        Figure("Discord: picture ready to picture sent, p99", percentile(took, 0.99), "ms", ceiling=50.0),
    ]


class _Group(OneBot):
    """A QQ account in groups that talk a lot."""

    answered = 0

    async def __aenter__(self) -> _Group:
        await super().__aenter__()
        return self

    async def flood(self, rate: float, over: float) -> None:
        """Ask `rate` times a second until `over` (`time.perf_counter`), each time as somebody else."""
        due = time.perf_counter()
        while due < over:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            self._ids += 1
            await self._event(
                post_type="message",
                message_type="group",
                sub_type="normal",
                message_id=self._ids,
                group_id=self._ids % 20 + 1,
                user_id=self._ids,
                anonymous=None,
                message=[{"type": "text", "data": {"text": "/help waifu"}}],
                raw_message="/help waifu",
                font=0,
                sender={"user_id": self._ids, "nickname": "somebody", "role": "member"},
            )
            due += 1 / rate

    async def _read(self) -> None:
        async for message in self._ws:
            call = json.loads(message.data)
            self._ids += 1
            await self._ws.send_str(
                json.dumps({"status": "ok", "retcode": 0, "data": {"message_id": self._ids}, "echo": call.get("echo")})
            )
            self.answered += call.get("action") == "send_msg"


@asynccontextmanager
async def _bot(fake: Any) -> AsyncIterator[int]:
    """A bot that is ready, with its own storage, on the fake Discord; its port."""
    discord = {"DISCORD_TOKEN": fake.token, "DISCORD_API_BASE": fake.api, "DISCORD_GATEWAY": fake.gateway}
    with tempfile.TemporaryDirectory() as storage:
        async with running_bot(Path(storage), **discord) as (port, _):
            yield port


if __name__ == "__main__":
    figures = asyncio.run(measure(*map(float, sys.argv[1:3])))
    print(json.dumps([dataclasses.asdict(figure) | {"holds": figure.holds} for figure in figures], indent=1))
