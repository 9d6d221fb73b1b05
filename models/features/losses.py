"""What the features network is told."""

from __future__ import annotations

import torch
from torch.nn import functional as F


def contrastive_loss(embedding: torch.Tensor, groups: torch.Tensor, temperature: float) -> torch.Tensor:
    """Supervised contrastive loss of unit vectors (N, d) whose characters are `groups` (N,).

    Khosla et al. 2020 (https://arxiv.org/abs/2004.11362), equation 2 (L_out). Pictures without a fellow in the batch
    only push; 0 where nobody has one.
    """
    same = groups[:, None] == groups[None]
    self_ = torch.eye(len(groups), dtype=torch.bool, device=groups.device)
    fellows = same & ~self_
    similarity = (embedding @ embedding.T / temperature).masked_fill(self_, -torch.inf)
    log_share = similarity - similarity.logsumexp(1, keepdim=True)
    count = fellows.sum(1)
    total = -log_share.masked_fill(~fellows, 0.0).sum(1) / count.clamp_min(1)
    return total.sum() / (count > 0).sum().clamp_min(1)


def choice_loss(logits: tuple[torch.Tensor, ...], chosen: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy over the attributes.

    `chosen` is int64 (N, attributes), -1 where there is no answer; `weights` (N, attributes) says how much each counts.
    """
    weights = torch.where(chosen >= 0, weights, 0.0)
    total = logits[0].new_zeros(())
    for column, weight, scores in zip(chosen.unbind(1), weights.unbind(1), logits, strict=True):
        errors = F.cross_entropy(scores, column, ignore_index=-1, reduction="none")
        total = total + (errors * weight).sum() / weight.sum().clamp_min(1e-6)
    return total / len(logits)


def number_loss(found: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Huber's loss of (N, numbers), where `wanted` is not NaN."""
    known = ~wanted.isnan()
    error = F.smooth_l1_loss(found, torch.where(known, wanted, found.detach()), reduction="sum", beta=0.2)
    return error / known.sum().clamp_min(1)
