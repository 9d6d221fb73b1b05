"""A batch of pictures with their labels, and how labels count in a loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from data.labels import mirrored

RAREST = 0.02  # variance below which a label counts no more for being rare


@dataclass(frozen=True, slots=True)
class Labelled:
    """A batch of pictures with their labels."""

    images: np.ndarray  # uint8 (N, H, W, C)
    c: np.ndarray  # float32 (N, c_dim)

    def __len__(self) -> int:
        return len(self.images)


Batch = np.ndarray | Labelled


def parts(batch: Batch) -> tuple[np.ndarray, np.ndarray | None]:
    """Pictures uint8 (N, H, W, C), and their labels float32 (N, c_dim) where there are any."""
    return (batch.images, batch.c) if isinstance(batch, Labelled) else (batch, None)


def inputs(batch: Batch, names: Sequence[str], mirror: bool, chance: torch.Generator) -> dict[str, torch.Tensor]:
    """What a step learns from: `pixels`, with `mirror` `flip` bool (N, 1, 1, 1), with labels `c`, mirrored as well."""
    images, c = parts(batch)
    found = {"pixels": torch.from_numpy(images)}
    if mirror:
        found["flip"] = torch.rand(len(images), 1, 1, 1, generator=chance) < 0.5
        if c is not None:
            c = np.where(found["flip"][:, :, 0, 0].numpy(), mirrored(c, names), c)
    if c is not None:
        found["c"] = torch.from_numpy(c)
    return found


def real(pixels: torch.Tensor, flip: torch.Tensor | None = None) -> torch.Tensor:
    """uint8 (N, H, W, C) -> float (N, C, H, W) in -1…1: NHWC seen as NCHW, which is channels-last already."""
    pictures = pixels.permute(0, 3, 1, 2).float() / 127.5 - 1
    return pictures if flip is None else torch.where(flip, pictures.flip(3), pictures)


def bank(vectors: np.ndarray, size: int, seed: int) -> torch.Tensor:
    """(size, c_dim): rows of the training set's labels (n, c_dim), by chance, each as often as the others."""
    order = np.random.RandomState(seed).permutation(max(len(vectors), size))
    return torch.from_numpy(vectors[order[:size] % len(vectors)])


def evenly(vectors: np.ndarray) -> np.ndarray:
    """float32 (c_dim,): weights with which every label that varies counts about as much, of mean 1."""
    variance = vectors.astype(np.float64).var(0)
    weights = np.where(variance > 1e-4, 1 / np.maximum(variance, RAREST), 0.0)
    return (weights / max(weights.mean(), 1e-9)).astype(np.float32)
