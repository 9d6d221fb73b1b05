"""What gets into the log: what the bot does, and of its libraries only complaints, once."""

import logging
import sys

import pytest
from loguru import logger

from bot.monitoring.log import configure


@pytest.fixture
def restored():
    """The log as it was."""
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logger.remove()
    logger.add(sys.stderr)
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def test_our_own_lines_are_written(restored: None, capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO")
    logger.info("an answer was sent")
    logger.debug("not this")
    said = capsys.readouterr().err
    assert "an answer was sent" in said
    assert "not this" not in said


def _library(name: str, level: int, text: str) -> None:
    logging.getLogger(name).log(level, text)


def test_what_members_say_does_not_get_into_the_log_through_a_library(
    restored: None, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("INFO")
    _library("nonebot", logging.INFO, "Message from 42@[group:7]: 'a secret'")
    _library("uvicorn.error", logging.INFO, "a secret")
    assert "secret" not in capsys.readouterr().err


def test_a_complaint_of_a_library_is_written_once(restored: None, capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO")
    for _ in range(3):
        _library("nonebot", logging.ERROR, "cannot connect")
    assert capsys.readouterr().err.count("cannot connect") == 1


def test_debug_shows_everything(restored: None, capsys: pytest.CaptureFixture[str]) -> None:
    configure("DEBUG")
    _library("nonebot", logging.DEBUG, "Message from 42")
    assert "Message from 42" in capsys.readouterr().err
