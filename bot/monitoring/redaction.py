"""What must never stand in the log: the secrets that the settings hold, and whatever looks like one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, urlsplit

from pydantic import SecretStr

from bot.settings import Settings

HIDDEN = "***"
LEAST = 4  # characters of a secret; to hide shorter ones would hide half of every line
WORD = 8  # a shorter secret is hidden where it stands alone: 1234 is part of many a group's number

_NAMES = "access_token|refresh_token|token|password|passwd|secret|api_?key|rkey|sig|signature|x-amz-[a-z-]+"
_LOOKS_SECRET = (
    # a field of an address, or of what prints like one
    (re.compile(rf"\b({_NAMES})=[^&\s\"'<>,;)]+", re.IGNORECASE), rf"\1={HIDDEN}"),
    (re.compile(r"\b(authorization\W{1,5})(?:(?:bearer|bot|basic)\s+)?[^\s\"',}]+", re.IGNORECASE), rf"\1{HIDDEN}"),
    (re.compile(r"\b(bearer|bot|basic)\s+[\w.~+/-]{20,}=*", re.IGNORECASE), rf"\1 {HIDDEN}"),
    # Discord: whoever knows the address of a webhook, or of an interaction's answer, may write there
    (re.compile(r"(/(?:webhooks|interactions)/\d+/)[\w.~*-]+"), rf"\1{HIDDEN}"),
    (re.compile(r"\b[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}"), HIDDEN),  # the shape of a Discord bot's token
    (re.compile(r"(://)[^/\s@\"']+:[^/\s@\"']*@"), rf"\1{HIDDEN}@"),  # user:password@host
)


class Redaction:
    """`redaction(text)` is the text without secrets."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = {form for s in secrets if len(s) >= LEAST for form in (s, quote(s, safe=""), json.dumps(s)[1:-1])}
        longest_first = sorted(known, key=len, reverse=True)  # or one that begins another would leave the rest of it
        self._known = re.compile("|".join(map(_pattern, longest_first))) if known else None

    def __call__(self, text: str) -> str:
        if self._known is not None:
            text = self._known.sub(HIDDEN, text)
        for pattern, instead in _LOOKS_SECRET:
            text = pattern.sub(instead, text)
        return text


def secrets_of(settings: Settings) -> frozenset[str]:
    """All that the settings hold and nobody may read: tokens, passwords, those within addresses too."""
    found: set[str] = set()
    for name in Settings.model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            text = value.get_secret_value()
            found |= {text, *_in_json(text)}
        for address in (value,) if isinstance(value, str) else value if isinstance(value, frozenset) else ():
            if "://" in address:
                found |= _in_address(address)
    return frozenset(found - {""})


def _pattern(secret: str) -> str:
    escaped = re.escape(secret)
    return escaped if len(secret) >= WORD else rf"(?<!\w){escaped}(?!\w)"


def _in_address(address: str) -> set[str]:
    try:
        return {urlsplit(address).password or ""}
    except ValueError:  # no address after all: whoever uses it will say so
        return set()


def _in_json(text: str) -> Iterator[str]:
    """The texts in a setting that is JSON, whose names say that they are secret."""
    try:
        options = json.loads(text)
    except ValueError:
        return
    yield from _leaves(options)


def _leaves(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, name)
    elif isinstance(value, str) and re.search("key|secret|token|password", name, re.IGNORECASE):
        yield value
