"""Inside a node's worker process: the runner, and what it takes to feed it from another machine."""

from __future__ import annotations

import os
import pickle
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bot.pool.base import Request, Runner
from bot.pool.lane import LaneSpec
from bot.pool.memory import limit_memory
from bot.pool.ray.cache import Cache, home
from bot.pool.ray.code import fingerprint
from bot.pool.wire import Packing, failure_text, say
from bot.pool.worker import build_runner, condition, pack_answers
from models.registry import STARTER


@dataclass(frozen=True, slots=True)
class Hello:
    """Who the worker is."""

    pid: int
    node: str  # Ray's id


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a batch, in the words of `bot.pool.worker`."""

    reply: bytes  # {"answers": [...]} or {"failed": text}
    memory: np.ndarray  # uint8 (N,): what the answers' offsets point into
    idle: bytes  # {"idle": {...}}


class RayWorker:
    """The actor. One call at a time; nothing that a call raises is part of a batch's answer."""

    def __init__(self, spec: LaneSpec, device: str) -> None:
        self._device = device
        self._spec = spec
        self._cache: Cache | None = None
        self._here: set[str] = set()  # models that need not be sent (again)
        self._runner: Runner

    def hello(self) -> Hello:
        """Take the worker's place among the processes of its machine."""
        import ray

        if hasattr(os, "nice"):
            os.nice(self._spec.nice)
        return Hello(os.getpid(), ray.get_runtime_context().get_node_id())

    def code(self) -> str:
        """Which nijigen this machine has."""
        return fingerprint()

    def build(self) -> str | None:
        """Make the runner; why it cannot be made."""
        try:
            self._runner = build_runner(self._settle(), self._device)
        except Exception as error:
            return failure_text(error)
        return None

    def lacks(self, model: str, sums: dict[str, str]) -> bool:
        """Whether the files of a version must be sent."""
        assert self._cache is not None
        if not self._cache.has(model, sums):
            return True
        self._here.add(model)
        return False

    def store(self, model: str, sums: dict[str, str], *contents: bytes) -> None:
        """Keep the files of a version. Raises `ValueError` and `OSError`."""
        assert self._cache is not None
        self._cache.store(model, dict(zip(sums, contents, strict=True)), sums)
        self._here.add(model)

    def warm(self, models: Sequence[str]) -> list[bytes]:
        """Load models; notes on those that could not be loaded, and {"idle": …}."""
        said = []
        for model in models:
            try:
                self._runner.warm_up(model)  # type: ignore[attr-defined]
            except Exception as error:  # the others can still be served
                said.append(say(note=f"could not warm up {model}: {failure_text(error)}"))
        if self._spec.memory_limit is not None:
            limit_memory(self._spec.memory_limit)
        return [*said, say(idle=condition(self._runner, None))]

    def run(self, batch: bytes, last: bool = False) -> Outcome | set[str]:
        """Run what `Line.ask` has pickled. The models that must be sent first, where it is not the `last` time."""
        requests: Sequence[Request] = ()
        try:
            _, requests = pickle.loads(batch)
            if not last and (needed := self._needed(requests)):
                return needed
            packing, reply = pack_answers(self._runner.run(requests), len(requests))
            memory = np.empty(packing.size, np.uint8)
            packing.write(memory.data)
        except Exception as error:
            packing, memory, reply = Packing(), np.empty(0, np.uint8), say(failed=failure_text(error))
        return Outcome(reply, memory, say(idle=condition(self._runner, requests[0] if requests else None)))

    def _settle(self) -> LaneSpec:
        """The lane with this node's folders: the bot's are not here, or not ours to write."""
        if not self._spec.kwargs.keys() & {"models_dir", "cache_dir"}:
            return self._spec
        root = home()
        own = {"models_dir": root / "models", "cache_dir": root}
        kwargs = {name: own.get(name, value) for name, value in self._spec.kwargs.items()}
        self._cache = Cache(root)
        self._cache.forget()
        return replace(self._spec, kwargs=kwargs)

    def _needed(self, requests: Sequence[Any]) -> set[str]:
        if self._cache is None:
            return set()
        named = {getattr(request, "model", None) for request in requests}
        models = {model for model in named if isinstance(model, str) and not model.endswith(f"@{STARTER}")}
        return models - self._here
