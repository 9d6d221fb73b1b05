"""How a run hears that it should end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def signals() -> Iterator[list[int]]:
    """A list into which the first SIGINT or SIGTERM goes; a second one acts as usual."""
    caught: list[int] = []
    if threading.current_thread() is not threading.main_thread():  # only the main thread may listen
        yield caught
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def catch(number: int, frame: Any) -> None:
        caught.append(number)
        for known, handler in before.items():
            signal.signal(known, handler)

    for number in before:
        signal.signal(number, catch)
    try:
        yield caught
    finally:
        for known, handler in before.items():
            signal.signal(known, handler)
