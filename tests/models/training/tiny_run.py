"""A run of the tiny network in a process of its own: `python -m tests.models.training.tiny_run OUTDIR KIMG SNAP`.

With `--step` every step waits for a line on stdin, so that the test decides where it stops; `--resume` continues.
"""

import sys
from pathlib import Path

import numpy as np
import torch

from models.training.loop import LoopOptions, train
from tests.models import tiny

COUNT = 60  # no multiple of the batch: epochs end within batches


def main() -> None:
    outdir, kimg, snap, *flags = sys.argv[1:]
    torch.set_num_threads(1)
    options = LoopOptions(Path(outdir), float(kimg), tiny.BATCH, seed=3, snap=int(snap), run={"network": "tiny"})

    def feed(indices: np.ndarray) -> np.ndarray:
        if "--step" in flags:
            print("step", flush=True)
            sys.stdin.readline()
        return tiny.pictures(indices)

    finish = train(tiny.task(seed=3), feed, COUNT, options, resume="--resume" in flags)
    print("finished", finish.nimg, finish.stopped_by, flush=True)


if __name__ == "__main__":
    main()
