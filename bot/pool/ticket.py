"""A request in the queue, and the tree of its cuts: pieces go out to workers, answers find their way back."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Hashable
from typing import Any

from bot.pool.base import Asker, Priority, Request

_arrivals = itertools.count()


class Part:
    """A request, or a piece of one, that runs in one batch.

    A piece may be cut again to fill the room left in a batch, hence a tree: `join` puts together what `split` cut,
    level by level.
    """

    __slots__ = ("_answers", "_missing", "cost", "deaths", "index", "request", "ticket", "whole")

    def __init__(self, ticket: Ticket, request: Request, whole: Part | None = None, index: int = 0) -> None:
        self.ticket = ticket
        self.request = request
        self.cost = max(1, request.cost)
        self.whole = whole  # what this was cut from
        self.index = index  # which piece of it
        self.deaths = 0  # workers that died while running it
        self._answers: list[Any] = []
        self._missing = 0

    def cut(self, size: int) -> list[Part]:
        """Pieces of at most `size` pictures, in order; itself where it cannot be cut."""
        pieces = self.request.split(size)
        if len(pieces) < 2:
            return [self]
        self._answers = [None] * len(pieces)
        self._missing = len(pieces)
        return [Part(self.ticket, piece, self, index) for index, piece in enumerate(pieces)]

    def settle(self, answer: Any) -> None:
        """Take a worker's answer to this part; the last one missing completes the ticket.

        Every answer passes its request's `join`, that to an uncut request too, which makes of the plain values that
        travel what the request promises. Raises whatever `join` raises on answers that do not fit together.
        """
        self._rise(self.request.join([answer]))

    def _rise(self, answer: Any) -> None:
        if self.whole is None:
            self.ticket.answer, self.ticket.answered = answer, True
            return
        whole = self.whole
        whole._answers[self.index] = answer
        whole._missing -= 1
        if whole._missing == 0:
            answers, whole._answers = whole._answers, []
            whole._rise(whole.request.join(answers))


class Ticket:
    """One request of one member: where it stands, what is left of it, and in the end its answer."""

    __slots__ = ("answer", "answered", "asker", "batch_key", "lane", "number", "priority", "request", "rest", "started")

    def __init__(self, request: Request, asker: Asker, priority: Priority = Priority.INTERACTIVE) -> None:
        self.request = request
        self.asker = asker
        self.priority = priority
        self.lane: str = request.lane
        self.batch_key: Hashable = request.batch_key
        self.number = next(_arrivals)  # the order of arrival
        self.rest: deque[Part] = deque([Part(self, request)])  # what no worker has yet
        self.started = False  # whether a worker has got any of it
        self.answered = False
        self.answer: Any = None

    @property
    def group(self) -> str:
        """Whom to be fair to among equal members; who writes in private is a group of one."""
        return self.asker.group if self.asker.group is not None else f"member:{self.asker.member}"

    @property
    def waiting(self) -> int:
        """Pictures that no worker has yet."""
        return sum(part.cost for part in self.rest)

    def take(self, room: int, *, cut: bool) -> Part | None:
        """The next part, cut down to `room` pictures if `cut` allows it; None where it does not fit."""
        part = self.rest[0]
        if part.cost > room and cut:
            pieces = part.cut(room)
            self.rest.popleft()
            self.rest.extendleft(reversed(pieces))
            part = pieces[0]
        return self.rest.popleft() if part.cost <= room else None

    def take_any(self, room: int) -> Part:
        """The next part, cut down to `room` pictures where that is possible, whole where it is not."""
        return self.take(room, cut=True) or self.rest.popleft()
