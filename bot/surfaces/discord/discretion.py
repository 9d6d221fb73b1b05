"""discord.py's log without what is secret in it: an interaction's token stands in the address that it answers to."""

from __future__ import annotations

import logging
import re
from typing import Any

_TOKEN = re.compile(r"(/(?:webhooks|interactions)/\d+/)[^/?\s]+")
_LOGGERS = ("discord.http", "discord.webhook.async_")


class WithoutTokens(logging.Filter):
    """Takes tokens out of addresses. Only records made by the logger that it is added to pass through it."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_discreet(value) for value in record.args)
        record.msg = _discreet(record.msg)
        return True


def be_discreet() -> None:
    """Let discord.py log no tokens. Doing it twice is doing it once."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(f, WithoutTokens) for f in logger.filters):
            logger.addFilter(WithoutTokens())


def _discreet(value: Any) -> Any:
    return _TOKEN.sub(r"\1…", value) if isinstance(value, str) else value
