"""Findings in words."""

import json
import re
from pathlib import Path

import pytest

from bot.doctor.finding import Finding, Phrase, Sign, bad, good, note, warn
from bot.doctor.report import Line, Words, as_json, as_text, columns, is_ready
from tests.bot.doctor.patients import CATALOGUE

ROOM = Path(__file__).parents[3] / "bot" / "doctor"
WORDS = Words(CATALOGUE, "en", ("hunter22",))


def test_every_text_that_the_checks_name_is_there() -> None:
    """Those that are put together at run time are in the tests of their checks."""
    named = {
        match
        for file in ROOM.rglob("*.py")
        for match in re.findall(r'(?:good|note|warn|bad)\)?\(\s*"([a-z]+)", "([a-z_]+)"', file.read_text("utf-8"))
    }
    assert len(named) > 50
    assert not [key for key in (f"doctor.{check}.{what}" for check, what in named) if not CATALOGUE.has(key)]


def test_every_text_is_used_by_some_check() -> None:
    code = "".join(file.read_text("utf-8") for file in ROOM.rglob("*.py"))
    put_together = {"title", "slow", "crashed", "old_processor", "file_encoding", "file_permission", "file_io"}
    for key in CATALOGUE.table("en", "doctor"):
        last = key.rpartition(".")[2].removesuffix("_do")
        assert last in put_together or re.search(rf"\b{last}\b", code), key


def test_what_is_secret_is_hidden_wherever_it_comes_from() -> None:
    why = Phrase("trouble.broke", {"host": "x?token=hunter22", "error": "E"})
    line = WORDS.line(bad("discord", "unreachable", why=why))
    assert "hunter22" not in line.found
    assert "•••" in line.found


def test_what_is_to_do_stands_below_what_was_found() -> None:
    line = Line("disk", Sign.WARN, "Disk", "Full.", "Make room.\nOr do not.")
    assert as_text(line, 6, plain=False, color=False).splitlines() == [
        "  ! Disk    Full.",
        "            → Make room.",
        "            → Or do not.",
    ]


def test_chinese_titles_stand_in_line() -> None:
    assert columns("磁盘") == 4
    zh, en = (Line("x", Sign.GOOD, title, "|", "") for title in ("磁盘", "Disk"))
    shown = [as_text(line, 8, plain=True, color=False) for line in (zh, en)]
    assert len({columns(text[: text.index("|")]) for text in shown}) == 1


def test_a_terminal_without_such_letters_gets_plain_signs() -> None:
    for sign in Sign:
        as_text(Line("x", sign, "x", "x", "x"), 1, plain=True, color=True).encode("ascii")


@pytest.mark.parametrize(
    ("findings", "ready", "verdict"),
    [
        ([good("python", "alone")], True, "All set."),
        ([note("onebot", "waiting"), warn("port", "starting")], True, "Good to go"),
        ([bad("port", "taken")], False, "One thing to mend first"),
        ([bad("port", "taken"), warn("port", "starting"), bad("disk", "little")], False, "2 things to mend first"),
        ([good("port", "running"), warn("disk", "full")], True, "The bot is up and running."),
    ],
)
def test_the_verdict_counts_what_is_to_be_mended(findings: list[Finding], ready: bool, verdict: str) -> None:
    assert is_ready(findings) is ready
    assert WORDS.verdict(findings).startswith(verdict)


def test_programs_get_every_finding() -> None:
    lines = [WORDS.line(bad("port", "taken", port=1))]
    report = json.loads(as_json(lines, False, "x"))
    assert report["ready"] is False
    assert report["findings"][0]["check"] == "port"
    assert report["findings"][0]["sign"] == "bad"
    assert report["findings"][0]["do"]
