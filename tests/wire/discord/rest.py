"""The REST API and the CDN, as strict as Discord is."""

from __future__ import annotations
import json, re, time
from aiohttp import web
from tests.wire.discord.interaction import Interaction
from tests.wire.discord.payloads import APP, CHANNEL, DMS, EPHEMERAL, GUILD, LOADING, iso, snow, user
from tests.wire.discord.world import Request, World


class Rest(World):
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
