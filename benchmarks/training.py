"""What whoever wants one face notices of a character that is being learnt meanwhile."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.figures import Figure, percentile
from benchmarks.pool import WarmPool
from bot.characters.order import LOG, MODULE, SET, Order
from bot.pool.base import Asker, Pool
from bot.pool.trainer import Trainer
from bot.settings import Settings
from models.registry import Registry
from models.requests import Draw, Latent

PICTURES = 24
APART = 1.0  # seconds between two who ask: the trainer is at work again by then
STEP = 250.0  # ms that anybody may wait for one step of it


async def waiting(settings: Settings, rounds: int = 40) -> list[Figure]:
    """One face at a time, by nobody else: with the machine to itself, and beside a training of `moe` on the CPU."""
    registry = Registry(settings.storage_dir / "models")
    model, base = registry.resolve("waifu").id, registry.resolve("moe").id
    longest = await asyncio.to_thread(_longest, registry.resolve("moe").folder)
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder)
        await asyncio.to_thread(_order, run, base)
        async with WarmPool(settings) as pool:
            await _asked(pool, model, 5)
            alone = await _asked(pool, model, rounds)
            learns = asyncio.Event()
            trainer = Trainer(
                ["-m", MODULE, str(run)],
                run / LOG,
                lambda said: learns.set() if said.get("stage") == "learning" else None,
                env={"STORAGE_DIR": str(settings.storage_dir.resolve()), "CUDA_VISIBLE_DEVICES": ""},
            )
            training = asyncio.create_task(trainer.run())
            training.add_done_callback(lambda _: learns.set())
            end = pool.listen(trainer.stand_back)
            await learns.wait()
            beside = await _asked(pool, model, rounds)
            end()
            trainer.kill()
            await training
    return [
        Figure("one face, p50", percentile(alone, 0.5), "ms"),
        Figure("one face, p95", percentile(alone, 0.95), "ms"),
        Figure("one face while a character is learnt, p50", percentile(beside, 0.5), "ms"),
        Figure("one face while a character is learnt, p95", percentile(beside, 0.95), "ms"),
        Figure("p95, later by", percentile(beside, 0.95) - percentile(alone, 0.95), "ms", ceiling=STEP),
        Figure("longest step of the training, on one core", longest, "ms", ceiling=STEP),
    ]


async def _asked(pool: Pool, model: str, rounds: int) -> list[float]:
    """Milliseconds that each of `rounds` faces took."""
    took = []
    for seed in range(rounds):
        await asyncio.sleep(APART)
        begun = time.perf_counter()
        await pool.run(Draw(model, (Latent(seed),)), Asker("web:local"))
        took.append(1000 * (time.perf_counter() - begun))
    return took


def _order(run: Path, base: str) -> None:
    from PIL import Image

    chance = np.random.default_rng(0)
    (run / SET).mkdir()
    for number in range(PICTURES):
        pixels = chance.integers(0, 256, (8, 8, 3), np.uint8)
        Image.fromarray(pixels).resize((128, 128)).save(run / SET / f"{number:02d}.png")
    Order(base, base, ("00.png", "01.png"), 60.0, 0, threads=os.cpu_count() or 1, options=_SHORT).save(run)


def _longest(folder: Path) -> float:
    """Milliseconds of a core's time between two places at which the training of a model can stand back, at most."""
    import torch

    from models.checkpoint import read_config
    from models.stylegan.config import StyleGANConfig
    from models.stylegan.options import preset_options
    from models.stylegan.train import StyleGANTask
    from models.training.labelled import Labelled
    from models.training.yielding import yielding

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    network = StyleGANConfig.from_json(read_config(folder)["network"])
    options = preset_options("few-shot", network)
    given = {**options.to_json(), "micro_batch": _SHORT["micro_batch"]}
    vectors = np.zeros((options.batch, network.c_dim), np.float32)
    names = ("",) * network.c_dim
    task = StyleGANTask(network, type(options)(**given), 0, "cpu", 0, names, vectors, (), lambda said: None)
    side = network.resolution
    shown = Labelled(np.zeros((options.batch, side, side, 3), np.uint8), vectors)
    gaps: list[float] = []
    since = [time.thread_time()]

    def passed() -> None:
        gaps.append(time.thread_time() - since[0])
        since[0] = time.thread_time()

    with yielding(passed):
        task.step(shown, 0)  # all penalties are in it, and torch chooses its ways
        gaps.clear()
        since[0] = time.thread_time()
        task.step(shown, 0)
    torch.set_num_threads(threads)
    return 1000 * max(gaps)


_SHORT = {"kimg": 400.0, "snap": 400, "micro_batch": 4}
