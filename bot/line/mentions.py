"""Members who are mentioned in a line: `@qq:10001` as a surface writes it, `<@10001>` as Discord does."""

from __future__ import annotations

import re

_MENTION = re.compile(r"(?<!\S)(?:@(?P<id>(?:qq|discord|web):[\w-]{1,64})|<@!?(?P<discord>\d{1,20})>)(?!\S)", re.ASCII)


def mention(member: str) -> str:
    """A member as a word of a line."""
    return f"@{member}"


def without_mentions(rest: str) -> tuple[str, tuple[str, ...]]:
    """A line without its mentions, and the members' ids, each once.

    They stand anywhere, also before the command: who is mentioned is what a command that asks for a member is about,
    and to the others only a face to look at.
    """
    found: dict[str, None] = {}

    def taken(match: re.Match[str]) -> str:
        found[match["id"] or f"discord:{match['discord']}"] = None
        return ""

    return _MENTION.sub(taken, rest).strip(), tuple(found)
