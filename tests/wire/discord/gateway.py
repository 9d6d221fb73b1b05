"""The gateway: who identifies, what is pushed, how it breaks."""

from __future__ import annotations
import json
from aiohttp import web, WSMsgType
from tests.wire.discord.payloads import APP, GUILD, snow
from tests.wire.discord.world import World


class Gateway(World):
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
