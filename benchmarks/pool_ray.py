"""What Ray costs on one machine: the same lanes, the same requests, through either engine."""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure
from bot.pool.base import Asker, Pool
from bot.pool.local import LocalPool
from bot.pool.ray import RayPool
from bot.settings import Settings
from bot.workers import lanes
from models.registry import Registry
from models.requests import Draw, Latent

MEMBERS = 64


@dataclass(frozen=True, slots=True)
class Taken:
    """What one engine did."""

    start: float  # seconds to the first answer
    memory: int  # bytes: the bot's child processes, shared pages by share (PSS)
    throughput: float  # images/s, 64 members who ask for one each
    latency: float  # seconds for one picture while nobody else asks, median


async def measure(settings: Settings, rounds: int = 3) -> list[Figure]:
    """One engine after the other. Neither may be running already; takes a minute."""
    local = await _take(LocalPool(lanes(settings)), settings, rounds)
    ray = await _take(RayPool(lanes(settings)), settings, rounds)
    return [
        Figure("local, members asking for 1 each", local.throughput, "images/s"),
        Figure("Ray, members asking for 1 each", ray.throughput, "images/s"),
        Figure("throughput, Ray : local", ray.throughput / local.throughput, "x"),
        Figure("one picture, local", 1000 * local.latency, "ms"),
        Figure("one picture, Ray", 1000 * ray.latency, "ms"),
        Figure("latency, Ray : local", ray.latency / local.latency, "x"),
        Figure("start to the first answer, local", local.start, "s"),
        Figure("start to the first answer, Ray", ray.start, "s"),
        Figure("memory of all processes but the bot's own, local", local.memory / 1e6, "MB"),
        Figure("memory of all processes but the bot's own, Ray", ray.memory / 1e6, "MB"),
    ]


async def _take(pool: Pool, settings: Settings, rounds: int) -> Taken:
    model = Registry(settings.storage_dir / "models").resolve("waifu").id

    async def ask(seed: int) -> None:
        await pool.run(Draw(model, (Latent(seed),)), Asker(f"web:{seed % MEMBERS}"), timeout=600.0)

    began = time.perf_counter()
    await pool.start()
    try:
        await ask(0)
        start = time.perf_counter() - began
        await asyncio.gather(*(ask(i) for i in range(MEMBERS)))  # the other workers are warm now, too
        rates, alone = [], []
        for _ in range(rounds):
            began = time.perf_counter()
            await asyncio.gather(*(ask(i) for i in range(4 * MEMBERS)))
            rates.append(4 * MEMBERS / (time.perf_counter() - began))
            for seed in range(8):
                began = time.perf_counter()
                await ask(seed)
                alone.append(time.perf_counter() - began)
        memory = await asyncio.to_thread(_memory)
    finally:
        await pool.stop()
    return Taken(start, memory, statistics.median(rates), statistics.median(alone))


def _memory() -> int:
    """PSS in bytes of all descendants of this process; 0 where there is no /proc."""
    parents, sizes = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            lines = (folder / "smaps_rollup").read_text().splitlines()
        except OSError:  # ended, or not ours to look into
            continue
        sizes[int(folder.name)] = next((1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return sum(size for pid, size in sizes.items() if _descends(pid, parents))


def _descends(pid: int, parents: dict[int, int]) -> bool:
    while (pid := parents.get(pid, 0)) > 1:
        if pid == os.getpid():
            return True
    return False
