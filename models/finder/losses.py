"""What the finder is told."""

from __future__ import annotations

import torch
from torch.nn import functional as F

GAMMA, ALPHA = 2.0, 0.4


def score_loss(logits: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Focal loss, summed, of logits and wanted values of one shape: 1, 0, or below 0 where nothing is told.

    Lin et al. 2017 (https://arxiv.org/abs/1708.02002), equation 5.
    """
    known = wanted >= 0
    logits, wanted = logits[known], wanted[known]
    p = logits.sigmoid()
    right = torch.where(wanted > 0.5, p, 1 - p)
    weight = torch.where(wanted > 0.5, ALPHA, 1 - ALPHA) * (1 - right) ** GAMMA
    return (weight * F.binary_cross_entropy_with_logits(logits, wanted, reduction="none")).sum()


def box_loss(found: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """1 - GIoU of boxes (n, 4) as logarithms of distances from one place to the left, upper, right and lower side.

    Rezatofighi et al. 2019 (https://arxiv.org/abs/1902.09630), algorithm 1. Returns (n,).
    """
    a, b = found.clamp(-6, 6).exp(), wanted.exp()
    areas = [(box[:, 0] + box[:, 2]) * (box[:, 1] + box[:, 3]) for box in (a, b)]
    inner, hull = torch.minimum(a, b), torch.maximum(a, b)
    common = (inner[:, 0] + inner[:, 2]) * (inner[:, 1] + inner[:, 3])
    around = (hull[:, 0] + hull[:, 2]) * (hull[:, 1] + hull[:, 3])
    union = areas[0] + areas[1] - common
    return 1 - common / union + (around - union) / around


def point_loss(found: torch.Tensor, wanted: torch.Tensor, size: torch.Tensor) -> torch.Tensor:
    """Huber's loss (n,) of points (n, 2k), as shares of the face's size (n,)."""
    return F.smooth_l1_loss(found / size[:, None], wanted / size[:, None], reduction="none", beta=0.05).mean(1)
