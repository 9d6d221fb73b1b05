"""A few steps of a tiny StyleGAN as torchrun starts it: `python -m tests.models.training.several_run OUT.pt MICRO`.

The first process writes its weights. Alone it takes the same steps in micro-batches of MICRO.
"""

import sys
from pathlib import Path

import numpy as np
import torch

from models.training import several
from tests.models.stylegan import tiny


def main() -> None:
    out, micro = Path(sys.argv[1]), int(sys.argv[2])
    torch.set_num_threads(1)
    several.join()
    task = tiny.task(path_weight=0.0, micro_batch=micro, aug="ada", ada_kimg=0.01, target=0.0)
    task._learner.dtype = torch.float32  # sums in another order, and nothing else, may differ
    for i in range(5):
        task.step(tiny.labelled(np.arange(tiny.BATCH) + i), i * tiny.BATCH)
    several.wait()
    if several.rank() == 0:
        torch.save({name: module.state_dict() for name, module in task.modules.items()}, out)


if __name__ == "__main__":
    main()
