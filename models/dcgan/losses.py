"""The non-saturating logistic loss (Goodfellow et al. 2014, section 3), as StyleGAN writes it."""

from __future__ import annotations

import torch
from torch.nn.functional import softplus


def d_loss(real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
    """Logits (N,) of real and of drawn pictures -> the discriminator's loss, a scalar, float32."""
    return softplus(-real.float()).mean() + softplus(fake.float()).mean()


def g_loss(fake: torch.Tensor) -> torch.Tensor:
    """Logits (N,) of drawn pictures -> the generator's loss, a scalar, float32."""
    return softplus(-fake.float()).mean()
