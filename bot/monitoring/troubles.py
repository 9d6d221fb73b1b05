"""What is wrong with the bot, in words that a superuser is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

KINDS = ("surface_down", "lane_down", "worker_dying", "database_away", "disk_full", "storage_full", "job_failed")

SHARED = frozenset({"surface_down", "database_away", "job_failed"})
"""Of several bots on one database all see these; the others are of one machine."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong. The catalogue's `alerts.<kind>` says it, `alerts.<kind>_over` that it is over."""

    kind: str  # of `KINDS`
    subject: str = ""  # which surface, lane, worker or job
    lasting: float = field(default=0.0, compare=False)  # seconds, as far as it is known
    values: Mapping[str, str | int] = field(default_factory=dict, compare=False)  # for the text

    @property
    def id(self) -> str:
        """The same as long as it is the same trouble: `surface_down:qq`."""
        return f"{self.kind}:{self.subject}"


@dataclass(slots=True)
class Open:
    """A trouble on the board. Times are those of the clock that `Alerts` goes by, but for `at`."""

    trouble: Trouble
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    calm: float | None = None  # since when it has not been seen
    said: float | None = None  # when we told a superuser last
    ours: bool = True  # whether we are the one, of several bots on this database, who tells of it


class Troubles:
    """The board: what is wrong now, and for how long it has been up here. `Alerts` writes it, others read."""

    def __init__(self) -> None:
        self.open: dict[str, Open] = {}  # by the trouble's id

    def __iter__(self) -> Iterator[Open]:
        return iter(self.open.values())

    def count(self, kind: str) -> int:
        return sum(one.trouble.kind == kind for one in self)
