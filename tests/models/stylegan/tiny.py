"""StyleGANs small enough to train in a test, and pictures for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from models.checkpoint import save_model
from models.stylegan.config import StyleGANConfig
from models.stylegan.discriminator import Discriminator
from models.stylegan.generator import Generator
from models.stylegan.options import StyleGANOptions
from models.stylegan.train import StyleGANTask
from models.training.labelled import Labelled

NAMES = ("age", "glasses", "yaw")
BATCH = 8
SIZES: dict[str, Any] = {
    "resolution": 32, "z_dim": 6, "w_dim": 8, "channel_base": 128, "channel_max": 8, "mapping_layers": 2,
    "d_mapping_layers": 2,
}  # fmt: skip


def config(**changes: Any) -> StyleGANConfig:
    return StyleGANConfig(**{**SIZES, **changes})


def labelled_config(**changes: Any) -> StyleGANConfig:
    return config(**{"c_dim": len(NAMES), "bank": 16, "read": True, **changes})


def used(G: Generator) -> Generator:
    """With biases, noise and a mean of w that are not zero, as in a trained network."""
    chance = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for name, parameter in G.named_parameters():
            if name.endswith(("bias", "noise_strength")):
                parameter += 0.3 * torch.randn(parameter.shape, generator=chance)
        G.mapping.w_avg.copy_(torch.randn(G.w_dim, generator=chance))
    return G.eval().requires_grad_(False)


def generator(seed: int = 0, **changes: Any) -> Generator:
    torch.manual_seed(seed)
    return used(Generator(config(**changes)))


def discriminator(seed: int = 0, **changes: Any) -> Discriminator:
    torch.manual_seed(seed)
    return Discriminator(config(**changes)).eval().requires_grad_(False)


def task(seed: int = 0, **options: Any) -> StyleGANTask:
    """With labels, both penalties often, and adaptive augmentation."""
    given: dict[str, Any] = {
        "batch": BATCH, "r1_every": 2, "path_every": 2, "read": 1.0, "mismatch": 0.5, "aug": "ada", "ada_kimg": 0.1,
        "mirror": True, "ema_kimg": 0.1,
    }  # fmt: skip
    chosen = StyleGANOptions(**{**given, **options})
    return StyleGANTask(labelled_config(), chosen, seed, total=1000, names=NAMES, vectors=vectors(np.arange(60)))


def plain_task(seed: int = 0, **options: Any) -> StyleGANTask:
    return StyleGANTask(config(), StyleGANOptions(**{"batch": BATCH, "aug": "none", **options}), seed)


def vectors(indices: np.ndarray) -> np.ndarray:
    """float32 (n, 3): labels, the same for the same index."""
    return np.stack([indices % 7 / 7, indices % 2, indices % 5 / 5 - 0.4], 1).astype(np.float32)


def pictures(indices: np.ndarray) -> np.ndarray:
    """uint8 (n, 32, 32, 3), the same for the same index."""
    ramp = np.arange(32 * 32 * 3).reshape(1, 32, 32, 3)
    return ((ramp * (1 + indices.reshape(-1, 1, 1, 1) % 7)) % 256).astype(np.uint8)


def labelled(indices: np.ndarray) -> Labelled:
    return Labelled(pictures(indices), vectors(indices))


def store(folder: Path, seed: int = 0, **changes: Any) -> Path:
    """A model folder of a network that takes labels and has learnt nothing; `changes` go into its config."""
    torch.manual_seed(seed)
    G = used(Generator(labelled_config()))
    G.c_bank.copy_(torch.from_numpy(vectors(np.arange(len(G.c_bank)))))
    tensors = {f"G_ema.{key}": value for key, value in G.state_dict().items()}
    written = {"family": "stylegan", "network": G.config.to_json(), "labels": [*NAMES], "kimg": 20.0, "parent": None}
    save_model(folder, tensors, written | changes, "# tiny\n")
    return folder
