"""Between a worker as the bot sees it and the actor that does its work: in the driver, two threads each.

The bot's end of the pipe is a `RayLine`. In go pickles: first (spec, device), then as in `bot.pool.worker`, and `KILL`;
out comes what a worker says, {"pid": …}, and {"died": text} last.
"""

from __future__ import annotations

import contextlib
import pickle
import queue
import re
import threading
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from bot.pool.lane import LaneSpec
from bot.pool.line import STOP
from bot.pool.ray.actor import Hello, Outcome, RayWorker
from bot.pool.ray.code import fingerprint
from bot.pool.ray.shelf import Shelf
from bot.pool.wire import failure_text
from bot.pool.worker import Worker
from models.registry import UnknownModel

KILL = pickle.dumps(("kill",))
_PATIENCE = 15.0  # seconds for Ray to find room, after which the bot's log says what is waited for


class _Ended(Exception):
    """The worker is of no use any more; the message says why."""


class _Mail:
    """The driver's end of a pipe, which is read ahead: so a batch that runs can be interrupted."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._inbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._lock = threading.Lock()  # nobody writes to what is closed: its number may be another's by then

    def recv_bytes(self) -> bytes:
        data = self._inbox.get()
        if data is None:
            raise EOFError
        return data

    def send_bytes(self, buf: bytes, /) -> None:
        with self._lock:
            self._pipe.send_bytes(buf)

    def close(self) -> None:
        with self._lock:
            self._pipe.close()

    def read(self) -> None:
        """Until the bot says `KILL` or is gone."""
        with contextlib.suppress(EOFError, OSError):
            while (data := self._pipe.recv_bytes()) != KILL:
                self._inbox.put(data)
        self._inbox.put(None)


class _Packed:
    """Answers that were packed elsewhere."""

    def __init__(self, content: np.ndarray) -> None:
        self._content = content
        self.size: int = content.nbytes

    def write(self, memory: memoryview) -> None:
        memory[: self.size] = self._content.data


class Relay:
    """One worker. `live` returns when it is over."""

    def __init__(self, pipe: Connection, shelf: Shelf) -> None:
        self._mail = _Mail(pipe)
        self._worker = Worker(self._mail)
        self._shelf = shelf
        self._actor: Any = None
        self._lock = threading.Lock()  # between hiring and ending
        self._over = False

    def live(self) -> None:
        """Hire an actor and pass on batches and answers until one of the three is gone."""
        threading.Thread(target=self._read, daemon=True).start()
        why = "it was told to stop"
        try:
            spec, device = pickle.loads(self._mail.recv_bytes())
            self._start(spec, device)
            while (batch := self._mail.recv_bytes()) != STOP:
                outcome = self._run(batch, spec.kwargs)
                self._worker.reply(_Packed(outcome.memory), outcome.reply)
                self._mail.send_bytes(outcome.idle)
        except _Ended as error:
            why = str(error)
        except Exception as error:  # above all `EOFError`: the bot is gone, or does not want it any more
            why = failure_text(error)
        self._end()
        with contextlib.suppress(OSError):
            self._worker.say(died=why)

    def _read(self) -> None:
        self._mail.read()
        self._mail.close()  # only now: closing a pipe that somebody reads is not the end of it
        self._end()  # what may be running is interrupted by it

    def _start(self, spec: LaneSpec, device: str) -> None:
        import ray

        gpu = device.startswith("cuda")
        with self._lock:
            if self._over:
                raise EOFError
            self._actor = (
                ray.remote(RayWorker)
                .options(
                    num_gpus=1 if gpu else 0,
                    num_cpus=0 if gpu else (spec.threads or 1),
                    max_restarts=0,  # the crew starts the next, and runs the batch again
                    scheduling_strategy="SPREAD",
                )
                .remote(spec, device)
            )
        hello = self._actor.hello.remote()
        if not ray.wait([hello], timeout=_PATIENCE)[0]:
            wanted = "a GPU" if gpu else f"{spec.threads or 1} CPUs"
            self._worker.say(note=f"the cluster has not started it yet; perhaps {wanted} must become free")
        self._greet(_get(hello))
        if (text := _get(self._actor.build.remote())) is not None:
            raise _Ended(f"could not start: {text}")
        models = [self._fetch(spec.kwargs, name) for name in spec.warm_up]
        for message in _get(self._actor.warm.remote(models)):
            self._mail.send_bytes(message)

    def _greet(self, hello: Hello) -> None:
        if hello.node == _node():  # elsewhere it would be somebody else's number
            self._worker.say(pid=hello.pid)
        elif (code := _get(self._actor.code.remote())) != fingerprint():
            raise _Ended(
                f"a node has another nijigen than the bot ({code}, not {fingerprint()}): "
                "install the same version on all machines"
            )

    def _run(self, batch: bytes, kwargs: Mapping[str, Any]) -> Outcome:
        outcome = _get(self._actor.run.remote(batch))
        if isinstance(outcome, set):
            for model in outcome:
                self._fetch(kwargs, model)
            outcome = _get(self._actor.run.remote(batch, last=True))
        return outcome

    def _fetch(self, kwargs: Mapping[str, Any], name: str) -> str:
        """See to it that the worker has a model; its full name. What does not exist is the runner's to refuse."""
        if "models_dir" not in kwargs:
            return name
        models_dir = Path(kwargs["models_dir"])
        try:
            model = self._shelf.resolve(models_dir, name)
            parcel = self._shelf.parcel(models_dir, model)
        except (UnknownModel, OSError):
            return name
        if parcel is not None and _get(self._actor.lacks.remote(model, parcel.sums)):
            _get(self._actor.store.remote(model, parcel.sums, *parcel.contents))
        return model

    def _end(self) -> None:
        import ray

        with self._lock:
            self._over = True
            actor, self._actor = self._actor, None
        if actor is not None:
            with contextlib.suppress(Exception):  # the cluster is gone, and the actor with it
                ray.kill(actor)


def _node() -> str:
    """Of the cluster, that the driver is on."""
    import ray

    return ray.get_runtime_context().get_node_id()


def _get(reference: Any) -> Any:
    """A call's value. Raises `_Ended`."""
    import ray
    from ray.exceptions import RayError, RayTaskError

    try:
        return ray.get(reference)
    except RayTaskError as error:
        raise _Ended(failure_text(error.cause or error)) from None
    except RayError as error:
        raise _Ended(_reason(str(error))) from None


def _reason(text: str) -> str:
    """What matters of a page that Ray says about a death."""
    if "ModuleNotFoundError" in text:
        return f"a node lacks what the bot has: {text[text.index('ModuleNotFoundError') :]}"[:300]
    found = re.search(r"(?:The actor is dead|The actor died) because (.+?)(?:\.\s|\.?$)", text)
    return f"its actor is dead: {found[1]}" if found else " ".join(text.split())[:300]
