"""What is asked of a batch's translations in training, by chance: labels, somebody's look, another variant."""

from __future__ import annotations

import numpy as np
import torch

from data.labels import NAMES
from models.twingan.generator import VARIATION
from models.twingan.options import TwinOptions
from models.twingan.scenes import NEXT

LOOK = frozenset({
    "hair_l", "hair_a", "hair_b", "eye_l", "eye_a", "eye_b", "skin_tone", "age", "masculine", "hair_reach", "hair_wave",
    "glasses", "ears_cat", "ears_elf", "headwear", "ribbon", "twin_tails", "ponytail", "bare_forehead",
})  # fmt: skip
"""Labels that are of a character, beside the style; the others are of the moment: pose and expression."""
# Labels that are asked for together.
TOGETHER = (
    ("hair_l", "hair_a", "hair_b"), ("eye_l", "eye_a", "eye_b"), ("skin_tone",), ("age",), ("masculine",),
    ("hair_reach",), ("eyes_open",), ("mouth_opening", "smile"), ("blush",), ("yaw",), ("glasses",),
    ("ears_cat", "ears_elf"), ("headwear",), ("twin_tails", "ponytail"),
)  # fmt: skip


def chosen(
    options: TwinOptions, known: np.ndarray, style_dim: int, chance: torch.Generator, *, nobody: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Of what is `known` (N, c_dim) of the target's pictures: labels that are asked for (N, c_dim), of which pictures
    (N,), those that come with the look (N, c_dim), and what is added to styles (N, style_dim).

    With `nobody` nothing is: where mirror images are compared, or goals alone teach.
    """
    n = len(known)
    which = torch.rand(n, generator=chance).numpy()
    some = torch.rand(n, len(TOGETHER), generator=chance).numpy() < 0.2
    noise = (VARIATION * torch.randn(n, style_dim, generator=chance)).numpy()
    if nobody:
        which = np.ones(n)
    wished = which < options.wish
    liked = (which >= options.wish) & (which < options.wish + options.like)
    varied = (which >= options.wish + options.like) & (which < options.wish + options.like + options.vary)
    lent = np.roll(known, NEXT, 0)
    asked = np.zeros_like(known)
    for group, picked in zip(TOGETHER, some.T, strict=True):
        for name in group:
            asked[:, NAMES.index(name)] = picked & wished
    look = np.array([name in LOOK or name.startswith("style_") for name in NAMES], np.float32)
    return asked * lent, wished, liked[:, None] * look, noise * varied[:, None]
