"""A line to a worker on a Ray cluster, by way of the driver."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any

from bot.pool.events import Event
from bot.pool.lane import LaneSpec
from bot.pool.line import Line
from bot.pool.ray.cluster import Cluster
from bot.pool.ray.relay import KILL
from bot.pool.wire import hear


class RayLine(Line):
    """One actor. On a GPU where the lane can use one and the cluster has any, else on a CPU."""

    def __init__(self, name: str, spec: LaneSpec, cluster: Cluster, tell: Callable[[Event], None]) -> None:
        super().__init__(name, spec, tell)
        self._cluster = cluster
        self._pid: int | None = None
        self._given_up: Future[Any] = Future()

    @property
    def pid(self) -> int | None:
        return self._pid

    def kill(self, reason: str) -> None:
        with self._lock:
            self._condemned = self._condemned or reason
            if not self._given_up.done():
                self._given_up.set_result(None)
        self._outbox.put(KILL)

    def _open(self) -> Connection:
        pipe = self._cluster.connect(self._given_up)
        device = device_for(self._spec, self._cluster.gpus or 0)
        spec = replace(self._spec, devices=(device,)) if self._spec.devices else self._spec
        pipe.send_bytes(pickle.dumps((spec, device)))
        return pipe

    def _bury(self) -> str:
        return ", Ray's driver"

    def _hear(self, data: bytes) -> None:
        match hear(data):
            case {"pid": int(pid), **rest} if not rest:
                self._pid = pid
            case {"died": str(text), **rest} if not rest:
                with self._lock:
                    self._condemned = self._condemned or text
                raise EOFError
            case _:
                super()._hear(data)


def device_for(spec: LaneSpec, gpus: int) -> str:
    """What a worker runs on, on a cluster with so many GPUs: "cuda", of which Ray shows it one, or "cpu"."""
    return "cuda" if spec.devices and gpus else "cpu"
