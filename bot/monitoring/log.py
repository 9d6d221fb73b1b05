"""The log: one line an event, ids rather than contents, no tokens.

What a member or a group is called stands in a line's fields, not in its text: `bot.monitoring.ids`.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import time
import traceback
from collections.abc import Iterable
from types import FrameType
from typing import TYPE_CHECKING, Any, Literal

import nonebot.log  # noqa: F401 - on import it takes the log over: better before than after us
from loguru import logger

from bot.monitoring.redaction import Redaction

if TYPE_CHECKING:
    from loguru import Message, Record

_LINE = "<dim>{time:YYYY-MM-DD HH:mm:ss}</dim> <level>{level: <7}</level> {message}"
_REPEAT = 300.0  # seconds before the same complaint of a library is written again
_OF_LIBRARIES = "logger"  # the field that holds the name of a logger of the standard library


def configure(level: str, format: Literal["text", "json"] = "text", secrets: Iterable[str] = ()) -> None:
    """Send everything, the libraries' own logging too, to stderr at `level`, one line or one JSON object an event.

    `secrets`, and what looks like one, are written as ***. What libraries say below a warning is left out unless
    `level` is DEBUG: nonebot2 would write every message that a group says into the log. What a thread or a task died
    of is logged too.
    """
    redaction = Redaction(secrets)
    sink = _JSON(redaction) if format == "json" else _Text(redaction)
    logger.remove()
    logger.add(
        sink,
        level=level,
        format=sink.template,
        filter=_Wanted(level),
        colorize=sink.coloured,
        backtrace=False,
        diagnose=False,  # it would show the values of variables
    )
    logging.basicConfig(handlers=[_ToLoguru()], level=logging.NOTSET if level == "DEBUG" else logging.INFO, force=True)
    threading.excepthook = _thread_died


class _Wanted:
    """loguru's filter: our own lines, and the libraries' complaints, each once in a while."""

    def __init__(self, level: str) -> None:
        self._everything = level == "DEBUG"
        self._said: dict[tuple[str, int], float] = {}  # where a library complained -> when

    def __call__(self, record: Record) -> bool:
        name = record["extra"].get(_OF_LIBRARIES) or record["name"] or ""
        library = _OF_LIBRARIES in record["extra"] or name.startswith("nonebot")
        if not library or self._everything:
            return True
        if record["level"].no < logging.WARNING:
            return False
        if name == "asyncio" and record["exception"] is not None:
            return True  # a task of ours, which nobody waited for, died of it
        # An address that does not answer is complained of every three seconds, all night.
        place, now = (name, record["line"]), time.monotonic()
        if now - self._said.get(place, -_REPEAT) < _REPEAT:
            return False
        self._said[place] = now
        record["exception"] = None  # a library's traceback helps its authors; DEBUG has it
        return True


class _Text:
    """For people: a line an event, its fields behind it, tracebacks below it."""

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction
        old_windows = os.name == "nt" and "WT_SESSION" not in os.environ
        self.coloured = sys.stderr.isatty() and "NO_COLOR" not in os.environ and not old_windows

    @staticmethod
    def template(record: Record) -> str:
        fields = (f" {name}={{extra[{name}]}}" for name in _fields(record))
        return f"{_LINE}<dim>{''.join(fields)}</dim>\n{{exception}}"

    def __call__(self, message: Message) -> None:
        sys.stderr.write(self._redaction(message))
        sys.stderr.flush()


class _JSON:
    """For what collects logs: `time` (ISO 8601), `level`, `where`, `event`, the fields, and `exception`."""

    coloured = False

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction

    @staticmethod
    def template(record: Record) -> str:
        return "{message}"

    def __call__(self, message: Message) -> None:
        record = message.record
        line: dict[str, Any] = {
            "time": record["time"].isoformat(),
            "level": record["level"].name,
            # not the module's full name: nonebot2 cuts it down to the package
            "where": record["extra"].get(_OF_LIBRARIES) or f"{record['module']}.{record['function']}:{record['line']}",
            "event": self._redaction(record["message"]),
        }
        for name in _fields(record):
            line.setdefault(name, self._redaction(str(record["extra"][name])))
        if (exception := record["exception"]) is not None:
            parts = traceback.format_exception(exception.type, exception.value, exception.traceback)
            line["exception"] = self._redaction("".join(parts))
        sys.stderr.write(json.dumps(line, ensure_ascii=False) + "\n")
        sys.stderr.flush()


def _fields(record: Record) -> list[str]:
    """What somebody bound to a line; nonebot2 binds its own level to every line there is."""
    return [name for name in record["extra"] if name != _OF_LIBRARIES and not name.startswith("nonebot")]


class _ToLoguru(logging.Handler):
    """Hands the standard library's records on, with the caller they came from."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            level: str | int = logger.level(record.levelname).name
        except ValueError:
            level = record.levelno
        frame: FrameType | None = logging.currentframe()
        depth = 0
        while frame is not None and (depth == 0 or frame.f_code.co_filename == logging.__file__):
            frame = frame.f_back
            depth += 1
        bound = logger.bind(**{_OF_LIBRARIES: record.name})
        bound.opt(depth=depth, exception=record.exc_info).log(level, record.getMessage())


def _thread_died(died: threading.ExceptHookArgs) -> None:
    if died.exc_value is None or isinstance(died.exc_value, SystemExit):
        return
    name = died.thread.name if died.thread is not None else "of no name"
    logger.opt(exception=died.exc_value).error("the thread {} died", name)
