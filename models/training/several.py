"""One run on several devices: every process learns from its part of each batch, and all take the same step.

`torchrun --nproc-per-node 4 -m bot train …` starts the processes; alone there is one of them and nothing here costs
anything. The first one writes what a run writes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist

from models.training import state
from models.training.randomness import Order
from models.training.signals import signals
from models.training.statistics import TICK
from models.training.task import Task

PATIENCE = timedelta(hours=12)  # the others wait while the first one packs a set


@dataclass(frozen=True, slots=True)
class Accompanied:
    """Of the run that the first process leads."""

    total: int  # images
    batch: int
    seed: int
    resume: bool


def join() -> torch.device | None:
    """Meet the other processes that torchrun started. The device of this one, None where there are no others."""
    if int(os.environ.get("WORLD_SIZE", "1")) < 2:
        return None
    if not dist.is_initialized():
        dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo", timeout=PATIENCE)
    if not torch.cuda.is_available():
        return torch.device("cpu")
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    torch.cuda.set_device(device)
    return device


def rank() -> int:
    """This process's number, 0 for the first."""
    return dist.get_rank() if dist.is_initialized() else 0


def world() -> int:
    """How many processes there are."""
    return dist.get_world_size() if dist.is_initialized() else 1


def part(inputs: Mapping[str, torch.Tensor], whole: Iterable[str]) -> dict[str, torch.Tensor]:
    """This process's rows of the inputs; those that are named in `whole` are everybody's. Rows divide by `world`."""
    if world() == 1:
        return dict(inputs)
    whole, found = {*whole}, {}
    for name, value in inputs.items():
        size = 1 if name in whole else len(value) // world()
        found[name] = value if name in whole else value[rank() * size : (rank() + 1) * size]
    return found


@torch.no_grad()
def average(tensors: Iterable[torch.Tensor]) -> None:
    """Put the mean over all processes into each tensor; float32, all on one device."""
    given = [*tensors]
    if world() == 1 or not given:
        return
    flat = torch.cat([tensor.reshape(-1) for tensor in given])
    dist.all_reduce(flat)
    flat /= world()
    for tensor, value in zip(given, flat.split([tensor.numel() for tensor in given]), strict=True):
        tensor.copy_(value.view(tensor.shape))


def agree(value: bool) -> bool:
    """Whether it is so in any process."""
    if world() == 1:
        return value
    flag = torch.tensor([float(value)], device="cuda" if dist.get_backend() == "nccl" else "cpu")
    dist.all_reduce(flag, dist.ReduceOp.MAX)
    return bool(flag.item())


def wait() -> None:
    """Until all processes are here."""
    if world() > 1:
        dist.barrier()


def accompany(task: Task, feed: Callable[[np.ndarray], Any], count: int, outdir: Path, options: Accompanied) -> None:
    """What every process but the first does in the place of `loop.train`: the same steps, and nothing else.

    Raises `state.StateError` where the run in `outdir`, which is continued, has no state.
    """
    before = state.load(outdir, task) if options.resume else None
    nimg = 0 if before is None else before.nimg
    order = Order(count, options.seed)
    with signals() as caught:
        while nimg < options.total:
            task.step(feed(order.batch(nimg, options.batch)), nimg)
            nimg += options.batch
            ticks = nimg // TICK != (nimg - options.batch) // TICK or nimg >= options.total
            if ticks and agree(bool(caught)):
                break
