"""Inside a worker process: receive a batch, run it, put the bytes into shared memory, say so.

Into the worker go pickles: ("batch", requests), ("segment", name or None), ("stop",). Out of it comes JSON:
{"idle": {...}} when it is ready for a batch, {"answers": [...]}, {"failed": text}, {"grow": bytes}, {"note": text},
{"fatal": text}. One batch at a time, so nothing needs a number.
"""

from __future__ import annotations

import importlib
import os
import pickle
import signal
from collections.abc import Sequence
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory
from typing import Any, Protocol

from bot.pool import passive  # noqa: F401  # before all that may load OpenMP
from bot.pool.base import Request, Runner
from bot.pool.lane import LaneSpec
from bot.pool.memory import limit_memory, resident_bytes
from bot.pool.segment import attach
from bot.pool.wire import Blocks, Packing, failure_text, say


def main(pipe: Connection, spec: LaneSpec, device: str) -> None:
    """The life of a worker, until it is told to stop or the bot is gone."""
    # Ctrl-C and `systemctl stop` reach every process of the group, but answers are still wanted: the bot decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(spec.nice)
    worker = Worker(pipe)
    try:
        try:
            runner = build_runner(spec, device)
        except Exception as error:
            worker.say(fatal=failure_text(error))
            return
        for name in spec.warm_up:
            try:
                runner.warm_up(name)  # type: ignore[attr-defined]
            except Exception as error:  # the others can still be served
                worker.say(note=f"could not warm up {name}: {failure_text(error)}")
        if spec.memory_limit is not None:
            limit_memory(spec.memory_limit)
        worker.serve(runner)
    except (EOFError, OSError):  # the bot is gone
        pass


def build_runner(spec: LaneSpec, device: str) -> Runner:
    """The runner that `spec.factory` names. Raises whatever importing or calling it raises."""
    module, _, name = spec.factory.partition(":")
    return getattr(importlib.import_module(module), name)(**spec.worker_kwargs(device))


class Pipe(Protocol):
    """What a worker needs of a `multiprocessing.connection.Connection`."""

    def recv_bytes(self) -> bytes:
        """The next message. Raises `EOFError` or `OSError` when the bot is gone."""
        ...

    def send_bytes(self, buf: bytes, /) -> None:
        """Raises `OSError` when the bot is gone."""
        ...


class Worker:
    """The inner end of the pipe, and the segment of shared memory that goes with it."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._segment: SharedMemory | None = None

    def say(self, **message: Any) -> None:
        """Tell the bot."""
        self._pipe.send_bytes(say(**message))

    def serve(self, runner: Runner) -> None:
        """Run batches until told to stop. Raises `EOFError` or `OSError` when the bot is gone."""
        self.say(idle=condition(runner, None))
        while self._serve_one(runner, self._pipe.recv_bytes()):
            pass

    def _serve_one(self, runner: Runner, data: bytes) -> bool:
        requests: Sequence[Request] = ()
        try:
            kind, *rest = pickle.loads(data)
            if kind == "stop":
                return False
            (requests,) = rest
            packing, reply = pack_answers(runner.run(requests), len(requests))
        except Exception as error:
            packing, reply = Packing(), say(failed=failure_text(error))
        self.reply(packing, reply)
        self.say(idle=condition(runner, requests[0] if requests else None))
        return True

    def reply(self, packing: Blocks, reply: bytes) -> None:
        """Give the bot the answers to its batch. Raises `EOFError` or `OSError` when the bot is gone."""
        if not self._write(packing):
            reply = say(failed=f"no shared memory for {packing.size} bytes of answers")
        self._pipe.send_bytes(reply)

    def _write(self, packing: Blocks) -> bool:
        if packing.size == 0:
            return True
        if self._segment is None or self._segment.size < packing.size:
            self.say(grow=packing.size)
            _, name = pickle.loads(self._pipe.recv_bytes())
            if name is None:
                return False
            try:
                grown = attach(name)
            except OSError:  # the limit on mapped memory
                return False
            if self._segment is not None:
                self._segment.close()
            self._segment = grown
        memory = self._segment.buf
        assert memory is not None
        packing.write(memory)
        return True


def pack_answers(answers: Sequence[Any], expected: int) -> tuple[Packing, bytes]:
    """The blocks and the message for one batch of answers; what cannot travel becomes a failure of its own.

    Raises `ValueError` where there are not as many answers as requests, or too much JSON.
    """
    if len(answers) != expected:
        raise ValueError(f"{len(answers)} answers to {expected} requests")
    packing, packed = Packing(), []
    for answer in answers:
        try:
            packed.append(packing.pack(answer))
        except (TypeError, ValueError, RecursionError) as error:
            packed.append(packing.pack(error))
    return packing, say(answers=packed)


def condition(runner: Runner, last: Request | None) -> dict[str, Any]:
    """What an idle worker tells: its memory, its models, the best batch for the kind of request it ran last."""
    told: dict[str, Any] = {"memory": resident_bytes()}
    try:
        if last is not None:
            told["best"] = int(runner.best_batch(last))
        if loaded := getattr(runner, "loaded", None):
            told["models"] = {str(name): int(best) for name, best in loaded().items()}
    except Exception as error:  # tuning is no reason not to serve
        told["note"] = failure_text(error)
    return told
