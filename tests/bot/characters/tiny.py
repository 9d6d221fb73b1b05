"""A base model and pictures of a character, small enough to learn from in seconds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from models.checkpoint import save_model
from models.stylegan.discriminator import Discriminator
from models.stylegan.generator import Generator
from tests.models.stylegan import tiny

BASE = "tiny@20260101T000000-abcdef"
SIDE = 32


def store_base(models: Path, id: str = BASE, *, keep_d: bool = True, seed: int = 0) -> Path:
    """A StyleGAN that has learnt nothing, as a stored version."""
    torch.manual_seed(seed)
    config = tiny.labelled_config()
    G, D = tiny.used(Generator(config)), Discriminator(config)
    G.c_bank.copy_(torch.from_numpy(tiny.vectors(np.arange(len(G.c_bank)))))
    kept = {"G_ema": G, "D": D} if keep_d else {"G_ema": G}
    tensors = {f"{name}.{key}": value for name, module in kept.items() for key, value in module.state_dict().items()}
    written = {"family": "stylegan", "network": config.to_json(), "labels": [*tiny.NAMES], "kimg": 20.0, "parent": None}
    name, _, version = id.partition("@")
    save_model(models / name / version, tensors, written, "# tiny\n")
    return models / name / version


def pictures(folder: Path, count: int, noise: bool = False) -> list[str]:
    """PNGs of 32 px: a round thing before a ground, each its own; or nothing but noise. Gives their names."""
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for i in range(count):
        chance = np.random.RandomState(1000 + i)
        y, x = np.mgrid[:SIDE, :SIDE]
        pixels = np.full((SIDE, SIDE, 3), chance.randint(150, 256, 3), np.uint8)
        across, down = chance.uniform(12, 20, 2)
        pixels[(x - across) ** 2 + (y - down) ** 2 < chance.uniform(6, 11) ** 2] = chance.randint(0, 120, 3)
        if noise:
            pixels = chance.randint(0, 256, (SIDE, SIDE, 3)).astype(np.uint8)
        names.append(f"{i:05d}.png")
        Image.fromarray(pixels).save(folder / names[-1])
    return names
