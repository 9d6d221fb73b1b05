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
import asyncio, itertools, json, re, time
from dataclasses import dataclass, field
from typing import Any
from aiohttp import web, WSMsgType

APP = 900000000000000001
BOT = 900000000000000002
GUILD = 900000000000000003
CHANNEL = 900000000000000004
OWNER = 900000000000000005
THREAD = 900000000000000006
DMS = 900000000000001000
EPHEMERAL, LOADING = 64, 128
_snow = itertools.count((int(time.time() * 1000) - 1420070400000) << 22)
snow = lambda: str(next(_snow))
PERMS = str((1 << 50) - 1)
iso = lambda: time.strftime("%Y-%m-%dT%H:%M:%S.000000+00:00", time.gmtime())
TYPES = {str: 3, int: 4, bool: 5, float: 10}
LIMIT = 10 * 1024 * 1024


class User(int):
    """A member, as an option's value."""


def user(uid: int, name: str | None = None, bot=False) -> dict:
    return {
        "id": str(uid),
        "username": name or f"user{uid}",
        "global_name": name or f"User {uid}",
        "discriminator": "0",
        "avatar": None,
        "bot": bot,
        "system": False,
        "public_flags": 0,
        "flags": 0,
        "banner": None,
        "accent_color": None,
    }


def member(uid: int, **kw) -> dict:
    return {
        "user": user(uid, **kw),
        "nick": None,
        "avatar": None,
        "roles": [],
        "joined_at": "2024-01-01T00:00:00.000000+00:00",
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
        "permissions": PERMS,
        "communication_disabled_until": None,
    }


@dataclass
class Request:
    method: str
    path: str
    query: dict
    json: Any
    files: dict[str, bytes]
    headers: dict
    t: float = field(default_factory=time.perf_counter)
    status: int = 200


class Interaction:
    def __init__(self, d: "FakeDiscord", data: dict):
        self.d, self.data, self.id, self.token = d, data, data["id"], data["token"]
        self.t0 = time.perf_counter()
        self.callbacks: list[dict] = []  # {"type":..,"data":..}
        self.messages: list[dict] = []  # visible messages, newest state
        self.files: dict[str, bytes] = {}
        self.latency = self.latency_full = None
        self._ev = asyncio.Event()
        self.late = False
        self.loading: dict | None = None
        self.edits: list[str] = []  # contents that the first message has had
        self.source: dict | None = None

    @property
    def message(self) -> dict:
        """The newest visible message."""
        return self.messages[-1]

    @property
    def ephemeral(self) -> bool:
        return bool(self.message["flags"] & EPHEMERAL)

    @property
    def labels(self) -> dict[str, str]:
        """The buttons under the answer: label -> custom_id."""
        return {c["label"]: c["custom_id"] for row in self.message["components"] for c in row["components"]}

    @property
    def modal(self) -> dict | None:
        return next((c["data"] for c in self.callbacks if c["type"] == 9), None)

    def expire(self) -> None:
        """The token's 15 minutes are over."""
        self.d.inter.pop(self.token, None)

    async def answered(self, messages: int = 1, timeout: float = 60) -> "Interaction":
        return await self.wait(timeout, deferred=False, messages=messages)

    async def gone(self, timeout: float = 60) -> None:
        """The bot has stopped thinking and says nothing."""
        async with asyncio.timeout(timeout):
            while self.loading is not None or self.messages:
                self._ev.clear()
                await self._ev.wait()

    def _touch(self):
        self._ev.set()

    @property
    def deferred(self) -> bool:
        return bool(self.callbacks) and self.callbacks[0]["type"] in (5, 6)

    @property
    def content(self) -> str:
        return "\n".join(m.get("content") or "" for m in self.messages)

    @property
    def choices(self) -> list[dict]:
        return next((c["data"]["choices"] for c in self.callbacks if c["type"] == 8), [])

    async def wait(self, timeout: float = 10, deferred: bool = True, messages: int = 1) -> "Interaction":
        """deferred=True: return at the callback. False: when `messages` visible messages exist (or an autocomplete/modal answer)."""
        end = time.perf_counter() + timeout
        while True:
            if self.callbacks and (deferred or len(self.messages) >= messages or self.callbacks[0]["type"] in (8, 9)):
                return self
            self._ev.clear()
            left = end - time.perf_counter()
            if left <= 0:
                raise asyncio.TimeoutError(f"interaction {self.data['data']} got {self.callbacks}")
            try:
                await asyncio.wait_for(self._ev.wait(), left)
            except asyncio.TimeoutError:
                continue


