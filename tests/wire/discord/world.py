"""What the fake Discord knows: its guild, its channels, its members, its messages and their files."""

from __future__ import annotations
import asyncio, time
from dataclasses import dataclass, field
from typing import Any
from aiohttp import web
from tests.wire.discord.interaction import Interaction
from tests.wire.discord.payloads import (
    APP,
    BOT,
    CHANNEL,
    DMS,
    GUILD,
    LIMIT,
    OWNER,
    PERMS,
    THREAD,
    iso,
    member,
    snow,
    user,
)


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


class World:
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
