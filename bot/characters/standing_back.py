"""The trainer's end of its pipe to the bot: told to wait, to go on, to stop; says how far it is.

Standard library alone: it is there before torch is loaded.
"""

from __future__ import annotations

import contextlib
import json
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

ALIVE = 20.0  # seconds between two signs of life


class StandingBack:
    """Reads in a thread of its own. `wait` blocks for as long as the bot says so.

    To be stopped, or to find the bot gone, is SIGTERM to the rest of the process: the loop then saves and ends.
    """

    def __init__(self) -> None:
        # Without buffers: a thread that waits in one at the end of the process would be the end of it.
        self._heard = open(sys.stdin.fileno(), "rb", buffering=0, closefd=False)  # noqa: SIM115 - as long as we live
        self._said = open(sys.stdout.fileno(), "wb", buffering=0, closefd=False)  # noqa: SIM115
        self._lock = threading.Lock()
        self._go = threading.Event()
        self._go.set()
        self.stopping = False
        self.waited = 0.0  # seconds, in all
        self._steps = 0
        threading.Thread(target=self._listen, name="ear", daemon=True).start()
        threading.Thread(target=self._live, name="pulse", daemon=True).start()

    def wait(self) -> None:
        """To be called wherever work can pause."""
        self._steps += 1
        if not self._go.is_set():
            began = time.monotonic()
            self._go.wait()
            self.waited += time.monotonic() - began

    def say(self, kind: str, **values: Any) -> None:
        """Tell the bot; where it is gone nobody listens, and the ear has heard of it."""
        line = json.dumps({"kind": kind, **values}).encode() + b"\n"
        with self._lock, contextlib.suppress(OSError, ValueError):
            self._said.write(line)

    def _listen(self) -> None:
        words: dict[bytes, Callable[[], None]] = {b"wait": self._go.clear, b"go": self._go.set}
        with contextlib.suppress(OSError, ValueError):
            for line in self._heard:
                word = line.strip()
                if word == b"stop":
                    break
                if word in words:
                    words[word]()
        self.stopping = True
        self._go.set()
        signal.raise_signal(signal.SIGTERM)

    def _live(self) -> None:
        before = self._steps
        while not self.stopping:
            time.sleep(ALIVE)
            if self._steps != before:  # a sign of the work's life, not of this thread's
                before = self._steps
                self.say("alive")