class FakeDiscord:
    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        token: str = "fake-token",
        heartbeat_ms: int = 41250,
        limit: int = LIMIT,
        strict_3s: bool = True,
    ):
        self.host, self.port, self.token, self.hb, self.limit, self.strict = (
            host,
            port,
            token,
            heartbeat_ms,
            limit,
            strict_3s,
        )
        self.requests: list[Request] = []
        self.commands: dict[str, list[dict]] = {}  # "global" or guild id
        self.inter: dict[str, Interaction] = {}  # by token
        self.messages: dict[str, dict] = {}
        self.blobs: dict[str, tuple[str, bytes]] = {}
        self.sessions: dict[str, Any] = {}
        self.ws: set[web.WebSocketResponse] = set()
        self.identifies: list[dict] = []
        self.resumes = 0
        self.heartbeats = 0
        self.seq = 0
        self._fails: list[list] = []
        self._ready = asyncio.Event()
        self._req_ev = asyncio.Event()
        self.everyone = PERMS  # what @everyone may do in the server
        self.roles: set[int] = set()  # of the server, besides @everyone; what they allow is nothing
        self.members = {
            BOT: member(BOT, name="fakebot", bot=True),
            OWNER: member(OWNER, name="owner"),
            42: member(42),
            43: member(43),
        }
        self.guild_locale = "zh-CN"
        self.real_limit: int | None = None  # where it is not what interactions say
        self.app_id = str(APP)
        self.shard_count = 1
        self.runner = None

    base = property(lambda s: f"http://{s.host}:{s.port}")
    api = property(lambda s: f"{s.base}/api/v10")
    gateway = property(lambda s: s.base.replace("http", "ws", 1) + "/gateway/")

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

    # ------------------------------------------------------------------ gateway
    async def _gateway(self, req):
        ws = web.WebSocketResponse(max_msg_size=0)
        await ws.prepare(req)
        self.ws.add(ws)
        await ws.send_json({"op": 10, "d": {"heartbeat_interval": self.hb, "_trace": []}, "s": None, "t": None})
        try:
            async for m in ws:
                if m.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                    break
                p = json.loads(m.data)
                op, d = p["op"], p.get("d")
                if op == 1:
                    self.heartbeats += 1
                    await ws.send_json({"op": 11, "d": None})
                elif op == 2:
                    if d["token"] != self.token:
                        await ws.close(code=4004)
                        break
                    self.identifies.append(d)
                    sid = snow()
                    self.sessions[sid] = ws
                    await self._dispatch(
                        ws,
                        "READY",
                        {
                            "v": 10,
                            "user": self.me(),
                            "guilds": [{"id": str(GUILD), "unavailable": True}],
                            "session_id": sid,
                            "resume_gateway_url": self.base.replace("http", "ws", 1) + "/gateway/",
                            "shard": d.get("shard", [0, 1]),
                            "application": {"id": str(APP), "flags": 1 << 19},
                            "session_type": "normal",
                            "private_channels": [],
                            "relationships": [],
                            "presences": [],
                            "user_settings": {},
                        },
                    )
                    await self._dispatch(ws, "GUILD_CREATE", self.guild())
                    self._ready.set()
                elif op == 6:
                    self.resumes += 1
                    if d.get("session_id") in self.sessions:
                        self.sessions[d["session_id"]] = ws
                        await self._dispatch(ws, "RESUMED", {"_trace": []})
                        self._ready.set()
                    else:
                        await ws.send_json({"op": 9, "d": False})
                elif op == 8:
                    ms = list(self.members.values())
                    await self._dispatch(
                        ws,
                        "GUILD_MEMBERS_CHUNK",
                        {
                            "guild_id": str(GUILD),
                            "members": ms,
                            "chunk_index": 0,
                            "chunk_count": 1,
                            "nonce": d.get("nonce"),
                            "not_found": [],
                        },
                    )
        finally:
            self.ws.discard(ws)
        return ws

    async def _dispatch(self, ws, t, d):
        self.seq += 1
        await ws.send_json({"op": 0, "t": t, "s": self.seq, "d": d})

    async def push(self, t: str, d: dict):
        """Any gateway event to every connected client."""
        if not self.ws:
            raise RuntimeError("no gateway client connected")
        for w in list(self.ws):
            await self._dispatch(w, t, d)

    async def drop(self, code: int = 4000):
        self._ready.clear()
        for w in list(self.ws):
            await w.close(code=code)

    async def reconnect_op(self):
        self._ready.clear()
        for w in list(self.ws):
            await w.send_json({"op": 7, "d": None})

    async def invalid_session(self, resumable=False):
        self._ready.clear()
        if not resumable:
            self.sessions.clear()
        for w in list(self.ws):
            await w.send_json({"op": 9, "d": resumable})

    # ------------------------------------------------------------------ payloads
    def me(self):
        return user(BOT, "fakebot", True) | {"verified": True, "mfa_enabled": False, "email": None, "locale": "en-US"}

    def channel(self):
        return {
            "id": str(CHANNEL),
            "type": 0,
            "guild_id": str(GUILD),
            "name": "general",
            "position": 0,
            "permission_overwrites": [],
            "nsfw": False,
            "topic": None,
            "last_message_id": None,
            "parent_id": None,
            "rate_limit_per_user": 0,
            "flags": 0,
            "permissions": PERMS,
        }

    def thread(self):
        return {
            "id": str(THREAD),
            "type": 11,
            "guild_id": str(GUILD),
            "parent_id": str(CHANNEL),
            "name": "a thread",
            "owner_id": str(OWNER),
            "last_message_id": None,
            "message_count": 0,
            "member_count": 1,
            "rate_limit_per_user": 0,
            "flags": 0,
            "permissions": PERMS,
            "thread_metadata": {
                "archived": False,
                "auto_archive_duration": 60,
                "archive_timestamp": iso(),
                "locked": False,
            },
        }

    def dm(self, uid):
        return {
            "id": str(DMS + int(uid)),
            "type": 1,
            "recipients": [user(int(uid))],
            "last_message_id": None,
            "flags": 0,
        }

    def guild(self):
        ms = list(self.members.values())
        return {
            "id": str(GUILD),
            "name": "fake guild",
            "icon": None,
            "splash": None,
            "discovery_splash": None,
            "owner_id": str(OWNER),
            "afk_channel_id": None,
            "afk_timeout": 300,
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "features": ["COMMUNITY"],
            "emojis": [],
            "stickers": [],
            "mfa_level": 0,
            "application_id": None,
            "system_channel_id": None,
            "system_channel_flags": 0,
            "rules_channel_id": None,
            "vanity_url_code": None,
            "description": None,
            "banner": None,
            "premium_tier": 0,
            "premium_subscription_count": 0,
            "preferred_locale": self.guild_locale,
            "public_updates_channel_id": None,
            "nsfw_level": 0,
            "premium_progress_bar_enabled": False,
            "safety_alerts_channel_id": None,
            "joined_at": "2024-01-01T00:00:00.000000+00:00",
            "large": False,
            "unavailable": False,
            "member_count": len(ms),
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
            "members": ms,
            "channels": [self.channel()],
            "threads": [self.thread()],
            "roles": [
                {
                    "id": str(id),
                    "name": name,
                    "color": 0,
                    "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
                    "hoist": False,
                    "position": 0,
                    "permissions": self.everyone if id == GUILD else "0",
                    "managed": False,
                    "mentionable": False,
                    "flags": 0,
                    "icon": None,
                    "unicode_emoji": None,
                }
                for id, name in ((GUILD, "@everyone"), *((id, f"role {id}") for id in sorted(self.roles)))
            ],
        }

    def app_info(self):
        return {
            "id": str(APP),
            "name": "fakeapp",
            "icon": None,
            "description": "",
            "summary": "",
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": "0" * 64,
            "flags": 1 << 19,
            "hook": True,
            "rpc_origins": [],
            "owner": user(OWNER, "owner"),
            "team": None,
            "bot": self.me(),
            "interactions_endpoint_url": None,
            "role_connections_verification_url": None,
            "approximate_guild_count": 1,
            "approximate_user_install_count": 0,
            "redirect_uris": [],
        }

    def make_message(
        self, channel_id, author, payload: dict, files: dict[str, bytes], extra: dict | None = None
    ) -> dict:
        mid = snow()
        m = {
            "id": mid,
            "channel_id": str(channel_id),
            "author": author,
            "content": "",
            "timestamp": iso(),
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": [],
            "embeds": [],
            "components": [],
            "pinned": False,
            "type": 0,
            "flags": 0,
            **(extra or {}),
        }
        self.messages[mid] = m
        return self.apply(m, payload, files)

    def apply(self, m: dict, payload: dict, files: dict[str, bytes]) -> dict:
        for k in ("content", "embeds", "components", "flags", "poll"):
            if k in payload and payload[k] is not None:
                m[k] = payload[k]
        if "content" in payload and payload["content"] is None:
            m["content"] = ""
        keep = payload.get("attachments")
        if keep is not None:
            ids = {str(a["id"]) for a in keep}
            m["attachments"] = [a for a in m["attachments"] if a["id"] in ids]
        meta = {str(a.get("id")): a for a in (keep or [])}
        for i, (n, b) in enumerate(files.items()):
            aid = snow()
            url = f"{self.base}/cdn/attachments/{m['channel_id']}/{aid}/{n}"
            self.blobs[f"attachments/{m['channel_id']}/{aid}/{n}"] = (n, b)
            a = {
                "id": aid,
                "filename": n,
                "size": len(b),
                "url": url,
                "proxy_url": url,
                "description": meta.get(str(i), {}).get("description"),
            }
            a["content_type"] = {
                b"\x89PNG": "image/png",
                b"GIF8": "image/gif",
                b"RIFF": "image/webp",
                b"\xff\xd8\xff\xe0": "image/jpeg",
                b"PK\x03\x04": "application/zip",
            }.get(b[:4], "video/mp4" if b[4:8] == b"ftyp" else "application/octet-stream")
            if b[:4] == b"\x89PNG":
                a["width"], a["height"] = int.from_bytes(b[16:20], "big"), int.from_bytes(b[20:24], "big")
            m["attachments"].append(a)
        return m

    # ------------------------------------------------------------------ events a test sends
    def give_roles(self, uid: int, *ids: int) -> None:
        """The roles that a member has from now on, in place of those before."""
        self.members[uid] = {**self.members.get(uid, member(uid)), "roles": [str(id) for id in ids]}

    def _where(self, guild: bool, uid: int, thread: bool = False, permissions: int = 0) -> dict:
        if guild:
            if uid not in self.members:
                self.members[uid] = member(uid)
            channel = self.thread() if thread else self.channel()
            return {
                "guild_id": str(GUILD),
                "guild": {"id": str(GUILD), "locale": "en-US", "features": []},
                "channel_id": channel["id"],
                "channel": channel,
                "member": {**self.members[uid], "permissions": str(permissions)},
                "guild_locale": "en-US",
                "context": 0,
                "authorizing_integration_owners": {"0": str(GUILD)},
            }
        return {
            "channel_id": str(DMS + uid),
            "channel": self.dm(uid),
            "user": user(uid),
            "context": 1,
            "authorizing_integration_owners": {"0": "0"},
        }

    async def interact(
        self,
        type_: int,
        data: dict,
        user_id: int = 42,
        guild: bool = True,
        locale: str = "en-US",
        thread: bool = False,
        permissions: int = 0,
        **extra,
    ) -> Interaction:
        p = {
            "id": snow(),
            "application_id": str(APP),
            "type": type_,
            "token": f"itok{snow()}",
            "version": 1,
            "locale": locale,
            "app_permissions": PERMS,
            "entitlements": [],
            "attachment_size_limit": self.limit,
            "data": data,
            **self._where(guild, user_id, thread, permissions),
            **extra,
        }
        it = self.inter[p["token"]] = Interaction(self, p)
        it.source = extra.get("message")
        await self.push("INTERACTION_CREATE", p)
        return it

    def _options(
        self, name: str, options: dict | None, focused: str | None = None, resolved: dict | None = None
    ) -> dict:
        parts = name.split()
        opts = []
        for k, v in (options or {}).items():
            if isinstance(v, User):
                resolved.setdefault("users", {})[str(v)] = user(v)
                opts.append({"name": k, "type": 6, "value": str(v)})
            elif isinstance(v, (bytes, bytearray)):  # an attachment option
                aid = snow()
                key = f"ephemeral/{aid}/{k}.png"
                self.blobs[key] = (k + ".png", bytes(v))
                url = f"{self.base}/cdn/{key}"
                resolved.setdefault("attachments", {})[aid] = {
                    "id": aid,
                    "filename": k + ".png",
                    "size": len(v),
                    "url": url,
                    "proxy_url": url,
                    "content_type": "image/png",
                }
                opts.append({"name": k, "type": 11, "value": aid})
            else:
                opts.append(
                    {
                        "name": k,
                        "type": TYPES.get(type(v), 3),
                        "value": v,
                        **({"focused": True} if k == focused else {}),
                    }
                )
        for i, part in enumerate(reversed(parts[1:])):
            opts = [{"name": part, "type": 1 if i == 0 else 2, "options": opts}]
        return {"name": parts[0], "options": opts}

    def command_id(self, name: str) -> str:
        for cs in self.commands.values():
            for c in cs:
                if c["name"] == name:
                    return c["id"]
        return "1"

    async def slash(
        self, name: str, options: dict | None = None, user_id: int = 42, guild: bool = True, **where
    ) -> Interaction:
        res: dict = {}
        o = self._options(name, options, resolved=res)
        return await self.interact(
            2, {"id": self.command_id(o["name"]), "type": 1, **o, "resolved": res}, user_id, guild, **where
        )

    async def menu(self, name: str, message: dict, user_id: int = 42, guild: bool = True, **where) -> Interaction:
        data = {
            "id": self.command_id(name),
            "type": 3,
            "name": name,
            "target_id": message["id"],
            "resolved": {"messages": {message["id"]: message}},
        }
        return await self.interact(2, data, user_id, guild, **where)

    async def autocomplete(
        self, name: str, options: dict, focused: str, user_id: int = 42, guild: bool = True, **where
    ) -> Interaction:
        o = self._options(name, options, focused, {})
        it = await self.interact(4, {"id": self.command_id(o["name"]), "type": 1, **o}, user_id, guild, **where)
        return await it.wait(60)

    async def click(
        self,
        message: dict,
        custom_id: str,
        values: list[str] | None = None,
        user_id: int = 42,
        guild: bool = True,
        **where,
    ) -> Interaction:
        data = {"custom_id": custom_id, "component_type": 2 if values is None else 3, "id": 1}
        if values is not None:
            data["values"] = values
        return await self.interact(3, data, user_id, guild, message=message, **where)

    async def modal(
        self, opened: Interaction, fields: dict[str, str], user_id: int = 42, guild: bool = True, **where
    ) -> Interaction:
        cid = next(c["data"]["custom_id"] for c in opened.callbacks if c["type"] == 9)
        comps = [
            {"type": 18, "id": i + 1, "component": {"type": 4, "id": 100 + i, "custom_id": k, "value": v}}
            for i, (k, v) in enumerate(fields.items())
        ]
        return await self.interact(
            5, {"custom_id": cid, "components": comps}, user_id, guild, message=opened.source, **where
        )

    async def message(
        self,
        content: str,
        user_id: int = 42,
        guild: bool = True,
        mention_bot: bool = False,
        files: dict[str, bytes] | None = None,
        reply_to: dict | None = None,
        mentions: tuple[int, ...] = (),
        embeds: list[dict] | None = None,
    ) -> dict:
        theirs = self.members.get(user_id, member(user_id))
        ex: dict = {"guild_id": str(GUILD), "member": {k: v for k, v in theirs.items() if k != "user"}} if guild else {}
        mentioned = [user(m) for m in mentions]
        if mention_bot:
            content = f"<@{BOT}> {content}"
        if mention_bot or (reply_to and reply_to["author"]["id"] == str(BOT)):
            mentioned.append(user(BOT, "fakebot", True))
        ex["mentions"] = mentioned
        if reply_to is not None:
            ex |= {
                "type": 19,
                "referenced_message": reply_to,
                "message_reference": {"type": 0, "message_id": reply_to["id"], "channel_id": reply_to["channel_id"]},
            }
        m = self.make_message(
            CHANNEL if guild else DMS + user_id,
            user(user_id),
            {"content": content, "embeds": embeds or []},
            files or {},
            ex,
        )
        await self.push("MESSAGE_CREATE", m)
        return m

    async def replied(self, message: dict, timeout: float = 60) -> dict:
        """The bot's reply to a message."""
        async with asyncio.timeout(timeout):
            while True:
                self._req_ev.clear()
                for other in list(self.messages.values()):
                    if str((other.get("message_reference") or {}).get("message_id")) == message["id"] and other[
                        "author"
                    ]["id"] == str(BOT):
                        return other
                await self._req_ev.wait()

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

    # ------------------------------------------------------------------ REST
    async def _cdn(self, req):
        b = self.blobs.get(req.match_info["tail"])
        return web.Response(body=b[1]) if b else web.Response(status=404)

    async def _rest(self, req: web.Request):
        path = "/" + req.match_info["tail"]
        js, files = None, {}
        if req.content_type.startswith("multipart/"):
            async for part in await req.multipart():
                b = await part.read(decode=False)
                if part.name == "payload_json":
                    js = json.loads(b)
                else:
                    files[part.filename or part.name] = bytes(b)
        elif req.can_read_body:
            t = await req.text()
            try:
                js = json.loads(t) if t else None
            except ValueError:
                js = t
        r = Request(req.method, path, dict(req.query), js, files, dict(req.headers))
        status, body, hd = 200, None, {}
        for f in self._fails:
            if f[4] > 0 and f[0] == r.method and f[1].search(path):
                f[4] -= 1
                status, body, hd = f[2], f[3], f[5]
                if status == 429:
                    hd = {
                        "Retry-After": str(body.get("retry_after", 1)),
                        "Via": "1.1 google",
                        "X-RateLimit-Scope": "user",
                        **hd,
                    }
                break
        else:
            try:
                status, body = self._route(r)
            except KeyError as e:
                status, body = 404, {"message": f"Unknown {e}", "code": 10008}
        r.status = status
        self.requests.append(r)
        self._req_ev.set()
        if status == 0:
            req.transport.close()
            return web.Response()
        if body is None:
            return web.Response(status=status, headers=hd)
        return web.Response(
            body=json.dumps(body).encode(), status=status, headers={"Content-Type": "application/json", **hd}
        )  # no charset: discord.py compares exactly

    def _check(self, p: dict | None, files: dict):
        if len(files) > 10 or sum(map(len, files.values())) > (self.real_limit or self.limit):
            return 413, {"message": "Request entity too large", "code": 40005}
        if p and len(p.get("content") or "") > 2000:
            return 400, {
                "message": "Invalid Form Body",
                "code": 50035,
                "errors": {
                    "content": {
                        "_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 2000 or fewer in length."}]
                    }
                },
            }
        if (
            p is not None
            and not files
            and not any(p.get(k) for k in ("content", "embeds", "components", "sticker_ids", "poll", "attachments"))
        ):
            return 400, {"message": "Cannot send an empty message", "code": 50006}

    def _route(self, r: Request):
        m = lambda meth, rx: re.fullmatch(rx, r.path) if r.method == meth else None
        inter_path = r.path.startswith("/interactions/") or r.path.startswith("/webhooks/")
        if not inter_path and r.headers.get("Authorization") != f"Bot {self.token}":
            return 401, {"message": "401: Unauthorized", "code": 0}
        if m("GET", "/users/@me"):
            return 200, self.me()
        if m("GET", "/gateway"):
            return 200, {"url": self.base.replace("http", "ws", 1) + "/gateway/"}
        if m("GET", "/gateway/bot"):
            return 200, {
                "url": self.base.replace("http", "ws", 1) + "/gateway/",
                "shards": self.shard_count,
                "session_start_limit": {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1},
            }
        if m("GET", "/oauth2/applications/@me") or m("GET", "/applications/@me"):
            return 200, self.app_info()
        if x := re.fullmatch(r"/applications/(\d+)(?:/guilds/(\d+))?/commands(?:/(\d+))?", r.path):
            key, cid = x[2] or "global", x[3]
            cur = self.commands.setdefault(key, [])
            full = lambda c: {
                "id": snow(),
                "application_id": x[1],
                "version": snow(),
                "type": 1,
                "description": "",
                "default_member_permissions": None,
                "nsfw": False,
                "options": [],
                "name_localizations": None,
                "description_localizations": None,
                "dm_permission": True,
                **({"guild_id": x[2]} if x[2] else {}),
                **c,
            }
            if r.method == "GET":
                return 200, cur if not cid else next(c for c in cur if c["id"] == cid)
            if r.method == "PUT":
                self.commands[key] = [full(c) for c in r.json]
                return 200, self.commands[key]
            if r.method == "POST":
                c = full(r.json)
                self.commands[key] = [o for o in cur if o["name"] != c["name"]] + [c]
                return 201, c
            if r.method == "PATCH":
                c = next(c for c in cur if c["id"] == cid)
                c.update(r.json)
                return 200, c
            if r.method == "DELETE":
                self.commands[key] = [c for c in cur if c["id"] != cid]
                return 204, None
        if re.fullmatch(r"/applications/\d+/emojis", r.path):
            return 200, {"items": []}
        if x := m("POST", r"/interactions/(\d+)/([^/]+)/callback"):
            return self._callback(r, x[2])
        if x := re.fullmatch(r"/webhooks/(\d+)/([^/]+)(?:/messages/([^/]+))?", r.path):
            return self._followup(r, x[2], x[3])
        if m("POST", "/users/@me/channels"):
            return 200, self.dm(r.json["recipient_id"])
        if x := m("GET", r"/users/(\d+)"):
            return 200, user(int(x[1]))
        if m("GET", "/users/@me/guilds"):
            return 200, [{"id": str(GUILD), "name": "guild"}]
        if m("GET", r"/guilds/\d+/roles"):
            return 200, self.guild()["roles"]
        if m("GET", r"/guilds/\d+"):
            return 200, self.guild()
        if m("GET", r"/guilds/\d+/members"):
            return 200, list(self.members.values())
        if x := m("GET", r"/guilds/\d+/members/(\d+)"):
            return 200, self.members[int(x[1])]
        if m("GET", r"/guilds/\d+/channels"):
            return 200, [self.channel()]
        if x := m("GET", r"/channels/(\d+)"):
            return 200, self.channel() if x[1] == str(CHANNEL) else self.dm(int(x[1]) - DMS)
        if m("POST", r"/channels/\d+/typing"):
            return 204, None
        if x := m("POST", r"/channels/(\d+)/messages"):
            if e := self._check(r.json, r.files):
                return e
            ex = {"guild_id": str(GUILD)} if x[1] == str(CHANNEL) else {}
            if (r.json or {}).get("message_reference"):
                ex["message_reference"] = r.json["message_reference"]
            return 200, self.make_message(x[1], self.me(), r.json or {}, r.files, ex)
        if x := re.fullmatch(r"/channels/(\d+)/messages/(\d+)", r.path):
            if r.method == "GET":
                return 200, self.messages[x[2]]
            if r.method == "PATCH":
                if e := self._check(None, r.files):
                    return e
                return 200, self.apply(self.messages[x[2]], r.json or {}, r.files)
            if r.method == "DELETE":
                if self.messages[x[2]]["flags"] & EPHEMERAL:
                    return 404, {"message": "Unknown Message", "code": 10008}
                del self.messages[x[2]]
                return 204, None
        if re.match(r"/channels/\d+/messages/\d+/reactions/", r.path):
            return 204, None
        return 404, {"message": "404: Not Found", "code": 0}

    def _callback(self, r: Request, token: str):
        it = self.inter.get(token)
        if it is None:
            return 404, {"message": "Unknown interaction", "code": 10062}
        if it.callbacks:
            return 400, {"message": "Interaction has already been acknowledged.", "code": 40060}
        dt = time.perf_counter() - it.t0
        if dt > 3:
            it.late = True
            if self.strict:
                return 404, {"message": "Unknown interaction", "code": 10062}
        ty, data = r.json["type"], r.json.get("data") or {}
        msg = None
        if ty == 4:
            if e := self._check(data, r.files):
                return e
            msg = self._visible(it, data, r.files)
        elif ty == 7:
            msg = self.apply(it.source, data, r.files)
            it.messages.append(msg)
            it.files.update(r.files)
        elif ty == 5:
            it.loading = self.make_message(
                it.data["channel_id"],
                self.me(),
                {"flags": (data.get("flags") or 0) | LOADING},
                {},
                {"webhook_id": str(APP)},
            )
            msg = it.loading
        it.callbacks.append(r.json)
        it.latency = dt
        if it.messages:
            it.latency_full = dt
        it._touch()
        if r.query.get("with_response", "").lower() in ("1", "true"):
            body = {
                "interaction": {
                    "id": it.id,
                    "type": it.data["type"],
                    "response_message_id": msg and msg["id"],
                    "response_message_loading": ty == 5,
                    "response_message_ephemeral": bool((data.get("flags") or 0) & 64),
                },
                "resource": {"type": ty, **({"message": msg} if msg else {})},
            }
            return 200, body
        return 204, None

    def _visible(self, it: Interaction, data, files):
        msg = self.make_message(
            it.data["channel_id"],
            self.me(),
            data,
            files,
            {
                "webhook_id": str(APP),
                "application_id": str(APP),
                "interaction_metadata": {
                    "id": it.id,
                    "type": it.data["type"],
                    "user": user(42),
                    "authorizing_integration_owners": {},
                },
            },
        )
        it.messages.append(msg)
        it.files.update(files)
        return msg

    def _followup(self, r: Request, token: str, mid: str | None):
        it = self.inter.get(token)
        if it is None or not it.callbacks:
            return 404, {"message": "Unknown Webhook", "code": 10015}
        first = it.callbacks[0]["type"]
        if r.method in ("POST", "PATCH") and (e := self._check(r.json if r.method == "POST" else None, r.files)):
            return e
        if r.method == "POST" and mid is None:
            if it.loading is not None:
                # the first followup takes the place of "is thinking", and is as visible as that was
                msg = self.apply(it.loading, (r.json or {}) | {"flags": it.loading["flags"] & EPHEMERAL}, r.files)
                it.loading = None
                it.messages.append(msg)
                it.files.update(r.files)
            else:
                msg = self._visible(it, r.json or {}, r.files)
            it.latency_full = time.perf_counter() - it.t0
            it._touch()
            return 200, msg
        tgt = None
        if mid == "@original":
            tgt = it.source if first in (6, 7) else (it.loading or (it.messages[0] if it.messages else None))
        elif mid:
            tgt = self.messages[mid]
        if tgt is None:
            return 404, {"message": "Unknown Message", "code": 10008}
        if r.method == "GET":
            return 200, tgt
        if r.method == "DELETE":
            it.messages = [x for x in it.messages if x is not tgt]
            if tgt is it.loading:
                it.loading = None
            self.messages.pop(tgt["id"], None)
            it._touch()
            return 204, None
        self.apply(tgt, r.json or {}, r.files)
        tgt["flags"] = (tgt.get("flags") or 0) & ~LOADING
        tgt["edited_timestamp"] = iso()
        it.edits.append(tgt["content"])
        if tgt is it.loading:
            it.loading = None
        if all(x is not tgt for x in it.messages):
            it.messages.append(tgt)
        it.files.update(r.files)
        it.latency_full = time.perf_counter() - it.t0
        it._touch()
        return 200, tgt
