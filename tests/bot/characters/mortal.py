"""Processes of the bot that are killed at chosen points, for the kill tests.

As a program it forks one for every line on its stdin, `ROOT<tab>PICTURES<tab>POINT`, and says how it ended: so that
each need not import everything anew.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from tests.bot.characters.house import Folder, house

POINTS = [
    "before bot.store.runs:Runs.ask",
    "after bot.store.runs:Runs.ask",
    "before bot.store.runs:Runs.claim",
    "after bot.store.runs:Runs.claim",
    "before bot.characters.preparing:Preparing.order",
    "before tests.bot.characters.house:Folder._freeze",
    "after tests.bot.characters.house:Folder._freeze",
    "before bot.characters.order:Order.save",
    "after bot.characters.order:Order.save",
    "after bot.store.runs:Runs.begin",
    "before bot.pool.trainer:Trainer.run",
    "before bot.characters.progress:Progress.hear",
    "after bot.pool.trainer:Trainer.run",
    "before bot.characters.lineage:Lineage._bring",
    "second shutil:copy2",
    "after bot.characters.lineage:Lineage._bring",
    "after bot.store.versions:Versions._insert",
    "after bot.store.versions:_promote",
    "after bot.store.versions:Versions.add",
    "before bot.characters.lineage:_write",
    "second bot.characters.lineage:_write",
    "before bot.characters.lineage:Lineage.prune",
    "before bot.characters.folders:clear",
    "second bot.characters.folders:_thin",
]
LEASE = 0.5


def live(root: Path, pictures: Path, point: str | None) -> None:
    """Ask for a run where there is none, and carry it out; killed at `point` where there is one."""
    if point is not None:
        _arm(point)
    folder = Folder(pictures)
    folder.kept = {i + 1: path for i, path in enumerate(sorted(pictures.rglob("*.png")))}
    asyncio.run(_live(root, folder))


async def _live(root: Path, folder: Folder) -> None:
    async with house(root, folder, lease=LEASE) as bot:
        await bot.trainings.start()
        runs = await bot.trainings.history(bot.her.id)
        run = runs[0] if runs else await bot.trainings.ask(bot.her)
        await bot.until(run.id, "done")


def _arm(point: str) -> None:
    when, _, name = point.partition(" ")
    module, _, path = name.partition(":")
    *outer, last = path.split(".")
    holder: Any = importlib.import_module(module)
    for step in outer:
        holder = getattr(holder, step)
    setattr(holder, last, _mortal(getattr(holder, last), when))


def _mortal(function: Callable[..., Any], when: str) -> Callable[..., Any]:
    calls = []

    def called() -> bool:
        calls.append(None)
        return when == "before" or (when == "second" and len(calls) == 2)

    if inspect.iscoroutinefunction(function):

        async def dies_waiting(*args: Any, **options: Any) -> Any:
            if called():
                _die()
            found = await function(*args, **options)
            if when == "after":
                _die()
            return found

        return dies_waiting

    def dies(*args: Any, **options: Any) -> Any:
        if called():
            _die()
        found = function(*args, **options)
        if when == "after":
            _die()
        return found

    return dies


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("alive")


def main() -> None:
    for line in sys.stdin:
        root, pictures, point = line.rstrip("\n").split("\t")
        child = os.fork()
        if not child:
            try:
                live(Path(root), Path(pictures), point or None)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
