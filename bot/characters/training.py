"""Inside the trainer process: `python -m bot.characters.training FOLDER` learns one character, as the order there says.

It fine-tunes with the `few-shot` preset on the frozen set, compares what it has learnt with the version in use, and
writes the result. Killed at any moment it goes on from the last state when it is started again.
"""

from __future__ import annotations

import contextlib
import errno
import json
import math
import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.characters.folders import LOCK, PACKED, PLAN
from bot.characters.order import LEARNING, PAIRS, SET, Order, Result
from bot.characters.standing_back import StandingBack
from bot.cli.refusal import Refusal, refusing
from bot.cli.training.runs import OPTIONS, Run
from bot.pool import passive  # noqa: F401  # before torch
from bot.pool.trainer import DONE, REFUSED, STOPPED

if TYPE_CHECKING:
    import numpy as np

    from data.dataset import Dataset
    from models.training.loop import LoopOptions

NICE = 19  # behind everything else on the machine
LOCKED = 60.0  # seconds that another trainer of this run, whose bot is gone, has to end
STEP = 0.2  # seconds between two places to stand back, at most, by the choice of the micro-batch
LEAST = 4  # pictures in a micro-batch: D compares as many with each other
SNAPSHOTS = 10  # of a run, about
MOST = 400.0  # kimg: of so few pictures nobody learns more
SPARE = 1.25  # of the images that it has time for, in case that the machine gets quicker


