"""Numbers that Discord gives, its moments, and people as it describes them."""

from __future__ import annotations
import itertools, time

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
LIMIT = 10 * 1024 * 1024


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
