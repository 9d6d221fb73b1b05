"""The place of one worker in the pool, which outlives the workers that die in it."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Literal

from bot.pool.base import WorkerStatus
from bot.pool.events import Hand
from bot.pool.lane import LaneSpec
from bot.pool.ticket import Part


@dataclass(eq=False, slots=True)
class Slot:
    """Who works here, on what, since when, and how often it went wrong."""

    name: str
    device: str
    spec: LaneSpec
    hand: Hand | None = None
    state: Literal["starting", "idle", "busy", "dead", "stopped"] = "dead"
    batch: list[Part] = field(default_factory=list)  # what the worker has and has not answered
    kind: Hashable = None  # the kind of request it ran last
    began: float = 0.0  # when it got the batch, in the loop's time
    alarm: asyncio.TimerHandle | None = None  # kills the worker, or starts the next
    restarts: int = 0
    deaths: int = 0  # since the last batch that was answered
    false_starts: int = 0  # deaths before the first `Idle`, in a row
    memory: int = 0
    models: dict[str, int] = field(default_factory=dict)

    @property
    def lane(self) -> str:
        return self.spec.lane

    def status(self) -> WorkerStatus:
        """For `/status`."""
        pid = self.hand.pid if self.hand else None
        return WorkerStatus(
            self.name, self.lane, self.device, self.state, pid, self.restarts, self.memory, dict(self.models)
        )

    def set_alarm(self, alarm: asyncio.TimerHandle | None) -> None:
        """Replace the timer."""
        if self.alarm is not None:
            self.alarm.cancel()
        self.alarm = alarm

    def pause(self) -> float:
        """Seconds to wait before the next start.

        Not long after a death on the job, or whoever knows a poisonous request could keep everybody waiting; longer
        and longer where it does not even start.
        """
        if self.false_starts:
            return min(30.0, 0.25 * 2.0**self.false_starts)
        return 0.0 if self.deaths < 2 else min(1.0, 0.05 * 2.0**self.deaths)
