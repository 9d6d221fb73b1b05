"""Who of the bot's accounts is in which chat, and who is who there: for what is said unasked.

API: botuniverse/onebot-11, api/public.md: get_group_list, get_friend_list, get_group_member_info.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from loguru import logger
from nonebot.adapters import Bot
from nonebot_plugin_alconna.uniseg import SupportAdapter, Target

from bot.command import Role
from bot.surfaces.base import KnownGroup
from bot.surfaces.qq.accounts import Accounts
from bot.surfaces.qq.hearing import ROLES
from bot.surfaces.qq.outbox import Place

ASK_SECONDS = 10.0
LIST_SECONDS = 60.0  # that a list of groups or friends is believed: an announcement asks for each group anew
REMEMBERED = 2000  # chats


class Directory:
    """Asks the platform; of its own it only remembers where something was heard last."""

    def __init__(self, accounts: Accounts, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._accounts, self._clock = accounts, clock
        self._heard: OrderedDict[str, tuple[str, Target]] = OrderedDict()  # chat -> account, where
        self._lists: dict[tuple[str, str], tuple[float, list[Mapping[str, Any]]]] = {}

    def heard(self, chat: str, self_id: str, target: Target) -> None:
        """Something was said in a chat; an answer to it would go to `target`."""
        self._heard[chat] = self_id, target
        self._heard.move_to_end(chat)
        if len(self._heard) > REMEMBERED:
            self._heard.popitem(last=False)

    async def place(self, chat: str) -> Place | None:
        """Where to say something in `qq:30003` or `qq:@10001`; None where no account that is connected can."""
        self_id, target = self._heard.get(chat, ("", None))
        if target is not None and self_id in self._accounts.connected:
            return Place(self_id, target)
        id = chat.removeprefix("qq:")
        private = id.startswith("@")
        action, field = ("get_friend_list", "user_id") if private else ("get_group_list", "group_id")
        id = id.removeprefix("@")
        for bot in await self._onebots():
            if any(str(row.get(field)) == id for row in await self._list(bot, action)):
                return Place(bot.self_id, Target(id, private=private, self_id=bot.self_id))
        return None

    async def groups(self) -> list[KnownGroup]:
        """The groups of all accounts, each once. Never raises."""
        found: dict[str, KnownGroup] = {}
        lists = await asyncio.gather(*(self._list(bot, "get_group_list", fresh=True) for bot in await self._onebots()))
        for row in (row for rows in lists for row in rows if row.get("group_id") is not None):
            id, count = f"qq:{row['group_id']}", str(row.get("member_count") or "")
            members = int(count) if count.isdecimal() else None
            found.setdefault(id, KnownGroup(id, str(row.get("group_name") or ""), members))
        return list(found.values())

    async def role_of(self, group: str, member: str) -> Role | None:
        """What a member may do in a group, as the platform says now. Never raises."""
        place = await self.place(group)
        if place is None:
            return None
        group_id, user_id = group.removeprefix("qq:"), member.removeprefix("qq:")
        if not (group_id.isdecimal() and user_id.isdecimal()):
            return None
        which = {"group_id": int(group_id), "user_id": int(user_id), "no_cache": True}
        told = await self._ask(place.self_id, "get_group_member_info", **which)
        return ROLES.get(str(told.get("role")), Role.MEMBER) if isinstance(told, Mapping) else None

    async def _onebots(self) -> list[Bot]:
        bots: list[Bot] = []
        for self_id in sorted(self._accounts.connected):
            try:
                bot = await self._accounts.get(self_id, 0)
            except TimeoutError:
                continue
            if bot.adapter.get_name() == SupportAdapter.onebot11:
                bots.append(bot)
        return bots

    async def _list(self, bot: Bot, action: str, *, fresh: bool = False) -> list[Mapping[str, Any]]:
        key = bot.self_id, action
        if not fresh and key in self._lists and self._clock() - self._lists[key][0] < LIST_SECONDS:
            return self._lists[key][1]
        told = await self._ask(bot.self_id, action)
        rows = [row for row in told if isinstance(row, Mapping)] if isinstance(told, list) else []
        if rows:
            self._lists[key] = self._clock(), rows
        return rows

    async def _ask(self, self_id: str, action: str, **params: Any) -> Any:
        """The platform's answer; None where it gives none."""
        try:
            async with asyncio.timeout(ASK_SECONDS):
                bot = await self._accounts.get(self_id, 0)
                return await bot.call_api(action, **params)
        except Exception as error:  # refused, gone, unknown, silent: nobody can tell
            logger.warning("qq: {} was not answered: {}", action, type(error).__name__)
            return None
