"""A runner without a network: it counts, waits, fails, hangs, dies or lies, as the request says."""

from __future__ import annotations

import os
import pickle
import socket
import sys
import threading
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from data.pictures import Encoded

FACTORY = f"{__name__}:ToyRunner"
NUMBER, BATCH, SIZE, PID = range(4)  # the columns of the answer to `Count`


@dataclass(frozen=True)
class Count:
    """Answer: int64 (N, 4), a row a number: the number, which batch of its worker it was in, its size, the worker."""

    numbers: tuple[int, ...]
    key: str | None = "count"
    gate: int | None = None  # a port: say that it runs, and wait to be let go
    fate: str = ""  # what happens to the batch that this is in
    lane: str = "model"

    @property
    def batch_key(self) -> Hashable:
        return self.key

    @property
    def cost(self) -> int:
        return len(self.numbers)

    def split(self, size: int) -> list[Count]:
        return [replace(self, numbers=self.numbers[i : i + size]) for i in range(0, len(self.numbers), size)]

    def join(self, results: Sequence[np.ndarray]) -> np.ndarray:
        return np.concatenate(results)


@dataclass(frozen=True)
class Do:
    """Something that runs alone. Answer: what `ToyRunner` says to `what`."""

    what: str
    argument: Any = None
    lane: str = "model"
    batch_key: Hashable = None
    cost: int = 1

    def split(self, size: int) -> list[Do]:
        return [self]

    def join(self, results: Sequence[Any]) -> Any:
        return results[0]


class ToyRunner:
    """What stands in for `models.runner.Runner`."""

    def __init__(self, best: int = 16, device: str = "cpu", threads: int = 1, broken: bool = False) -> None:
        if broken:
            raise ValueError("no such toy")
        self._best = best
        self._batches = 0
        self._loaded: dict[str, int] = {}

    def warm_up(self, model: str) -> None:
        if model == "missing":
            raise KeyError(model)
        self._loaded[model] = self._best

    def loaded(self) -> dict[str, int]:
        return self._loaded

    def best_batch(self, request: Any) -> int:
        return self._best

    def run(self, requests: Sequence[Any]) -> list[Any]:
        assert len({request.batch_key for request in requests}) == 1
        self._batches += 1
        if isinstance(requests[0], Do):
            (request,) = requests
            return [getattr(self, f"_{request.what}")(request.argument)]
        for request in requests:
            if request.gate is not None:
                pass_gate(request.gate)
        fates = {request.fate for request in requests}
        if "die" in fates:
            os._exit(3)
        if "hang" in fates:
            threading.Event().wait()
        if "raise" in fates:
            raise RuntimeError("a batch that cannot be run")
        if "ragged" in fates:
            return [np.zeros((1, 1 + request.numbers[0])) for request in requests]
        size = sum(request.cost for request in requests)
        return [
            ValueError("not this one")
            if request.fate == "refuse"
            else np.array([[number, self._batches, size, os.getpid()] for number in request.numbers], np.int64)
            for request in requests
        ]

    def _echo(self, value: Any) -> Any:
        return value

    def _picture(self, content: bytes) -> Encoded:
        return Encoded(content, "image/png", 3, 2)

    def _zeros(self, size: int) -> np.ndarray:
        return np.zeros(size, np.uint8)

    def _environment(self, name: str) -> str | None:
        return os.environ.get(name)

    def _nice(self, _: None) -> int:
        return os.nice(0)

    def _modules(self, names: list[str]) -> list[str]:
        return [name for name in names if name in sys.modules]

    def _reserve(self, size: int) -> int:
        return len(bytearray(size))

    def _say(self, data: bytes) -> None:
        """What a worker would do that a stranger's picture has taken over."""
        frame = sys._getframe()
        while "_pipe" not in vars(frame.f_locals.get("self", None) or object) or frame.f_locals["self"] is self:
            frame = frame.f_back
            assert frame is not None
        frame.f_locals["self"]._pipe.send_bytes(data)
        threading.Event().wait()


def pass_gate(port: int) -> None:
    """Tell the test that somebody is here, and wait until it opens."""
    with socket.create_connection(("127.0.0.1", port)) as visitor:
        visitor.recv(1)


class Unpickled:
    """Leaves a trace where it is unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (self.path,)


def poisoned_pickle(path: str) -> bytes:
    """A pickle that makes a folder."""
    return pickle.dumps(Unpickled(path))
