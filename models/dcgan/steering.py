"""Steering by the losses, as people do who watch a DCGAN train.

The rate drops when the moving averages of both losses stand still; G or D is held back when D(x) - D(G(z)), in
probabilities, says that the other cannot follow.
"""

from __future__ import annotations

import torch
from torch import nn

FAST, SLOW = 4_000, 16_000  # half-lives of the losses' moving averages, in images
GAP = 1_000  # of the gap's
STILL = 0.02  # an average that moved by less than this part of itself stands still
PATIENCE = 20_000  # images for which both must stand still before the rate drops, and between drops
DROP, LOWEST = 0.6, 0.02  # the rate's factor at every drop; the least that is left of the rate
D_AHEAD, G_AHEAD = 0.95, 0.05  # gaps beyond which D, or G, waits


class Steering(nn.Module):
    """Its buffers are its whole state; a run saves them with its networks."""

    losses: torch.Tensor  # float64 (2, 2): fast and slow averages of loss_D and loss_G
    gap: torch.Tensor  # float64 (): average of D(x) - D(G(z))
    factor: torch.Tensor  # float64 (): of the learning rate
    still: torch.Tensor  # int64 (): images for which both averages stood still
    seen: torch.Tensor  # int64 (): images

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("losses", torch.zeros(2, 2, dtype=torch.float64))
        self.register_buffer("gap", torch.tensor(0.5, dtype=torch.float64))
        self.register_buffer("factor", torch.tensor(1.0, dtype=torch.float64))
        self.register_buffer("still", torch.tensor(0))
        self.register_buffer("seen", torch.tensor(0))

    @property
    def d_waits(self) -> bool:
        return float(self.gap) > D_AHEAD

    @property
    def g_waits(self) -> bool:
        return float(self.gap) < G_AHEAD

    @torch.no_grad()
    def watch(self, loss_D: float, loss_G: float, gap: float, batch: int) -> None:
        """Take note of one batch: its losses and its mean D(x) - D(G(z)), -1…1."""
        now = torch.tensor([loss_D, loss_G], dtype=torch.float64)
        if int(self.seen) == 0:
            self.losses.copy_(now.expand(2, 2))
        for row, half_life in enumerate((FAST, SLOW)):
            self.losses[row].lerp_(now, 1 - 0.5 ** (batch / half_life))
        self.gap.lerp_(torch.tensor(gap, dtype=torch.float64), 1 - 0.5 ** (batch / GAP))
        self.seen += batch
        fast, slow = self.losses
        stands = bool(((fast - slow).abs() <= STILL * slow.abs()).all()) and int(self.seen) >= SLOW
        self.still.copy_(self.still + batch if stands else torch.zeros_like(self.still))
        if int(self.still) >= PATIENCE:
            self.factor.copy_((self.factor * DROP).clamp(min=LOWEST))
            self.still.zero_()
