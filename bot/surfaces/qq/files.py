"""Files that members send, of which pictures and zips are taken: where OneBot v11 programs say that one is.

No specification covers it. NapCat, LLOneBot and Lagrange tell of a file as a segment `file` {file or file_name,
file_id, file_size, sometimes url}; go-cqhttp as a notice `group_upload` {group_id, user_id, file: {id, name, size,
busid}} beside a message that is empty. The address comes from `get_group_file_url` {group_id, file_id, busid} or
`get_private_file_url` {user_id, file_id}; `get_file` {file_id} has, where its setting allows it, the content as base64.
Paths on the disk of the OneBot program are never followed.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from loguru import logger
from nonebot.adapters import Bot, Event
from nonebot.compat import model_dump

from bot.surfaces.base import PictureLink, Way

TAKEN = (".zip", ".png", ".jpg", ".jpeg", ".webp", ".gif", ".avif", ".bmp")
"""Ends the names of files that are looked at; what else members send each other is talk."""

ASK_SECONDS = 8.0
"""That a OneBot program may take to say where a file is; for `get_file` it loads it first."""

MOST_IN_PLACE = 30_000_000
"""Bytes of a file that is asked for by `get_file`: its base64 has to fit into a frame, of 50 MiB at NapCat."""

MOST_SENDERS, MOST_OF_ONE = 256, 4
"""Of whom uploads are remembered, and how many of each."""

SAME_SECONDS = 30
"""Between a message and the notice of the file in it."""

_FTN = re.compile(r"http://(?=[a-z0-9.-]+\.ftn\.qq\.com/)")  # QQ's file hosts, which are let in by https alone


def file_links(
    bot: Bot, how: Way, files: Iterable[Mapping[str, Any]], group: str | None, user: str
) -> list[PictureLink]:
    """The files of a chat that are taken, as pictures that are found once somebody wants them."""
    return [PictureLink(how, find=partial(_found, bot, told, group, user)) for told in files if _taken(told)]


def files_in(message: Iterable[Any]) -> list[Mapping[str, Any]]:
    """The data of the segments `file`."""
    return [segment.data for segment in message if segment.type == "file" and isinstance(segment.data, Mapping)]


class Uploaded:
    """What was uploaded lately, by notices: a reply to such a message tells nothing of the file."""

    def __init__(self) -> None:
        self._files: OrderedDict[tuple[str, str, str], deque[tuple[int, Mapping[str, Any]]]] = OrderedDict()

    def notice(self, bot: Bot, event: Event) -> None:
        """Remember a `group_upload`; other notices are nothing to it."""
        told = model_dump(event)
        file = told.get("file")
        if told.get("notice_type") != "group_upload" or not isinstance(file, Mapping):
            return
        key = (bot.self_id, str(told.get("group_id")), str(told.get("user_id")))
        self._files.setdefault(key, deque(maxlen=MOST_OF_ONE)).append((int(told.get("time") or 0), file))
        self._files.move_to_end(key)
        while len(self._files) > MOST_SENDERS:
            self._files.popitem(last=False)

    def near(self, bot: Bot, group: str | None, user: str, time: int) -> list[Mapping[str, Any]]:
        """The file that a member uploaded at that time, in seconds; [] where there is none, or no telling which."""
        known = self._files.get((bot.self_id, str(group), user), ())
        if not time:
            return [known[0][1]] if len(known) == 1 else []
        nearest = min(known, key=lambda one: abs(one[0] - time), default=None)
        return [nearest[1]] if nearest is not None and abs(nearest[0] - time) <= SAME_SECONDS else []


def _taken(told: Mapping[str, Any]) -> bool:
    return any(str(told.get(key) or "").lower().endswith(TAKEN) for key in ("file_name", "name", "file"))


async def _found(bot: Bot, told: Mapping[str, Any], group: str | None, user: str) -> str:
    """Where a file is, http(s):// or base64://; "" where the OneBot program does not hand it out."""
    if address := _address(told):
        return address
    id = told.get("file_id") or told.get("id")
    if not id:
        return ""
    busid = {} if told.get("busid") is None else {"busid": told["busid"]}
    where = {"user_id": _number(user)} if group is None else {"group_id": _number(group), **busid}
    for api, how in (
        ("get_private_file_url" if group is None else "get_group_file_url", where),
        *([("get_file", {})] if _size(told) <= MOST_IN_PLACE else []),
    ):
        try:
            async with asyncio.timeout(ASK_SECONDS):
                answer = await bot.call_api(api, file_id=str(id), **how)
        except Exception as error:  # another platform, an extension that is not there, a file that is gone
            logger.info("qq: {} does not say where a file is: {}", api, type(error).__name__)
            continue
        if isinstance(answer, Mapping) and (address := _address(answer)):
            return address
    return ""


def _address(told: Mapping[str, Any]) -> str:
    url = str(told.get("url") or "")
    if url.startswith(("https://", "http://")):
        return _FTN.sub("https://", url)
    return f"base64://{told['base64']}" if told.get("base64") else ""


def _size(told: Mapping[str, Any]) -> int:
    """In bytes; 0 where it is not told."""
    text = str(told.get("file_size") or told.get("size") or "")
    return int(text) if re.fullmatch(r"\d{1,15}", text, re.ASCII) else 0


def _number(id: str) -> int | str:
    return int(id) if re.fullmatch(r"\d{1,15}", id, re.ASCII) else id
