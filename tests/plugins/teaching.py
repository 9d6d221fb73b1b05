"""A group that teaches the bot a character: what it says and sends, and who may not."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from bot.command import Button, Reply, Role
from data.pictures import Upload
from data.portrait.showing import COLOURS
from tests.bot.characters import given
from tests.bot.house import House

ADMIN: dict[str, Any] = {"member": "qq:2", "role": Role.ADMIN, "locale": "en"}
MEMBER: dict[str, Any] = {"member": "qq:1", "role": Role.MEMBER, "locale": "en"}
ELSEWHERE: dict[str, Any] = {"chat": "qq:8", "group": "qq:8", "member": "qq:9", "role": Role.ADMIN, "locale": "en"}
ALONE: dict[str, Any] = {"chat": "qq:@1", "group": None, "member": "qq:1", "locale": "en"}
PAGE: dict[str, Any] = {
    "surface": "web", "chat": "web:@local", "member": "web:local", "group": None, "clickable": True, "locale": "en",
}  # fmt: skip


def pictures(*numbers: int, **look: Any) -> tuple[Upload, ...]:
    return tuple(Upload(given.file(given.picture(number, **look)), "image/png", "test") for number in numbers)


async def agreed(home: House, who: dict[str, Any] = MEMBER) -> None:
    reply = await home.ask("/contribute agree:yes", **who)
    assert not reply.failed, reply.text


async def create(home: House, name: str = "Mikoto", **how: Any) -> Reply:
    reply = await home.ask(f'/character create "{name}"', **{**ADMIN, **how})
    assert not reply.failed, reply.text
    return reply


async def contribute(home: House, *numbers: int, who: dict[str, Any] = MEMBER, line: str = "/contribute") -> Reply:
    reply = await home.ask(line, uploads=pictures(*numbers), **who)
    assert not reply.failed, reply.text
    return reply


async def states(home: House) -> list[str]:
    """Of all that was given of the first character, oldest first."""
    return [one.state for one in await home.services.store.contributions.list(1)]


def button(reply: Reply, label: str) -> Button:
    return next(one for one in reply.buttons if one.label == label)


def labels(reply: Reply) -> list[str]:
    return [one.label for one in reply.buttons]


def sheet(reply: Reply, number: int = 0) -> np.ndarray:
    """Pixels of a picture of the answer."""
    return np.asarray(Image.open(io.BytesIO(reply.pictures[number].encoded.content)).convert("RGB")).astype(int)


def signs(reply: Reply) -> set[str]:
    """What has become of pictures, as the sheet shows it."""
    pixels = sheet(reply)
    return {mark for mark, colour in COLOURS.items() if _count(pixels, colour) > 200}


def shows_a_head(reply: Reply) -> bool:
    """The toy's pictures have hair of one colour."""
    return _count(sheet(reply), given.HAIR) > 200


def _count(pixels: np.ndarray, colour: Sequence[int]) -> int:
    return int((np.abs(pixels - np.array(colour)).max(2) < 12).sum())
