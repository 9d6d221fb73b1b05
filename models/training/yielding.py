"""Training that stands back: between any two layers it may have to wait, and knows how long it took to come there.

The hooks are global ones of torch: a process that trains for a bot trains and measures with several networks, and all
of them stand back alike. Forward they act after each layer, backward when its gradient comes by, so that no step goes
on for long after somebody has begun to wait, however large its batch.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.nn.modules.module import register_module_forward_hook


class Pace:
    """Calls `wait` at every place where training can stand back, and keeps the longest time between two of them."""

    def __init__(self, wait: Callable[[], None] = lambda: None) -> None:
        self._wait = wait
        self.places = 0  # passed so far
        self.longest = 0.0  # seconds
        self._since: float | None = None

    def __call__(self) -> None:
        now = time.perf_counter()
        if self._since is not None:
            self.longest = max(self.longest, now - self._since)
        self.places += 1
        self._wait()
        self._since = time.perf_counter()

    def forget(self) -> None:
        """Measure anew from the next place on: what comes between is no training."""
        self.longest, self._since = 0.0, None


@contextmanager
def yielding(pace: Callable[[], None]) -> Iterator[None]:
    """In the block `pace` is called after each layer, whatever network it is of, and before its gradient.

    Not for work that is recorded: a graph of CUDA runs as one.
    """

    def passed(module: nn.Module, inputs: Any, output: Any) -> None:
        pace()
        if isinstance(output, torch.Tensor) and output.requires_grad:
            output.register_hook(lambda gradient: pace())

    handle = register_module_forward_hook(passed)
    try:
        yield
    finally:
        handle.remove()
