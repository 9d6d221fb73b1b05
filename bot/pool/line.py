"""The bot's end of a worker: two threads, a pipe, a segment of shared memory.

A thread each to read and to write works on every system, and neither a slow start nor a worker that does not listen
ever holds up the event loop. The reading thread owns worker and segment from birth to death: whatever the end, it
kills, closes, unlinks, and then says `Died`.
"""

from __future__ import annotations

import atexit
import contextlib
import pickle
import queue
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory
from typing import Any

from bot.pool import segment
from bot.pool.base import Request
from bot.pool.events import Answered, Died, Event, Failed, Idle, Note
from bot.pool.lane import LaneSpec
from bot.pool.wire import MAX_MESSAGE, Malformed, Unpacking, failure_text, hear

STOP = pickle.dumps(("stop",))
GONE = "the process ended"
_LARGEST_BATCH = 4096  # pictures; nobody's best is beyond it


class Line(ABC):
    """One worker. `tell` is called in the event loop's thread or any other: it must not mind."""

    def __init__(self, name: str, spec: LaneSpec, tell: Callable[[Event], None]) -> None:
        self._name = name
        self._spec = spec
        self._tell = tell
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._lock = threading.Lock()  # between kill and launch
        self._condemned: str | None = None
        self._segment: SharedMemory | None = None
        self._thread = threading.Thread(target=self._live, name=name, daemon=True)

    @property
    @abstractmethod
    def pid(self) -> int | None:
        """The worker's process id on this machine, once there is one."""

    @abstractmethod
    def kill(self, reason: str) -> None:
        """End it now, whatever it does; may be called from any thread, and more than once."""

    @abstractmethod
    def _open(self) -> Connection:
        """Start the worker, and return the pipe to it. Raises what it raises; blocks."""

    @abstractmethod
    def _bury(self) -> str:
        """After `kill`: wait until nothing is left of the worker. What is known of its end, for the log."""

    def start(self) -> None:
        """Begin to start the worker; returns at once."""
        self._thread.start()

    def ask(self, requests: Sequence[Request]) -> None:
        """Send a batch. Raises what pickling raises."""
        self._outbox.put(pickle.dumps(("batch", requests), pickle.HIGHEST_PROTOCOL))

    def stop(self) -> None:
        """Ask the worker to end when it has finished its batch."""
        self._outbox.put(STOP)

    def _live(self) -> None:
        pipe, writer = None, None
        atexit.register(self.kill, "the bot ends")  # before multiprocessing waits for its children, for ever
        reason = ""
        try:
            pipe = self._open()
            writer = threading.Thread(target=self._write, args=(pipe,), name=f"{self._name}-out", daemon=True)
            writer.start()
            while True:
                self._hear(pipe.recv_bytes(MAX_MESSAGE))
        except (EOFError, OSError) as error:
            reason = GONE if pipe is not None else failure_text(error)
        except Malformed as error:
            reason = f"it said what no worker says: {error}"
        except Exception as error:  # could not be started, or the loop is gone
            reason = failure_text(error)
        # Outside of the handlers: a traceback would keep views of the segment alive.
        self.kill(reason)
        end = self._bury()
        self._clean_up(pipe, writer)
        atexit.unregister(self.kill)
        told = self._condemned or reason
        with contextlib.suppress(RuntimeError):  # the loop is closed, nobody listens
            self._tell(Died(f"{told}{end}" if told == GONE else told))

    def _clean_up(self, pipe: Connection | None, writer: threading.Thread | None) -> None:
        self._outbox.put(None)
        if writer is not None:
            writer.join()
        if pipe is not None:
            pipe.close()
        if self._segment is not None:
            segment.remove(self._segment)

    def _write(self, pipe: Connection) -> None:
        with contextlib.suppress(OSError):  # the reading thread notices too, and does what is to be done
            while (data := self._outbox.get()) is not None:
                pipe.send_bytes(data)

    def _hear(self, data: bytes) -> None:
        match hear(data):
            case {"idle": dict(told), **rest} if not rest:
                self._tell(_idle(told))
            case {"answers": list(answers), **rest} if not rest:
                unpacking = Unpacking(self._segment.buf if self._segment else None)
                self._tell(Answered([unpacking.unpack(answer) for answer in answers]))
            case {"failed": str(text), **rest} if not rest:
                self._tell(Failed(text))
            case {"grow": int(size), **rest} if not rest:
                self._grow(size)
            case {"note": str(text), **rest} if not rest:
                self._tell(Note(text))
            case {"fatal": str(text), **rest} if not rest:
                with self._lock:
                    self._condemned = f"could not start: {text}"
            case message:
                raise Malformed(str(message)[:80])

    def _grow(self, size: int) -> None:
        if not 0 < size <= self._spec.answer_limit:
            name = None
        else:
            if self._segment is not None:
                old, self._segment = self._segment, None
                segment.remove(old)
            try:
                self._segment = segment.create(size)
                name = self._segment.name
            except OSError:
                name = None
        self._outbox.put(pickle.dumps(("segment", name)))


def _idle(told: Mapping[str, Any]) -> Idle:
    best, memory, models, note = (told.get(key) for key in ("best", "memory", "models", "note"))
    if best is not None and not (type(best) is int and 1 <= best <= _LARGEST_BATCH):
        raise Malformed(f"a best batch of {str(best)[:40]}")
    if type(memory) is not int or not isinstance(note, str | None):
        raise Malformed(f"idle: {str(told)[:80]}")
    if not isinstance(models, dict | None) or not all(type(n) is int for n in (models or {}).values()):
        raise Malformed(f"models: {str(models)[:80]}")
    return Idle(best, memory, models or {}, note)
