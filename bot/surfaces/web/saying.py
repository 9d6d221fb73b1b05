"""What a tab may send, checked field by field: it comes from a network."""

import re
from dataclasses import dataclass
from typing import Any

from bot.surfaces.web.uploads import MOST_PER_MESSAGE

MOST_CHARACTERS = 1000  # the line parser takes less; here it is only kept from being absurd
MOST_SOCKET_CHARACTERS = 16_384

_ID = re.compile(r"[0-9A-Za-z-]{8,64}")
_SEQ = re.compile(r"\d{1,18}", re.ASCII)
_TOKEN = re.compile(r"[0-9A-Za-z_-]{8,64}")


class BadSaying(Exception):
    """Not a message that the page would send."""


@dataclass(frozen=True, slots=True)
class Saying:
    """A message as a tab sends it."""

    id: str  # made by the tab
    text: str
    locale: str
    reply_to: str | None
    uploads: tuple[str, ...]
    pressed: str | None  # the label of the button that was pressed, for the log only


def read_saying(message: dict[str, Any]) -> Saying:
    """A checked `say`. Raises `BadSaying`."""
    id, text, uploads = message.get("id"), message.get("text"), message.get("uploads") or []
    reply_to, pressed = message.get("reply_to"), message.get("pressed")
    if not isinstance(id, str) or not _ID.fullmatch(id):
        raise BadSaying("id")
    if not isinstance(text, str):
        raise BadSaying("text")
    if reply_to is not None and not _SEQ.fullmatch(str(reply_to)):
        raise BadSaying("reply_to")
    if not isinstance(uploads, list) or len(uploads) > MOST_PER_MESSAGE:
        raise BadSaying("uploads")
    if not all(isinstance(t, str) and _TOKEN.fullmatch(t) for t in uploads):
        raise BadSaying("uploads")
    if pressed is not None and not (isinstance(pressed, str) and re.fullmatch(r"[a-z0-9_]{1,40}", pressed)):
        raise BadSaying("pressed")
    return Saying(
        id,
        "".join(c for c in text if c.isprintable() or c == "\n").strip(),
        "zh-CN" if message.get("locale") == "zh-CN" else "en",
        None if reply_to is None else str(reply_to),
        tuple(uploads),
        pressed,
    )
