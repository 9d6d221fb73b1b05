"""By what a line of the log names a message: enough to follow one, not enough to know whose it is."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.surfaces.base import Incoming

_KEY = secrets.token_bytes(16)  # of this run: nobody can go through all numbers of QQ and find whose tag it is


def ids_of(incoming: Incoming) -> dict[str, str]:
    """Fields for `logger.contextualize`: the chat, the member as a tag, and the platform's id of the message.

    A group goes by its name in the settings (`qq:30003`), since an operator must find the group that has trouble. A
    member does not: the tag is the same for all of their lines, until the bot restarts.
    """
    tag = member_tag(incoming.member)
    fields = {"chat": incoming.group or f"{incoming.surface}:@{tag}", "member": tag}
    if incoming.message_id is not None:
        fields["message"] = incoming.message_id
    return fields


def member_tag(member: str) -> str:
    """Four bytes of a keyed hash: `~9f0c61aa`."""
    return "~" + hashlib.blake2s(member.encode(), key=_KEY, digest_size=4).hexdigest()
