"""Adam with a penalty that comes seldom, whose rate follows a recorded step, and whose gradients are everybody's."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from models.training import several


def adam(
    parameters: Sequence[nn.Parameter], rate: float, device: torch.device, ratio: float = 1.0, beta1: float = 0.0
) -> torch.optim.Optimizer:
    """`ratio` is n / (n + 1) where a penalty comes every n steps and then counts for all of them: as if it came always.

    Karras et al. 2020 (https://arxiv.org/abs/1912.04958), appendix B, "Lazy regularization".
    """
    rate, betas = rate * ratio, (beta1, 0.99**ratio)
    if device.type != "cuda":
        return torch.optim.Adam(parameters, rate, betas, 1e-8)
    # In one kernel; the rate and the count of steps lie on the device, so that a recorded step can follow them.
    return torch.optim.Adam(parameters, torch.tensor(rate, device=device), betas, 1e-8, fused=True, capturable=True)


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    for group in optimizer.param_groups:
        if isinstance(group["lr"], torch.Tensor):
            group["lr"].fill_(rate)
        else:
            group["lr"] = rate


def step(optimizer: torch.optim.Optimizer) -> None:
    """With the mean of all processes' gradients."""
    several.average(p.grad for group in optimizer.param_groups for p in group["params"] if p.grad is not None)
    optimizer.step()
