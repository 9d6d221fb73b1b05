"""One visit of the doctor: everything looked at and told, as it becomes known."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TextIO

from bot.doctor.configured import read_configuration
from bot.doctor.examination import examine
from bot.doctor.finding import Finding
from bot.doctor.report import Line, Words, as_json, as_text, columns, is_ready
from bot.locale import Catalogue

TITLES = ("python", "packages", "settings", "pictures", "torch", "weights", "database", "onebot", "discord")


def visit(json_wanted: bool = False, out: TextIO | None = None) -> int:
    """Look at everything and say it on `out` (stdout). Gives the exit status: 0 the bot can run, 1 something must be
    mended first."""
    return asyncio.run(_visit(json_wanted, out or sys.stdout))


async def _visit(json_wanted: bool, out: TextIO) -> int:
    configuration = read_configuration()
    words = Words(Catalogue.load(), configuration.language, configuration.secrets)
    plain = not _can_write(out, "✓✗·→")
    if plain and hasattr(out, "reconfigure"):
        out.reconfigure(errors="replace")  # type: ignore[attr-defined]
    color = out.isatty() and "NO_COLOR" not in os.environ and sys.platform != "win32"
    width = max(columns(words.say(f"{name}.title")) for name in TITLES)
    findings: list[Finding] = []
    lines: list[Line] = []
    if not json_wanted:
        print(f"\n{words.say('greeting')}\n", file=out, flush=True)
    async for finding in examine(configuration):
        findings.append(finding)
        lines.append(words.line(finding))
        if not json_wanted:
            print(as_text(lines[-1], width, plain=plain, color=color), file=out, flush=True)
    ready, verdict = is_ready(findings), words.verdict(findings)
    print(as_json(lines, ready, verdict) if json_wanted else f"\n{verdict}\n", file=out, flush=True)
    return 0 if ready else 1


def _can_write(out: TextIO, text: str) -> bool:
    try:
        text.encode(out.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
