"""Runs what may crash, hang or carry much memory in a process of its own, and brings back what it says."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`said` is the probe's JSON object; where there is none, `ended` is how it went: "slow", "crashed" or "failed"."""

    said: dict[str, Any] = field(default_factory=dict)
    ended: str = ""
    detail: str = ""  # the last line of stderr, or the signal


async def probe(name: str, asked: dict[str, Any], limit: float) -> Outcome:
    """Run `bot/doctor/probes/<name>.py` for at most `limit` seconds. `asked` goes in by stdin: it may hold secrets, and
    anybody on the machine may read a command line."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        f"bot.doctor.probes.{name}",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(limit):
            out, complaints = await process.communicate(json.dumps(asked).encode())
    except TimeoutError:
        return Outcome(ended="slow")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    lines = out.decode("utf-8", "replace").strip().splitlines()
    try:
        said = json.loads(lines[-1]) if lines else None
    except ValueError:
        said = None
    if isinstance(said, dict):
        return Outcome(said)
    last = complaints.decode("utf-8", "replace").strip().splitlines()[-1:]
    if process.returncode and process.returncode < 0:
        return Outcome(ended="crashed", detail=str(-process.returncode))
    return Outcome(ended="failed", detail=last[0] if last else str(process.returncode))