@dataclass(frozen=True)
class Attended(Run):
    """A run that stands back while people wait, and ends in time."""

    order: Order
    standing: StandingBack

    def split(self, dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
        import numpy as np

        held = np.array([label.get("file") in self.order.held for label in dataset.labels()], bool)
        return np.flatnonzero(~held), np.flatnonzero(held)

    def loop(self, dataset: Any, batch: int, **more: Any) -> LoopOptions:
        return replace(super().loop(dataset, batch, **more), seconds=60 * self.order.minutes)

    def told(self, nimg: int, line: Mapping[str, Any]) -> None:
        numbers = {name: value for name, value in line.items() if name not in ("nimg", "time")}
        kind = "measured" if "distance" in line else "progress"
        self.standing.say(kind, nimg=nimg, kimg=nimg / 1000, of=self.config["kimg"], numbers=numbers)

    def train(self, task: Any, *more: Any, **options: Any) -> Any:
        self.standing.say("stage", stage="learning")
        return super().train(_Considerate(task, self.standing.wait), *more, **options)


class _Considerate:
    """A task that waits before each step; what is within a step waits by itself where it can."""

    def __init__(self, task: Any, wait: Callable[[], None]) -> None:
        self._task, self._wait = task, wait
        self.modules, self.optimizers = task.modules, task.optimizers

    def step(self, batch: Any, nimg: int) -> Mapping[str, Any]:
        if self._task.device.type == "cuda":
            import torch

            torch.cuda.synchronize()  # what was started still runs while we wait
        self._wait()
        return self._task.step(batch, nimg)

    def preview(self) -> Any:
        return self._task.preview()

    def export(self) -> Any:
        return self._task.export()


def main(folder: Path) -> int:
    """Train as the order in `folder` says. The exit status, as `bot.pool.trainer` reads it."""
    standing = StandingBack()
    try:
        _work(folder, standing)
    except Refusal as error:
        standing.say("refused", sentence=str(error))
        print(error, file=sys.stderr, flush=True)
        return REFUSED
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        standing.say("refused", sentence="the disk is full", reason="disk_full")
        print(error, file=sys.stderr, flush=True)
        return REFUSED
    except SystemExit:
        return STOPPED
    standing.say("done")
    return DONE


def _work(folder: Path, standing: StandingBack) -> None:
    import torch
    import typer
    from filelock import FileLock, Timeout

    from models.training.yielding import Pace, yielding

    try:
        order = Order.load(folder)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise Refusal(f"the order in {folder} cannot be read: {error}") from error
    if order is None:
        raise Refusal(f"there is no order in {folder}")
    if hasattr(os, "nice"):
        os.nice(NICE)
    if order.threads:
        torch.set_num_threads(order.threads)
    try:
        with FileLock(folder / LOCK, timeout=LOCKED):
            if Result.load(folder) is not None:
                return
            with contextlib.nullcontext() if torch.cuda.is_available() else yielding(Pace(standing.wait)):
                _learn(folder, order, standing)
                standing.say("stage", stage="comparing")
                _finish(folder, order)
    except Timeout:
        raise Refusal(f"another trainer is at work in {folder}") from None
    except typer.Exit:
        raise SystemExit(STOPPED) from None


def _learn(folder: Path, order: Order, standing: StandingBack) -> None:
    """Up to the model in `LEARNING`; from where it was, where it was cut off."""
    from bot.cli.training.gans import folder_named
    from bot.cli.training.stylegan import learn, resolve_finetune
    from data.dataset import pack, resolve
    from models.checkpoint import read_config

    out = folder / LEARNING
    with refusing():
        side = read_config(folder_named(order.base))["network"]["resolution"]
        standing.say("stage", stage="packing")
        packed = pack(resolve(str(folder / SET)), side, folder / PACKED, processes=1)
    plan = _plan(folder, order, standing)
    resume = (out / OPTIONS).exists()
    if not resume:
        shutil.rmtree(out, ignore_errors=True)
    given = {"init": order.base, "data": str(packed.folder), "seed": order.seed, **plan, **order.options}
    config = resolve_finetune(out, {} if resume else given, resume)
    begun = Run.begin(out, config, resume)
    learn(Attended(out, config, resume, begun.console, order, standing))


def _plan(folder: Path, order: Order, standing: StandingBack) -> dict[str, Any]:
    """How much is learnt at a time and how long, by how quick this machine is; the same when the run is continued."""
    from data import durable

    with contextlib.suppress(FileNotFoundError):
        return json.loads((folder / PLAN).read_text(encoding="utf-8"))
    if {"kimg", "snap", "micro_batch"} <= order.options.keys():
        return {}
    standing.say("stage", stage="planning")
    micro_batch, seconds = _tried(order)
    kimg = 60 * order.minutes / seconds / 1000
    plan = {
        "kimg": min(MOST, max(1.0, math.ceil(kimg * SPARE))),
        "snap": max(1, round(min(kimg, MOST) / SNAPSHOTS)),
        "micro_batch": micro_batch,
    }
    durable.write_text(folder / PLAN, json.dumps(plan) + "\n")
    return plan


def _tried(order: Order) -> tuple[int, float]:
    """The largest micro-batch that does not keep people waiting (0: the batch), and the seconds that an image takes."""
    import numpy as np
    import torch

    from bot.cli.training.gans import folder_named
    from models.checkpoint import read_config
    from models.stylegan.config import StyleGANConfig
    from models.stylegan.options import preset_options
    from models.stylegan.train import StyleGANTask
    from models.training.labelled import Labelled
    from models.training.yielding import Pace, yielding

    network = StyleGANConfig.from_json(read_config(folder_named(order.base))["network"])
    options = preset_options("few-shot", network, order.options.get("batch"))
    cuda = torch.cuda.is_available()
    size, batch = (options.batch, network.resolution), options.batch
    pixels = np.random.RandomState(0).randint(0, 256, (*size, network.resolution, 3)).astype(np.uint8)
    vectors = np.zeros((batch, network.c_dim), np.float32) if network.c_dim else None
    shown = pixels if vectors is None else Labelled(pixels, vectors)
    micro_batch = batch
    while True:
        given = replace(options, micro_batch=micro_batch)
        names = ("",) * network.c_dim
        task = StyleGANTask(network, given, 0, "cuda" if cuda else "cpu", 0, names, vectors, (), lambda sentence: None)
        pace, took, longest = Pace(), [], 0.0
        with contextlib.nullcontext() if cuda else yielding(pace):
            task.step(shown, 0)  # the first of a shape is slow
            for number in (0, 1, 1):  # the first one brings all penalties
                pace.forget()
                began = time.perf_counter()
                task.step(shown, number * batch)
                if cuda:
                    torch.cuda.synchronize()
                took.append(time.perf_counter() - began)
                longest = max(longest, pace.longest)
        usual = min(took[1:])
        seconds = (usual + max(0.0, took[0] - usual) / options.path_every) / batch
        smaller = micro_batch // 2
        if cuda or longest <= STEP or smaller < LEAST or batch % smaller:
            return (0 if micro_batch == batch else micro_batch), seconds
        micro_batch = smaller


def _finish(folder: Path, order: Order) -> None:
    """Compare, put what is worth keeping beside the model, and say last of all that it is whole."""
    import torch

    from bot.cli.training.gans import folder_named
    from data import durable
    from data.dataset import Dataset
    from models.checkpoint import CARD, read_config
    from models.stylegan.comparing import compare
    from models.versions import sha256_of

    model = folder / LEARNING / "model"
    (packed,) = [path for path in (folder / PACKED).iterdir() if (path / "manifest.json").exists()]
    dataset = Dataset(packed)
    import numpy as np

    held = np.array([label.get("file") in order.held for label in dataset.labels()], bool)
    with refusing():
        numbers = compare(
            {"old": folder_named(order.against), "new": model},
            dataset.images(np.flatnonzero(~held)), dataset.images(np.flatnonzero(held)), model / PAIRS,
            "cuda" if torch.cuda.is_available() else "cpu",
        )  # fmt: skip
    card = model / CARD
    durable.write_text(card, card.read_text(encoding="utf-8").replace(str(packed), "CONTRIBUTIONS"))
    version = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{sha256_of(model)[:6]}"
    Result(version, float(read_config(model)["kimg"]), numbers).save(folder)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
