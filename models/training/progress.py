"""What a person sees of a run while it runs."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

LOG_EVERY = 5.0  # seconds between lines of progress in a log, at least


@contextmanager
def progress(console: Console, nimg: int, total: int) -> Iterator[Callable[[int, Mapping[str, Any]], None]]:
    """A bar with time left on a terminal; elsewhere lines for the log: one a tick, where ticks are quick not all."""

    def words(line: Mapping[str, Any]) -> str:
        losses = "  ".join(f"{name} {value:.3f}" for name, value in line.items() if name.startswith("loss"))
        return f"{line['nimg'] / 1000:.1f} kimg  {losses}  {line['s/kimg']:.1f} s/kimg"

    if not console.is_terminal:
        said_at = -math.inf

        def say(nimg: int, line: Mapping[str, Any]) -> None:
            nonlocal said_at
            if time.monotonic() - said_at >= LOG_EVERY or nimg >= total:
                console.print(f"{words(line)}  of {total / 1000:g} kimg", highlight=False)
                said_at = time.monotonic()

        yield say
        return
    columns = (BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, speed_estimate_period=300) as bar:
        shown = bar.add_task(f"{nimg / 1000:.1f} kimg", total=total, completed=nimg)
        yield lambda nimg, line: bar.update(shown, completed=nimg, description=words(line))
