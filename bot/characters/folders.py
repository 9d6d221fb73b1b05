"""The folder of a run: what is to be seen in it, and what goes when it is over. Everything here blocks."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from bot.characters.order import LEARNING, LOG, PAIRS, SET, Order, Result

PACKED = "packed"  # the set as it is read
PLAN, LOCK = "plan.json", "lock"
MANIFEST = "manifest.json"
KEPT = 20  # folders of a character's runs
TAIL = 2000  # bytes of a log in which its last line is looked for
SHEETS = {"strip": "strip.png", "animation": "strip.webp", "losses": "losses.png"}
IN_VERSION = {
    "strip": "strip.jpg", "animation": "strip.webp", "losses": "losses.png", "sheet": "sheet.jpg", "pairs": PAIRS,
}  # fmt: skip


def sheets(folder: Path, version: Path | None) -> dict[str, Path]:
    """The pictures of a run: those beside its version where one came of it, else those that it has until now."""
    found = {name: folder / LEARNING / file for name, file in SHEETS.items()}
    if newest := sorted((folder / LEARNING / "sheets").glob("*.png")):
        found["sheet"] = newest[-1]
    if version is not None:
        found |= {name: version / file for name, file in IN_VERSION.items() if (version / file).is_file()}
    return {name: path for name, path in found.items() if path.is_file()}


def curves(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """What a run has measured, from its beginning: "learning", the losses and speeds of every line of statistics, and
    "measured", the distances and copies at snapshots; each line has `nimg`."""
    learning = folder / LEARNING
    return {"learning": _lines(learning / "stats.jsonl"), "measured": _lines(learning / "metrics.jsonl")}


def log(folder: Path, most: int) -> list[str]:
    """The last lines of a run's log, oldest first; [] where there is none."""
    try:
        with (folder / LOG).open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 200 * most))
            return file.read().decode("utf-8", "replace").splitlines()[-most:]
    except OSError:
        return []


def clear(folder: Path) -> None:
    """Nobody goes on with it: pictures of members, states and snapshots go, its log and its curves stay."""
    for name in (PACKED, f".{SET}.part"):
        shutil.rmtree(folder / name, ignore_errors=True)
    _thin(folder / SET, (MANIFEST,))
    _thin(folder / LEARNING, ("stats.jsonl", "metrics.jsonl", "options.json", *SHEETS.values()))
    for name in (Order.FILE, Result.FILE, PLAN):
        (folder / name).unlink(missing_ok=True)


def tidy(runs: Path, under_way: Collection[int]) -> None:
    """Clear the folders of runs that are over, of which a death has kept somebody from doing it."""
    for folder in runs.glob("c-*"):
        number = folder.name.removeprefix("c-")
        if number.isdecimal() and int(number) not in under_way:
            clear(folder)


def remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def last_words(log: Path) -> str:
    """The last line of a log, "" where there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
            lines = file.read().decode("utf-8", "replace").split("\n")
    except OSError:
        return ""
    return next((line.strip() for line in reversed(lines) if line.strip()), "")[:500]


def _lines(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                value = json.loads(line)
                if isinstance(value, dict):
                    found.append(value)
    except (OSError, ValueError):  # the last line may be half written
        pass
    return found


def _thin(folder: Path, kept: Iterable[str]) -> None:
    for path in list(folder.iterdir()) if folder.is_dir() else ():
        if path.name not in kept:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
