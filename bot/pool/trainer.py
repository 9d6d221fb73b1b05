"""The bot's end of a training: a process of its own, at the lowest priority, that stands back while people wait.

Over its stdin it is told "wait", "go" and "stop", a line each; over its stdout it says, as JSON objects, a line each,
how far it is. When its stdin ends, because the bot has died, it saves and ends by itself. Its log goes into a file.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from loguru import logger

DONE, STOPPED, REFUSED = 0, 3, 4  # what its exit status says; all else, a traceback's 1 too, is a death
LINE = 1 << 16  # bytes of one thing that it says
LINGER = 0.3  # seconds after the last answer before it goes on: whoever draws one face often draws the next
QUIET = 900.0  # seconds without a step, not told to wait, after which it hangs and is killed

Said = Mapping[str, Any]


class Trainer:
    """One training process. `tell` hears what it says, in the event loop's thread."""

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        tell: Callable[[Said], None],
        *,
        env: Mapping[str, str] | None = None,
        quiet: float = QUIET,
        linger: float = LINGER,
    ) -> None:
        """`command` are the arguments of Python; `env` goes over the bot's own environment. Starts nothing yet."""
        self._command = [sys.executable, *command]
        self._log = log
        self._tell = tell
        self._env = {**os.environ, **(env or {})}
        self._quiet, self._linger = quiet, linger
        self._process: asyncio.subprocess.Process | None = None
        self._waiting = False  # told to
        self._going: asyncio.TimerHandle | None = None
        self._watch: asyncio.TimerHandle | None = None

    @property
    def pid(self) -> int | None:
        """The process, once it was started."""
        return self._process.pid if self._process else None

    async def run(self) -> int:
        """Start it, and wait for its end; gives its exit status, negative for a signal. Cancelled, it is killed.

        Raises `OSError` where it cannot be started.
        """
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env=self._env,
                limit=LINE,
                start_new_session=True,  # Ctrl-C is the bot's, which then says what is to be done
            )
        try:
            if self._waiting:
                self._say("wait")
            self._alive()
            await self._listen(self._process)
            return await self._process.wait()
        finally:
            for handle in (self._going, self._watch):
                if handle is not None:
                    handle.cancel()
            if self._process.returncode is None:
                self._process.kill()
                await asyncio.shield(self._process.wait())

    def stand_back(self, people_wait: bool) -> None:
        """Told whenever people begin or cease to wait for the pool."""
        if self._going is not None:
            self._going.cancel()
            self._going = None
        if people_wait and not self._waiting:
            self._waiting = True
            self._say("wait")
        elif not people_wait and self._waiting:
            self._going = asyncio.get_running_loop().call_later(self._linger, self._go)

    def stop(self) -> None:
        """Ask it to save and end."""
        self._say("stop")

    def kill(self) -> None:
        """End it now, whatever it does."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while True:
            try:
                line = await process.stdout.readline()
            except ValueError:  # longer than LINE: nobody here says so much
                logger.warning("trainer {}: it said what no trainer says", process.pid)
                self.kill()
                return
            if not line:
                return
            try:
                said = json.loads(line)
            except (ValueError, RecursionError):
                said = None
            if not isinstance(said, dict) or not isinstance(said.get("kind"), str):
                logger.debug("trainer {}: {}", process.pid, line[:200])
                continue
            self._alive()
            self._tell(said)

    def _go(self) -> None:
        self._going, self._waiting = None, False
        self._say("go")
        self._alive()

    def _say(self, word: str) -> None:
        if self._process is None or self._process.stdin is None or self._process.returncode is not None:
            return
        with contextlib.suppress(OSError, RuntimeError):  # it has just ended
            self._process.stdin.write(f"{word}\n".encode())

    def _alive(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
        self._watch = asyncio.get_running_loop().call_later(self._quiet, self._hangs)

    def _hangs(self) -> None:
        if self._waiting:
            self._alive()
            return
        logger.warning("trainer {}: nothing heard for {:g} s, it is killed", self.pid, self._quiet)
        self.kill()
