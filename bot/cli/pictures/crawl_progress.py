"""How a crawl speaks to whoever watches, and how it ends."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bot.cli.refusal import Refusal

if TYPE_CHECKING:
    from data.booru.crawl import Tally

LINE_SECONDS = 10.0  # between two lines where there is no terminal


@contextmanager
def stopping(outdir: Path) -> Iterator[None]:
    """Ctrl-C, and a folder that cannot be used, as sentences."""
    from data.booru.manifest import ManifestError

    try:
        yield
    except KeyboardInterrupt:
        typer.echo("stopped; the same command goes on from here", err=True)
        raise typer.Exit(130) from None
    except ManifestError as error:
        raise Refusal(str(error)) from error
    except (OSError, sqlite3.Error) as error:
        raise Refusal(f"{outdir} cannot be written: {getattr(error, 'strerror', None) or error}") from error


def summary(tally: Tally) -> str:
    """In one line, without its end."""
    words = [f"{pictures(tally.kept)}, {tally.fetched:,} of them fetched now"]
    missing = {
        "whose files the site hides": tally.hidden,
        "gone": tally.gone,
        "not let in": tally.refused,
        "not what they should be": tally.unfit,
        "that did not come": tally.later,
    }
    return "; ".join(words + [f"{count:,} {what}" for what, count in missing.items() if count])


def pictures(count: int) -> str:
    """So many pictures."""
    return f"{count:,} picture{'s' if count != 1 else ''}"


class Progress:
    """A bar on a terminal; elsewhere a line now and then."""

    def __init__(self, site: str, limit: int, every: float = LINE_SECONDS) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        self._site, self._every = site, every
        self._console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Bar(*columns, console=self._console, disable=not self._console.is_terminal)
        self._task = self._bar.add_task(site, total=limit)
        self._spoken = time.monotonic()

    def __enter__(self) -> Progress:
        self._bar.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._bar.stop()

    def show(self, tally: Tally) -> None:
        """How the crawl stands."""
        text = f"{self._site}: {tally.seen:,} posts seen"
        self._bar.update(self._task, completed=tally.kept, description=text)
        if not self._console.is_terminal and time.monotonic() - self._spoken >= self._every:
            self._spoken = time.monotonic()
            self.say(f"{text}; {summary(tally)}")

    def say(self, line: str) -> None:
        """Something that should be read."""
        self._console.print(line, highlight=False, markup=False, soft_wrap=True)
