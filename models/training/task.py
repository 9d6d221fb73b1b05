"""What a network brings to the training loop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from torch import nn


class Diverged(RuntimeError):
    """A loss or a weight is not a number any more; the message is one sentence for the person who trains."""


class Task(Protocol):
    """One network in training. It keeps nothing between steps but its modules and optimizers: they are the state.

    What else must be remembered, such as how training was steered so far, is a buffer of a module of its own.
    """

    modules: Mapping[str, nn.Module]
    optimizers: Mapping[str, torch.optim.Optimizer]

    def step(self, batch: Any, nimg: int) -> Mapping[str, torch.Tensor]:
        """Learn from one batch of what the run feeds. `nimg` counts the images before it.

        All chance comes from `randomness.noise(seed, nimg)`. Returns the losses as scalars, detached, on
        any one device: nobody needs to wait for them here.
        """
        ...

    def preview(self) -> np.ndarray:
        """The same few pictures whenever it is asked: uint8 (N, H, W, 3). They make a sheet."""
        ...

    def export(self) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
        """What a model folder holds: tensors (`G_ema.…`, `D.…`) and `config.json` without `kimg` and `data`."""
        ...


@runtime_checkable
class Translates(Protocol):
    """A task whose previews were made of other pictures, which are shown beside them."""

    def given(self) -> np.ndarray:
        """What each preview was made of: uint8 (N, H, W, 3)."""
        ...
