"""The log: one line an event, ids rather than contents, no tokens."""

from __future__ import annotations

import logging
import sys
import time
from types import FrameType
from typing import TYPE_CHECKING

import nonebot.log  # noqa: F401 - on import it takes the log over: better before than after us
from loguru import logger

if TYPE_CHECKING:
    from loguru import Record

_FORMAT = "<dim>{time:YYYY-MM-DD HH:mm:ss}</dim> <level>{level: <7}</level> {message}"
_REPEAT = 300.0  # seconds before the same complaint of a library is written again
_LIBRARIES = "nonebot uvicorn fastapi websockets alembic sqlalchemy aiosqlite asyncio apscheduler tzlocal"
_CHATTY = tuple(_LIBRARIES.split())


def configure(level: str) -> None:
    """Send everything, the libraries' own logging too, to stderr at `level`.

    What libraries say below a warning is left out unless `level` is DEBUG: nonebot2 would write every message that a
    group says into the log.
    """
    libraries = "DEBUG" if level == "DEBUG" else "WARNING"
    quiet = logger.level(libraries).no

    said: dict[tuple[str, int], float] = {}  # where a library complained -> when

    def wanted(record: Record) -> bool:
        name = record["extra"].get("logger") or record["name"] or ""
        if not name.startswith(_CHATTY) or level == "DEBUG":
            return True
        if record["level"].no < quiet:
            return False
        # An address that does not answer is complained of every three seconds, all night.
        place, now = (name, record["line"]), time.monotonic()
        if now - said.get(place, -_REPEAT) < _REPEAT:
            return False
        said[place] = now
        record["exception"] = None  # a library's traceback helps its authors; DEBUG has it
        return True

    logger.remove()
    logger.add(sys.stderr, level=level, format=_FORMAT, filter=wanted, backtrace=False, diagnose=False)
    logging.basicConfig(handlers=[_ToLoguru()], level=logging.NOTSET if level == "DEBUG" else logging.INFO, force=True)


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
        logger.bind(logger=record.name).opt(depth=depth, exception=record.exc_info).log(level, record.getMessage())
