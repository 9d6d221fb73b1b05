"""TwinGANs small enough for a test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from models.checkpoint import save_model
from models.twingan.config import TwinConfig
from models.twingan.discriminator import Discriminator
from models.twingan.encoder import Encoder
from models.twingan.generator import Generator

NAMES = ("age", "glasses", "yaw")
# Pixel norm divides by what may be next to nothing where channels are few: 16 keep rounding small.
SIZES: dict[str, Any] = {
    "resolution": 32, "channel_base": 512, "channel_max": 16, "groups": 4, "style_dim": 6, "embed_dim": 5,
}  # fmt: skip


def config(**changes: Any) -> TwinConfig:
    return TwinConfig(**{**SIZES, **changes})


def labelled_config(**changes: Any) -> TwinConfig:
    return config(**{"c_dim": len(NAMES), "read": True, **changes})


def used(network: nn.Module, seed: int = 5) -> Any:
    """With all that begins as zeros and ones as it might be in a trained network."""
    chance = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, value in network.state_dict().items():
            noise = torch.randn(value.shape, generator=chance)
            if name.endswith(("scale", "std")):
                value.copy_(1 + 0.3 * noise.abs())
            elif name.endswith(("shift", "mean", "bias", "bend.weight")) or ".center_" in name:
                value.copy_(0.3 * noise)
    return network.eval().requires_grad_(False)


def networks(seed: int = 0, **changes: Any) -> tuple[Encoder, Generator, Discriminator]:
    torch.manual_seed(seed)
    chosen = config(**changes)
    return used(Encoder(chosen)), used(Generator(chosen)), used(Discriminator(chosen))


def photos(count: int, size: int = 32, seed: int = 0) -> np.ndarray:
    """uint8 (count, size, size, 3)."""
    return np.random.RandomState(seed).randint(0, 256, (count, size, size, 3), np.uint8)


def store(folder: Path, seed: int = 0, of: TwinConfig | None = None, **changes: Any) -> Path:
    """A model folder of a network that takes labels and has learnt nothing; `changes` go into its config."""
    torch.manual_seed(seed)
    chosen = of or labelled_config()
    parts = {"E_ema": used(Encoder(chosen)), "G_ema": used(Generator(chosen))}
    parts |= {f"D_{domain}": used(Discriminator(chosen)) for domain in chosen.domains}
    tensors = {f"{name}.{key}": value for name, part in parts.items() for key, value in part.state_dict().items()}
    written = {
        "family": "twingan", "network": chosen.to_json(), "labels": [*NAMES] if chosen.c_dim else [],
        "domains": [*chosen.domains], "kimg": 0.0, "parent": None,
    }  # fmt: skip
    save_model(folder, tensors, written | changes, "# tiny\n")
    return folder
