"""A few steps of a tiny network as torchrun starts it: `python -m tests.models.training.several_run FAMILY OUT MICRO`.

The first process writes its weights to OUT. Alone it takes the same steps in micro-batches of MICRO.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from models.training import several
from models.training.task import Task
from tests.models.stylegan import tiny
from tests.models.twingan import tiny_run


def stylegan(micro: int) -> tuple[Task, Callable[[int], object]]:
    task = tiny.task(path_weight=0.0, micro_batch=micro, aug="ada", ada_kimg=0.01, target=0.0)
    task._learner.dtype = torch.float32  # sums in another order, and nothing else, may differ
    return task, lambda i: task.step(tiny.labelled(np.arange(tiny.BATCH) + i), i * tiny.BATCH)


def twingan(micro: int) -> tuple[Task, Callable[[int], object]]:
    task = tiny_run.task(micro_batch=micro, gamma=0.0)  # D's penalty is of half a batch, whose company would differ
    task._learner.dtype = torch.float32
    return task, lambda i: tiny_run.step(task, i)


def main() -> None:
    family, out, micro = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(1)
    several.join()
    task, step = {"stylegan": stylegan, "twingan": twingan}[family](micro)
    for i in range(5):
        step(i)
    several.wait()
    if several.rank() == 0:
        torch.save({name: module.state_dict() for name, module in task.modules.items()}, out)


if __name__ == "__main__":
    main()
