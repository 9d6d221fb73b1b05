"""Slash options and buttons as the line that a member would type: one parser for all surfaces."""

from __future__ import annotations

from collections.abc import Iterable

_UNQUOTABLE = str.maketrans({'"': None, "“": None, "”": None, "\n": " ", "\r": " ", "\t": " "})


def start_of(starts: Iterable[str]) -> str:
    """What a line begins with, of all that commands may begin with (`COMMAND_START`)."""
    return min(starts, key=lambda s: (s != "/", s), default="")


def option(name: str, value: str) -> str:
    """`name:value`, quoted where the parser would otherwise see two words; "" where nothing is left of the value."""
    clean = value.translate(_UNQUOTABLE).strip()
    words = clean.split()
    if not words:
        return ""
    return f"{name}:{clean}" if len(words) == 1 else f'{name}:"{clean}"'


def line(start: str, command: str, words: Iterable[str]) -> str:
    """`/waifu count:4 hair:pink`"""
    return " ".join([f"{start}{command}", *(word for word in words if word)])
