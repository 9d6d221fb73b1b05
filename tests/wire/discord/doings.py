"""What members do: commands, buttons, questions that they answer, messages."""

from __future__ import annotations
import asyncio
from tests.wire.discord.gateway import Gateway
from tests.wire.discord.interaction import Interaction
from tests.wire.discord.payloads import APP, BOT, CHANNEL, DMS, GUILD, PERMS, member, snow, user


TYPES = {str: 3, int: 4, bool: 5, float: 10}


class User(int):
    """A member, as an option's value."""


class Doings(Gateway):
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
