"""A fake Discord: REST API v10, gateway and CDN in one aiohttp server on loopback. It knows Discord from its documentation
and from what discord.py expects, and is as strict as both.

async with FakeDiscord() as d:                           # DISCORD_API_BASE=d.api, DISCORD_GATEWAY=d.gateway, token d.token
    await d.ready()                                      # the bot identified and got READY and GUILD_CREATE
    it = await d.slash("waifu", {"count": 4})            # INTERACTION_CREATE; user_id, guild, locale, channel, permissions
    await it.answered()                                  # its answer is there: it.content, it.files, it.message, it.labels
    it2 = await d.click(it.message, custom_id)           # a button, also one that a hand has made up
    it3 = await d.modal(it2, {"face": "3"})              # answers the question that it2 opened
    it4 = await d.menu("Judge", message)                 # a command in a message's menu
    it5 = await d.autocomplete("more", {"picture": ""}, "picture"); it5.choices
    m = await d.message("<@BOT> /waifu", reply_to=...)   # MESSAGE_CREATE (guild or private)
    d.fail("POST", r"/webhooks/", 429, {"retry_after": 0.01, "global": False, "message": "x"}, times=2)   # 0: it hangs up
    await d.drop(4000); await d.reconnect_op(); await d.invalid_session()
    it.expire()                                          # its 15 minutes are over
    d.commands, d.requests, d.resumes, d.identifies      # what it was told

It enforces: a callback within 3 s (it.late), one callback an interaction (40060), no webhook before it (10015), 2000
characters (50035), ten files under the limit (40005), the token (401, gateway 4004); the first followup takes the
place of "is thinking…" and is as ephemeral as that was. Bots cannot delete ephemeral messages by their channel.
"""

from __future__ import annotations
import asyncio, re, time
from aiohttp import web
from tests.wire.discord.doings import Doings, User
from tests.wire.discord.interaction import Interaction
from tests.wire.discord.payloads import BOT, CHANNEL, DMS, EPHEMERAL, GUILD, OWNER, THREAD
from tests.wire.discord.rest import Rest
from tests.wire.discord.world import Request

__all__ = ["BOT", "CHANNEL", "DMS", "EPHEMERAL", "GUILD", "OWNER", "THREAD", "FakeDiscord", "Interaction", "User"]


class FakeDiscord(Doings, Rest):
    async def __aenter__(self):
        await self.start()
        return self

    async def __aexit__(self, *a):
        await self.stop()

    async def start(self):
        app = web.Application(client_max_size=1 << 28)
        app.router.add_get("/gateway/", self._gateway)
        app.router.add_get("/cdn/{tail:.*}", self._cdn)
        app.router.add_route("*", "/api/v10/{tail:.*}", self._rest)
        self.runner = web.AppRunner(app, shutdown_timeout=0.5)
        await self.runner.setup()
        site = web.TCPSite(self.runner, self.host, self.port)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]

    async def stop(self):
        for w in list(self.ws):
            await w.close(code=1001)
        if self.runner:
            await self.runner.cleanup()

    async def ready(self, timeout: float = 60):
        await asyncio.wait_for(self._ready.wait(), timeout)

    def fail(
        self,
        method: str,
        path_re: str,
        status: int,
        body: dict | None = None,
        times: int = 1,
        headers: dict | None = None,
    ):
        self._fails.append(
            [method, re.compile(path_re), status, body or {"message": "fake", "code": 0}, times, headers or {}]
        )

    async def wait_request(self, method: str, path_re: str, timeout: float = 60, after: int = 0) -> Request:
        end, rx = time.perf_counter() + timeout, re.compile(path_re)
        while True:
            for r in self.requests[after:]:
                if r.method == method and rx.search(r.path):
                    return r
            self._req_ev.clear()
            try:
                await asyncio.wait_for(self._req_ev.wait(), max(0.01, end - time.perf_counter()))
            except asyncio.TimeoutError:
                raise asyncio.TimeoutError(
                    f"no {method} {path_re}; saw {[(r.method, r.path) for r in self.requests[after:]]}"
                ) from None
