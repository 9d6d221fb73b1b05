"""Generators made fast for drawing, each family in its own way, all asked alike."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
import torch


class Tuned(Protocol):
    """A generator ready to be asked from any one thread."""

    z_dim: int
    c_dim: int
    bank: np.ndarray  # float32 (rows, c_dim): label vectors for what is not asked for; one empty row without labels
    device: torch.device
    dtype: torch.dtype
    nbytes: int  # of all its tensors

    def synthesize(
        self, z: torch.Tensor, c: torch.Tensor | None = None, trunc: float | torch.Tensor = 1.0
    ) -> torch.Tensor:
        """z (N, z_dim), c (N, c_dim) float32, trunc one or (N,) -> pictures (N, C, H, W) float32, nominally in -1…1.

        Raises ValueError where the network has labels and there are none.
        """
        ...

    def pixels(self, z: torch.Tensor, c: torch.Tensor | None = None, trunc: float | torch.Tensor = 1.0) -> torch.Tensor:
        """Likewise -> uint8 (N, H, W, 3), contiguous, on the CPU."""
        ...


@runtime_checkable
class Styled(Protocol):
    """A `Tuned` that is drawn by styles."""

    z_dim: int
    bank: np.ndarray

    def ws(self, z: torch.Tensor, c: torch.Tensor | None = None, trunc: float | torch.Tensor = 1.0) -> torch.Tensor:
        """z (N, z_dim), c (N, c_dim) float32 -> (N, num_ws, w_dim) float32, pulled towards the mean by `trunc`."""
        ...

    def styled(self, ws: torch.Tensor) -> torch.Tensor:
        """Styles (N, num_ws, w_dim) float32 -> pictures (N, C, H, W) float32, nominally in -1…1."""
        ...


def held(*modules: object) -> int:
    """Bytes of the tensors that modules, and what they are made of, hold; what they share counts once."""
    seen: set[int] = set()
    storages: dict[int, int] = {}
    waiting: list[object] = [*modules]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, torch.Tensor):
            storage = one.untyped_storage()
            storages[storage.data_ptr()] = storage.nbytes()
        elif isinstance(one, torch.nn.Module):
            waiting += [*one.parameters(), *one.buffers()]
        elif isinstance(one, (list, tuple)):
            waiting += one
        elif isinstance(one, dict):
            waiting += one.values()
        elif type(one).__module__.startswith("models."):
            waiting += vars(one).values()
    return sum(storages.values())


def to_pixels(x: torch.Tensor) -> torch.Tensor:
    """Pictures (N, C, H, W) float32 in -1…1 -> uint8 (N, H, W, 3), contiguous, on the CPU.

    What is grey (C 1) gets three channels; of what is transparent (C 4) the colours are left.
    """
    x = x[:, :3].mul(127.5).add_(128).clamp_(0, 255)
    return x.permute(0, 2, 3, 1).to(torch.uint8).expand(-1, -1, -1, 3).contiguous().cpu()


def scaled(z: torch.Tensor, trunc: float | torch.Tensor) -> torch.Tensor:
    """z (N, z_dim) times one number, or times one each (N,)."""
    return z * (trunc[:, None].to(z) if isinstance(trunc, torch.Tensor) else trunc)
