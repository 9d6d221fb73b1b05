"""The non-saturating logistic loss (Goodfellow et al. 2014, section 3), as StyleGAN writes it, and what steadies it.

It is what the classic DCGAN calls BCE: softplus(-x) is the cross-entropy of a logit x with the answer "real".
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch.nn.functional import softplus


def d_loss(real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
    """Logits (N,) of real and of drawn pictures -> the discriminator's loss, a scalar, float32."""
    return softplus(-real.float()).mean() + softplus(fake.float()).mean()


def g_loss(fake: torch.Tensor) -> torch.Tensor:
    """Logits (N,) of drawn pictures -> the generator's loss, a scalar, float32."""
    return softplus(-fake.float()).mean()


def mismatch_loss(logits: torch.Tensor) -> torch.Tensor:
    """Logits (N,) of real pictures with others' labels, which D should call fake; a scalar, float32.

    Reed et al. 2016 (https://arxiv.org/abs/1605.05396), section 4.2.
    """
    return softplus(logits.float()).mean()


def read_loss(read: torch.Tensor, c: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Labels as D reads them off pictures (N, c_dim) against what they are; a scalar, float32.

    A regression where AC-GAN (Odena et al. 2017, https://arxiv.org/abs/1610.09585) classifies. `weights` (c_dim,).
    """
    return ((read.float() - c).square() * weights).mean()


def r1_penalty(D: Callable[[torch.Tensor], torch.Tensor], real: torch.Tensor) -> torch.Tensor:
    """E |grad D(x)|² on real pictures, a scalar: R1 without its factor gamma / 2.

    Mescheder et al. 2018 (https://arxiv.org/abs/1801.04406), equation 9.
    """
    x = real.detach().requires_grad_(True)
    (gradient,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)
    return gradient.square().sum([1, 2, 3]).mean()


def dragan_penalty(D: Callable[[torch.Tensor], torch.Tensor], real: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
    """E (|grad D(x)| - 1)² about real pictures, a scalar. `noise` is like `real`, in -1…1.

    Kodali et al. 2017 (https://arxiv.org/abs/1705.07215), equation 1, with a step of up to half a deviation of all
    pixels, as TwinGAN takes it.
    """
    x = (real.detach() + 0.5 * real.detach().std() * noise).requires_grad_(True)
    (gradient,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)
    norm = (gradient.square().sum([1, 2, 3]) + 1e-12).sqrt()
    return (norm - 1).square().mean()
