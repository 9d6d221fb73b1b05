"""The log: one line an event, ids rather than contents, no tokens."""

from __future__ import annotations

import logging
import sys
from types import FrameType
from typing import TYPE_CHECKING

from loguru import logger

if TYPE_CHECKING:
    from loguru import Record

_FORMAT = "<dim>{time:YYYY-MM-DD HH:mm:ss}</dim> <level>{level: <7}</level> {message}"
_CHATTY = ("nonebot", "uvicorn", "alembic", "sqlalchemy", "websockets", "aiosqlite", "asyncio", "fastapi")


def configure(level: str) -> None:
    """Send everything, the libraries' own logging too, to stderr at `level`.

    What libraries say below a warning is left out unless `level` is DEBUG: nonebot2 would write every message that a
    group says into the log.
    """
    libraries = "DEBUG" if level == "DEBUG" else "WARNING"
    quiet = logger.level(libraries).no

    def wanted(record: Record) -> bool:
        name = record["extra"].get("logger") or record["name"] or ""
        return not name.startswith(_CHATTY) or record["level"].no >= quiet

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
