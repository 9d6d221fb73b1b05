"""What the pool is made of here: which lanes it has, on which devices, by which engine."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from bot.pool.base import Pool
from bot.pool.lane import LaneSpec
from bot.pool.local import LocalPool
from bot.pool.queued import BatchRecord
from bot.server import CannotStart
from bot.settings import Settings

CPU_WORKERS = 2  # where there is no GPU
PICTURE_WORKERS = 2  # so that one slow or hostile picture does not hold up everybody's
PICTURE_MEMORY = 1 << 30  # bytes that a picture may take while it is worked on


def pool_of(settings: Settings, observe: Callable[[BatchRecord], None] | None = None) -> Pool:
    """The pool that the settings ask for, not yet started. Raises `CannotStart` where its engine is not installed."""
    if settings.pool == "local":
        return LocalPool(lanes(settings), limit=settings.pool_queue, observe=observe)
    # Here, since Ray takes its time to load and few have it.
    from bot.pool.ray import CannotJoin, RayPool

    try:
        return RayPool(lanes(settings), limit=settings.pool_queue, observe=observe, address=settings.ray_address)
    except CannotJoin as error:
        raise CannotStart(str(error)) from error


def lanes(settings: Settings) -> list[LaneSpec]:
    """The pool's lanes: networks, one process a GPU or two on the CPU, and pixel work.

    Two CPU workers share the cores between them: they draw more than one with all the threads, take turns so that
    somebody's one face seldom waits for a whole batch, and suffer less from a busy machine (docs/performance.md).
    """
    devices = _devices(settings)
    cores = os.cpu_count() or 1
    threads = max(1, cores // len(devices)) if settings.pool_threads == "auto" else settings.pool_threads
    storage = settings.storage_dir.resolve()
    return [
        LaneSpec(
            lane="model",
            factory="models.runner:Runner",
            kwargs={
                "models_dir": storage / "models",
                "cache_dir": storage / "cache",
                "memory": settings.pool_models_mb,
                "rater": settings.rater_onnx and settings.rater_onnx.resolve(),
            },
            devices=devices,
            threads=threads,
            start_method="forkserver",
            warm_up=("waifu",),
            # Drawing fills every core there is. Chat, store and pictures need little, but at once.
            nice=0 if devices[0].startswith("cuda") else 10,
            pieces=3,
        ),
        LaneSpec(
            lane="picture",
            factory="data.pictures.lane:PictureRunner",
            kwargs={"people": settings.people_onnx and settings.people_onnx.resolve()},
            workers=PICTURE_WORKERS,
            first_batch=1,
            batch_limit=20.0,
            memory_limit=PICTURE_MEMORY,
        ),
    ]


def training_devices(settings: Settings) -> tuple[str, ...]:
    """Where characters are trained, one at a time on each: what `TRAIN_DEVICES` says, else the pool's devices."""
    if settings.train_devices != "auto":
        named = [d.strip() for d in settings.train_devices.split(",") if d.strip()] or ["cpu"]
    else:
        named = [*_devices(settings)]
    return tuple(dict.fromkeys(named))


def _devices(settings: Settings) -> tuple[str, ...]:
    """`POOL_DEVICES` as a tuple. "auto" takes every NVIDIA GPU that the driver shows, else the CPU; torch is not asked,
    since this process must not import it."""
    if settings.pool_devices != "auto":
        return tuple(d.strip() for d in settings.pool_devices.split(",") if d.strip()) or ("cpu",)
    cards = sorted(Path("/proc/driver/nvidia/gpus").glob("*")) if sys.platform == "linux" else []
    if cards:
        return tuple(f"cuda:{i}" for i in range(len(cards)))
    return ("cpu",) * min(CPU_WORKERS, os.cpu_count() or 1)
