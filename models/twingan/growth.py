"""How far a network has grown: Karras et al. 2018 (https://arxiv.org/abs/1710.10196), section 2 and figure 2.

A stage is a number. At stage 0 pictures have 4 px, at stage k they have 4·2^k; between k - 1 and k pictures have the
size of k, whose layers are faded in: at k - 0.25 they count three quarters.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch.nn.functional import avg_pool2d, interpolate

_SIDE = re.compile(r"(?:^|\.)(?:b|fromrgb|torgb)(\d+)\.")


@dataclass(frozen=True, slots=True)
class Grown:
    """What a stage means."""

    side: int  # of the pictures, in pixels
    # How much the layers of this side count, above 0 to 1; the rest those of half of the side do. A tensor () where a
    # recorded step (`models.training.graphs`) is to follow it.
    alpha: float | torch.Tensor

    @property
    def fades(self) -> bool:
        """Whether the layers of this side do not count alone."""
        return isinstance(self.alpha, torch.Tensor) or self.alpha < 1.0

    @classmethod
    def at(cls, stage: Stage, stages: int) -> Grown:
        """`stages` is that of the whole network, and what None means. Raises ValueError for a stage out of range."""
        if isinstance(stage, Grown):
            return stage
        if stage is None:
            return cls(4 * 2**stages, 1.0)
        if not 0.0 <= stage <= stages:
            raise ValueError(f"a stage is from 0 to {stages}, not {stage}")
        last = math.ceil(stage)
        return cls(4 * 2**last, 1.0 - (last - stage))


Stage = float | Grown | None


def cut(tensors: Mapping[str, torch.Tensor], side: int) -> dict[str, torch.Tensor]:
    """The tensors of a network that has grown to `side`, of those of the whole one: they build `TwinConfig.cut`."""
    return {
        key: value for key, value in tensors.items() if (found := _SIDE.search(key)) is None or int(found[1]) <= side
    }


def halved(x: torch.Tensor) -> torch.Tensor:
    """(N, C, H, W) -> (N, C, H/2, W/2): means of four."""
    return avg_pool2d(x, 2)


def doubled(x: torch.Tensor) -> torch.Tensor:
    """(N, C, H, W) -> (N, C, 2H, 2W): each number four times."""
    return interpolate(x, scale_factor=2, mode="nearest")


def faded(small: torch.Tensor, large: torch.Tensor, alpha: float | torch.Tensor) -> torch.Tensor:
    """`large` by so much, `small` by the rest, in their type."""
    return small + (large - small) * alpha


def shown(x: torch.Tensor, stage: Stage, stages: int) -> torch.Tensor:
    """Pictures (N, 3, R, R) of full size as a network of this stage is to see them: of its size, and as blurred as what
    it draws while layers are faded in."""
    grown = Grown.at(stage, stages)
    while x.shape[2] > grown.side:
        x = halved(x)
    return faded(doubled(halved(x)), x, grown.alpha) if grown.fades else x
