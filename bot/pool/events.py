"""What the pool hears from a worker, wherever the worker lives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.pool.base import Request


@dataclass(frozen=True, slots=True)
class Idle:
    """The worker is ready for a batch."""

    best: int | None = None  # pictures in the best batch, for the kind of request it ran last
    memory: int = 0  # bytes, resident
    models: Mapping[str, int] = field(default_factory=dict)  # loaded model -> its best batch
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """In place of an answer: the runner refused the request, and why."""

    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The worker has run its batch; an answer or a `Failure` for each request."""

    answers: list[Any]


@dataclass(frozen=True, slots=True)
class Failed:
    """The runner raised: no request of the batch has an answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something for the log."""

    text: str


@dataclass(frozen=True, slots=True)
class Died:
    """The worker is gone, and nothing of it is left. Its last word."""

    reason: str


Event = Idle | Answered | Failed | Note | Died


class Hand(Protocol):
    """A worker as the pool sees it. `Idle` follows on `start`; `Answered` or `Failed`, then `Idle`, on `ask`."""

    @property
    def pid(self) -> int | None:
        """Its process id on this machine, if any."""

    def start(self) -> None:
        """Begin to start; returns at once."""

    def ask(self, requests: Sequence[Request]) -> None:
        """Run a batch; one at a time. Raises whatever pickling raises."""

    def stop(self) -> None:
        """End after the batch."""

    def kill(self, reason: str) -> None:
        """End now, whatever it does."""
