"""What batching brings to many small requests."""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

from benchmarks.figures import Figure
from bot.pool.base import Asker
from bot.pool.local import LocalPool
from bot.settings import Settings
from bot.workers import lanes
from models.registry import Registry
from models.requests import Draw, Latent

MEMBERS = 64


async def throughput(settings: Settings, rounds: int = 7) -> list[Figure]:
    """64 members who ask for one face each, against one request for 64 by nobody else, through the same pool and raw;
    and against what bots usually do: a model call a message, in a thread."""
    model = Registry(settings.storage_dir / "models").resolve("waifu").id
    raw, usual = await asyncio.to_thread(_raw_and_usual, settings, model, rounds)
    async with WarmPool(settings) as pool:

        async def ask(i: int) -> None:
            await pool.run(Draw(model, (Latent(i),)), Asker(f"web:{i}"))

        await asyncio.gather(*(ask(i) for i in range(MEMBERS)))
        rates = []
        for _ in range(rounds):
            start = time.perf_counter()
            await asyncio.gather(*(ask(i) for i in range(4 * MEMBERS)))
            rates.append(4 * MEMBERS / (time.perf_counter() - start))
        pooled = statistics.median(rates)
        batch = max(n for w in pool.status().workers for n in w.models.values())
    return [
        Figure("raw, batches of 64", raw, "images/s"),
        Figure(f"the pool, members asking for 1 each (batches of {batch})", pooled, "images/s"),
        Figure("the usual bot: a model call a message in a thread", usual, "images/s"),
        Figure("the pool : raw batches of 64", pooled / raw, "x", floor=0.8),
        Figure("the pool : the usual bot", pooled / usual, "x"),
    ]


def _raw_and_usual(settings: Settings, model: str, rounds: int) -> tuple[float, float]:
    """Images/s of the runner on batches of 64, and of the plain network called by 64 threads' worth of messages."""
    import torch

    from models.checkpoint import load_model
    from models.runner import Runner

    cores = os.cpu_count() or 1
    runner = Runner(settings.storage_dir / "models", threads=cores)
    whole = Draw(model, tuple(Latent(i) for i in range(MEMBERS)))
    runner.run([whole])
    raw = []
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(4):
            runner.run([whole])
        raw.append(4 * MEMBERS / (time.perf_counter() - start))

    G = load_model(Registry(settings.storage_dir / "models").resolve(model).folder).modules["G_ema"]

    c = G.c_bank[:1] if G.c_dim else None  # type: ignore[index]

    def message(i: int) -> None:
        with torch.no_grad():
            G(torch.from_numpy(Latent(i).z(G.z_dim))[None], c)  # type: ignore[arg-type]

    usual = []
    with ThreadPoolExecutor(max_workers=min(32, cores + 4)) as threads:  # asyncio.to_thread's own
        for _ in range(max(2, rounds // 2)):
            start = time.perf_counter()
            list(threads.map(message, range(MEMBERS)))
            usual.append(MEMBERS / (time.perf_counter() - start))
    return statistics.median(raw), statistics.median(usual)


class WarmPool:
    """The bot's pool, warm."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pool = LocalPool(lanes(settings))

    async def __aenter__(self) -> LocalPool:
        await self._pool.start()
        model = Registry(self._settings.storage_dir / "models").resolve("waifu").id
        await self._pool.run(Draw(model, (Latent(0),)), Asker("web:0"))
        return self._pool

    async def __aexit__(self, *_: object) -> None:
        await self._pool.stop()
