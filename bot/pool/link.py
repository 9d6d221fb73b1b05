"""The bot's end of a worker process: two threads, a pipe, a segment of shared memory.

A thread each to read and to write works on every system, and neither a slow start nor a worker that does not listen
ever holds up the event loop. The reading thread owns process and segment from birth to death: whatever the end, it
kills, closes, unlinks, and then says `Died`.
"""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import pickle
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.shared_memory import SharedMemory
from typing import Any, Literal

from bot.pool import segment, worker
from bot.pool.base import Request
from bot.pool.events import Answered, Died, Event, Failed, Idle, Note
from bot.pool.lane import LaneSpec
from bot.pool.wire import MAX_MESSAGE, Malformed, Unpacking, failure_text, hear

_LARGEST_BATCH = 4096  # pictures; nobody's best is beyond it
_GONE = "the process ended"


class Link:
    """One worker process. `tell` is called in the event loop's thread or any other: it must not mind."""

    def __init__(
        self,
        name: str,
        spec: LaneSpec,
        device: str,
        method: Literal["spawn", "forkserver"],
        tell: Callable[[Event], None],
    ) -> None:
        self._name = name
        self._spec = spec
        self._device = device
        self._context: Any = multiprocessing.get_context(method)
        self._tell = tell
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._lock = threading.Lock()  # between kill and launch
        self._process: BaseProcess | None = None
        self._condemned: str | None = None
        self._segment: SharedMemory | None = None
        self._thread = threading.Thread(target=self._live, name=name, daemon=True)

    def start(self) -> None:
        """Begin to start the process; returns at once."""
        self._thread.start()

    @property
    def pid(self) -> int | None:
        """The worker's process id, once there is one."""
        return self._process.pid if self._process else None

    def ask(self, requests: Sequence[Request]) -> None:
        """Send a batch. Raises what pickling raises."""
        self._outbox.put(pickle.dumps(("batch", requests), pickle.HIGHEST_PROTOCOL))

    def stop(self) -> None:
        """Ask the worker to end when it has finished its batch."""
        self._outbox.put(pickle.dumps(("stop",)))

    def kill(self, reason: str) -> None:
        """End it now, whatever it does."""
        with self._lock:
            self._condemned = self._condemned or reason
            if self._process is not None:
                self._process.kill()

    def _live(self) -> None:
        ours, theirs = self._context.Pipe()
        writer = threading.Thread(target=self._write, args=(ours,), name=f"{self._name}-out", daemon=True)
        atexit.register(self.kill, "the bot ends")  # before multiprocessing waits for its children, for ever
        reason = ""
        try:
            self._launch(theirs)
            writer.start()
            while True:
                self._hear(ours.recv_bytes(MAX_MESSAGE))
        except (EOFError, OSError):
            reason = _GONE
        except Malformed as error:
            reason = f"it said what no worker says: {error}"
        except Exception as error:  # could not be started, or the loop is gone
            reason = failure_text(error)
        # Outside of the handlers: a traceback would keep views of the segment alive.
        self.kill(reason)
        self._clean_up(ours, theirs, writer)
        atexit.unregister(self.kill)
        code = self._process.exitcode if self._process else None
        told = self._condemned or reason
        with contextlib.suppress(RuntimeError):  # the loop is closed, nobody listens
            self._tell(Died(f"{told}, exit code {code}" if told == _GONE else told))

    def _launch(self, theirs: Connection) -> None:
        process = self._context.Process(
            target=worker.main, args=(theirs, self._spec, self._device), name=self._name, daemon=True
        )
        process.start()
        theirs.close()  # or the end of the process would not be the end of the pipe
        with self._lock:
            self._process = process
            if self._condemned is not None:
                process.kill()

    def _clean_up(self, ours: Connection, theirs: Connection, writer: threading.Thread) -> None:
        if self._process is not None:
            self._process.join(5.0)  # not for ever: a process may hang in a driver, beyond the reach of signals
        self._outbox.put(None)
        if writer.ident is not None:
            writer.join()
        ours.close()
        theirs.close()
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
