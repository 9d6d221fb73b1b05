"""A line to a process of this machine."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Literal

from bot.pool import worker
from bot.pool.events import Event
from bot.pool.lane import LaneSpec
from bot.pool.line import Line


class Link(Line):
    """One worker process."""

    def __init__(
        self,
        name: str,
        spec: LaneSpec,
        device: str,
        method: Literal["spawn", "forkserver"],
        tell: Callable[[Event], None],
    ) -> None:
        super().__init__(name, spec, tell)
        self._device = device
        self._context: Any = multiprocessing.get_context(method)
        self._process: BaseProcess | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def kill(self, reason: str) -> None:
        with self._lock:
            self._condemned = self._condemned or reason
            if self._process is not None:
                self._process.kill()

    def _open(self) -> Connection:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(
            target=worker.main, args=(theirs, self._spec, self._device), name=self._name, daemon=True
        )
        process.start()
        theirs.close()  # or the end of the process would not be the end of the pipe
        with self._lock:
            self._process = process
            if self._condemned is not None:
                process.kill()
        return ours

    def _bury(self) -> str:
        if self._process is None:
            return ""
        self._process.join(5.0)  # not for ever: a process may hang in a driver, beyond the reach of signals
        return f", exit code {self._process.exitcode}"
