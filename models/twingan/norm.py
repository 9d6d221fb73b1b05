"""Normalisation by domain: what differs between the domains of a network, and all that does.

Every layer normalises maps and then scales and shifts each channel; scale and shift (and with batch renorm the running
statistics) are a domain's own. What is asked of a picture moves both, as in AdaIN (Huang & Belongie 2017,
https://arxiv.org/abs/1703.06868).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn.functional import group_norm

from models.twingan.config import TwinConfig

EPSILON = 1e-5  # of variances

Numbers = torch.Tensor | float


@dataclass(frozen=True, slots=True)
class Between:
    """A look on the way from one domain's to another's, for each picture of a batch."""

    source: str
    to: str
    strength: torch.Tensor  # (N,): 0 as in `source`, 1 as in `to`; above 1 it goes on


Look = str | Between  # as what maps are normalised: a domain, or a way between two


class OfDomain(nn.Module):
    """A domain's scale and shift, and with `running` its running statistics."""

    mean: torch.Tensor  # (channels,)
    std: torch.Tensor  # (channels,)

    def __init__(self, channels: int, running: bool) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(channels))
        self.shift = nn.Parameter(torch.zeros(channels))
        if running:
            self.register_buffer("mean", torch.zeros(channels))
            self.register_buffer("std", torch.ones(channels))


class Bend(nn.Module):
    """How far a condition s (N, style_dim) moves scale and shift: (N, channels) each. Zeros move nothing."""

    def __init__(self, style_dim: int, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(2 * channels, style_dim))
        self.gain = 1 / math.sqrt(style_dim)

    def forward(self, s: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        scale, shift = (s.float() @ (self.weight.T * self.gain)).chunk(2, 1)
        return scale, shift


class DomainNorm(nn.Module, ABC):
    """Maps (N, C, H, W) -> of the same shape and type, as `look` has them. With `bends`, s (N, style_dim) counts."""

    running = False

    def __init__(self, config: TwinConfig, channels: int, *, bends: bool) -> None:
        super().__init__()
        self.channels = channels
        self.domains: tuple[str, ...] = ()
        for domain in config.domains:
            self.add_domain(domain)
        self.bend = Bend(config.style_dim, channels) if bends else None

    def add_domain(self, name: str, like: str | None = None) -> None:
        """One more domain, which begins as `like` is."""
        own = OfDomain(self.channels, self.running)
        if like is not None:
            theirs = self.of(like)
            own.to(theirs.scale.device).load_state_dict(theirs.state_dict())
        setattr(self, f"in_{name}", own)
        self.domains += (name,)

    def of(self, domain: str) -> OfDomain:
        return getattr(self, f"in_{domain}")

    def affine(self, look: Look, s: torch.Tensor | None = None) -> tuple[torch.Tensor, torch.Tensor]:
        """What maps are multiplied by at inference, once they are `normalized`, and what is then added: (1 or N, C)."""
        more, beside = (0.0, 0.0) if s is None or self.bend is None else self.bend(s)
        if isinstance(look, str):
            return self._affine(self.of(look), more, beside)
        t = look.strength.float()[:, None]
        (scale, shift), (to_scale, to_shift) = (
            self._affine(self.of(domain), more, beside) for domain in (look.source, look.to)
        )
        return torch.lerp(scale, to_scale, t), torch.lerp(shift, to_shift, t)

    @abstractmethod
    def normalized(self, x: torch.Tensor) -> torch.Tensor:
        """At inference, before `affine`."""

    @abstractmethod
    def _affine(self, own: OfDomain, more: Numbers, beside: Numbers) -> tuple[torch.Tensor, torch.Tensor]: ...

    def forward(self, x: torch.Tensor, look: Look, s: torch.Tensor | None = None) -> torch.Tensor:
        return affinely(self.normalized(x), *self.affine(look, s))


class GroupNorm(DomainNorm):
    """Each picture by itself, groups of channels together (Wu & He 2018, https://arxiv.org/abs/1803.08494).

    Nothing is remembered, so that a picture comes out the same in training and after, whatever the company. With as
    many groups as channels it is instance norm.
    """

    def __init__(self, config: TwinConfig, channels: int, *, bends: bool) -> None:
        super().__init__(config, channels, bends=bends)
        self.groups = channels if config.norm == "instance" else math.gcd(channels, config.groups)

    def forward(self, x: torch.Tensor, look: Look, s: torch.Tensor | None = None) -> torch.Tensor:
        if not isinstance(look, str) or s is not None:
            return super().forward(x, look, s)
        own = self.of(look)
        # On a CPU torch 2.13 crashes where scale and shift are to have gradients, and channels-last maps are not.
        if torch.is_grad_enabled() and own.scale.requires_grad and not x.requires_grad:
            return super().forward(x, look)
        return group_norm(x, self.groups, own.scale.to(x.dtype), own.shift.to(x.dtype), EPSILON)

    def normalized(self, x: torch.Tensor) -> torch.Tensor:
        return group_norm(x, self.groups, eps=EPSILON)

    def _affine(self, own: OfDomain, more: Numbers, beside: Numbers) -> tuple[torch.Tensor, torch.Tensor]:
        return own.scale[None] + more, own.shift[None] + beside


def affinely(x: torch.Tensor, scale: torch.Tensor, shift: torch.Tensor) -> torch.Tensor:
    """x (N, C, H, W) times scale plus shift, (1 or N, C) each, in the type of x."""
    return torch.addcmul(shift.to(x.dtype)[:, :, None, None], x, scale.to(x.dtype)[:, :, None, None])


def norms(*networks: nn.Module) -> Iterator[DomainNorm]:
    for network in networks:
        yield from (module for module in network.modules() if isinstance(module, DomainNorm))
