"""`/conhead` as a test asks for it, and what came of it."""

import io
from typing import Any

import numpy as np
from PIL import Image

from bot.command import Reply
from tests.bot.house import House
from tests.plugins.brought import GREEN, PAPER, RED, WHERE, scene, upload


def shown(reply: Reply) -> Image.Image:
    (picture,) = reply.pictures
    return Image.open(io.BytesIO(picture.encoded.content))


def headed(reply: Reply, colour: tuple[int, int, int]) -> bool:
    """Whether there is something where the hair above a face would be."""
    left = WHERE[colour]
    hair = np.asarray(shown(reply).convert("RGB")).astype(int)[95:110, left + 20 : left + 50]
    return bool(np.abs(hair - PAPER).mean() > 30)


async def ask(home: House, line: str = "/conhead who:biri", *faces: tuple[int, int, int], **changes: Any) -> Reply:
    reply = await home.ask(line, **{"uploads": (upload(scene(*(faces or (RED, GREEN)))),), "locale": "en", **changes})
    assert not reply.failed, reply.text
    return reply
