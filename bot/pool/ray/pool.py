"""The pool whose networks run on a Ray cluster."""

from __future__ import annotations

import asyncio
import importlib.util
import os
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.pool.events import Event, Hand
from bot.pool.lane import LaneSpec
from bot.pool.local import LocalPool
from bot.pool.queued import BatchRecord
from bot.pool.ray.cluster import CannotJoin, Cluster
from bot.pool.ray.line import RayLine, device_for
from bot.pool.slot import Slot

AFAR = frozenset(["model"])
"""Lanes that run on the cluster. Pixel work does not: what hostile bytes could hurt stays in processes whose memory is
limited, and the way to another machine would take longer than the work."""

UNDECIDED = "ray"  # the device of a worker while nobody knows what the cluster has
_OTHER = {"cpu": "cuda", "cuda": "cpu"}


class RayPool(LocalPool):
    """One actor a GPU of the cluster, more when nodes join; without any GPU as many actors as the lane has seats.

    `address` is that of a cluster ("10.0.0.5:6379", or "auto"); None: Ray is started on this machine, and ended. A
    `cluster` that is given instead is left running. Raises `CannotJoin` where Ray is not installed.
    """

    def __init__(
        self,
        lanes: Sequence[LaneSpec],
        *,
        limit: int = 1024,
        observe: Callable[[BatchRecord], None] | None = None,
        address: str | None = None,
        cluster: Cluster | None = None,
    ) -> None:
        if importlib.util.find_spec("ray") is None:
            raise CannotJoin('POOL=ray needs Ray: pip install "nijigen[ray]"')
        self._afar = {spec.lane: spec for spec in lanes if spec.lane in AFAR}
        self._own = cluster is None
        self._cluster = cluster or _cluster(address, list(self._afar.values()))
        self._unwatch: Callable[[], None] | None = None
        # One seat each, until the cluster is known; and nothing of theirs is preloaded here.
        super().__init__([_first(spec) if spec.lane in AFAR else spec for spec in lanes], limit=limit, observe=observe)

    async def start(self) -> None:
        await super().start()
        if self._unwatch is None:
            loop = asyncio.get_running_loop()
            self._unwatch = self._cluster.watch(lambda gpus: loop.call_soon_threadsafe(self._seat, gpus))

    async def stop(self, grace: float = 5.0) -> None:
        if self._unwatch is not None:
            self._unwatch()
            self._unwatch = None
        try:
            await super().stop(grace)
        finally:
            if self._own:
                await asyncio.to_thread(self._cluster.end)

    def _seat(self, gpus: int) -> None:
        for lane, spec in self._afar.items():
            device = device_for(spec, gpus)
            for slot in self._crew.slots:
                # It may wait for a GPU whose node is gone.
                if slot.lane == lane and slot.hand and slot.state == "starting" and slot.device == _OTHER[device]:
                    slot.hand.kill("the cluster has changed")
            self._crew.seat(lane, [device] * (gpus if device == "cuda" else len(spec.seats)))

    def _hire(self, slot: Slot, tell: Callable[[Event], None]) -> Hand:
        if slot.lane in AFAR:
            return RayLine(slot.name, slot.spec, self._cluster, tell)
        return super()._hire(slot, tell)


def _first(spec: LaneSpec) -> LaneSpec:
    return replace(spec, devices=spec.devices and (UNDECIDED,), workers=1, start_method="spawn")


def _cluster(address: str | None, lanes: Sequence[LaneSpec]) -> Cluster:
    """Room for all seats where Ray runs on this machine alone: otherwise some would wait for it for ever."""
    cards = [device for spec in lanes for device in spec.devices if device.startswith("cuda")]
    threads = sum(len(spec.seats) * (spec.threads or 1) for spec in lanes)
    return Cluster(address, cpus=max(threads, os.cpu_count() or 1), gpus=len(cards))
