"""What gets into the log: what the bot does, and of its libraries only complaints, once; never a secret."""

import asyncio
import gc
import json
import logging
import sys
import threading
from typing import Literal

import pytest
from loguru import logger

from bot.monitoring.log import configure

SECRET = "a-token-of-mine"


@pytest.fixture
def restored():
    """The log as it was."""
    handlers, level, hook = logging.root.handlers[:], logging.root.level, threading.excepthook
    yield
    logger.remove()
    logger.add(sys.stderr)
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    threading.excepthook = hook


def test_our_own_lines_are_written(restored: None, capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO")
    logger.info("an answer was sent")
    logger.debug("not this")
    said = capsys.readouterr().err
    assert "an answer was sent" in said
    assert "not this" not in said


def _library(name: str, level: int, text: str) -> None:
    logging.getLogger(name).log(level, text)


@pytest.mark.parametrize("library", ["nonebot", "uvicorn.error", "discord.gateway", "sqlalchemy.engine", "any.other"])
def test_what_members_say_does_not_get_into_the_log_through_a_library(
    restored: None, capsys: pytest.CaptureFixture[str], library: str
) -> None:
    configure("INFO")
    _library(library, logging.INFO, "Message from 42@[group:7]: 'a secret'")
    assert "secret" not in capsys.readouterr().err
    _library(library, logging.WARNING, "cannot connect")
    assert "cannot connect" in capsys.readouterr().err


def test_a_complaint_of_a_library_is_written_once(restored: None, capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO")
    for _ in range(3):
        _library("nonebot", logging.ERROR, "cannot connect")
    assert capsys.readouterr().err.count("cannot connect") == 1


def test_debug_shows_everything(restored: None, capsys: pytest.CaptureFixture[str]) -> None:
    configure("DEBUG")
    _library("nonebot", logging.DEBUG, "Message from 42")
    assert "Message from 42" in capsys.readouterr().err


def test_fields_stand_behind_the_line(restored: None, capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO")
    with logger.contextualize(chat="qq:7", message="{55}", nonebot_log_level="INFO"):  # the last by nonebot.init
        logger.info("an answer <b>was</b> sent")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("an answer <b>was</b> sent chat=qq:7 message={55}")


def _fail() -> None:
    try:
        raise ValueError(f"refused with {SECRET}")
    except ValueError as error:
        raise RuntimeError("could not") from error


@pytest.mark.parametrize("format", ["text", "json"])
def test_no_secret_gets_into_the_log_by_text_field_or_traceback(
    restored: None, capsys: pytest.CaptureFixture[str], format: Literal["text", "json"]
) -> None:
    configure("DEBUG", format, [SECRET])
    logger.bind(address=f"ws://x/?access_token={SECRET}").info("connecting with {}", SECRET)
    _library("discord.http", logging.WARNING, f"POST https://discord.com/api/webhooks/1/{SECRET}-more")
    try:
        _fail()
    except RuntimeError:
        logger.exception("it failed")
    said = capsys.readouterr().err
    assert "refused with ***" in said
    assert "RuntimeError: could not" in said
    assert SECRET not in said
    assert "-more" not in said


def test_json_is_one_object_a_line(restored: None, capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO", "json")
    with logger.contextualize(chat="qq:7", nonebot_log_level="INFO"):
        logger.info("两行\nin {}", "one")
    try:
        _fail()
    except RuntimeError:
        logger.exception("error {}", "3f")
    _library("apscheduler", logging.WARNING, "missed")
    first, failed, library = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (first["level"], first["event"], first["chat"]) == ("INFO", "两行\nin one", "qq:7")
    assert first["time"].startswith("20")
    assert "test_log.test_json_is_one_object_a_line" in first["where"]
    assert set(first) == {"time", "level", "where", "event", "chat"}
    assert "ValueError" in failed["exception"]
    assert (library["where"], library["event"]) == ("apscheduler", "missed")


def test_what_a_thread_died_of_is_logged(restored: None, capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO")
    thread = threading.Thread(target=_fail, name="painter")
    thread.start()
    thread.join()
    said = capsys.readouterr().err
    assert "the thread painter died" in said
    assert "RuntimeError: could not" in said


async def test_what_a_task_died_of_is_logged_each_time(restored: None, capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO")
    for _ in range(2):
        task = asyncio.create_task(asyncio.to_thread(_fail))
        await asyncio.wait({task})
        del task
        gc.collect()
    assert capsys.readouterr().err.count("RuntimeError: could not") == 2
