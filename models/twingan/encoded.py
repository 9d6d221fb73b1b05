"""What E makes of pictures, and G draws from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import torch


@dataclass(frozen=True, slots=True)
class Encoded:
    """A batch of pictures as E sees them; two of them join, and rows of one can be taken."""

    latent: torch.Tensor  # (N, C, 4, 4)
    skips: Mapping[int, torch.Tensor] = field(default_factory=dict)  # side -> (N, channels, side, side)

    def __len__(self) -> int:
        return len(self.latent)

    def __getitem__(self, rows: slice | torch.Tensor | Sequence[int]) -> Self:
        """Some of the pictures, in the order of `rows`."""
        return self.mapped(lambda maps: maps[rows])

    def mapped(self, change: Callable[[torch.Tensor], torch.Tensor]) -> Self:
        """With all maps changed."""
        return type(self)(change(self.latent), {side: change(maps) for side, maps in self.skips.items()})

    def detach(self) -> Self:
        """Without a way back for gradients."""
        return self.mapped(torch.Tensor.detach)

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """All pictures of some batches of one network, in order."""
        skips = {side: torch.cat([part.skips[side] for part in parts]) for side in parts[0].skips}
        return cls(torch.cat([part.latent for part in parts]), skips)
