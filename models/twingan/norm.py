"""Normalisation by domain: what differs between the domains of a network, and all that does.

Every layer normalises maps and then scales and shifts each channel; scale and shift (and with batch renorm the running
statistics) are a domain's own. What is asked of a picture moves both, as in AdaIN (Huang & Belongie 2017,
https://arxiv.org/abs/1703.06868).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

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

    def normalized(self, x: torch.Tensor) -> torch.Tensor:
        return group_norm(x, self.groups, eps=EPSILON)

    def _affine(self, own: OfDomain, more: Numbers, beside: Numbers) -> tuple[torch.Tensor, torch.Tensor]:
        return own.scale[None] + more, own.shift[None] + beside


@dataclass(slots=True)
class Sums:
    """What a batch renorm has seen of a domain: batches, and the sums of their means and variances."""

    batches: int = 0
    mean: Numbers = 0.0
    variance: Numbers = 0.0


@dataclass(slots=True)
class Limits:
    """How far batch renorm lets running statistics correct those of a batch."""

    r_max: float = 1.0
    d_max: float = 0.0


class BatchRenorm(DomainNorm):
    """By the statistics of the batch in training, which are held near the running ones; by these after.

    Ioffe 2017 (https://arxiv.org/abs/1702.03275), algorithm 1. With r_max 1 and d_max 0, as it begins, it is batch
    norm. Only a domain itself can be trained, no way between two.
    """

    running = True

    def __init__(self, config: TwinConfig, channels: int, *, bends: bool) -> None:
        super().__init__(config, channels, bends=bends)
        self.momentum = config.momentum
        self.limits = Limits()
        self.sums: dict[str, Sums] | None = None  # while statistics are measured

    def forward(self, x: torch.Tensor, look: Look, s: torch.Tensor | None = None) -> torch.Tensor:
        if not self.training:
            return super().forward(x, look, s)
        if not isinstance(look, str):
            raise ValueError("batch renorm learns a domain, and no way between two")
        own = self.of(look)
        variance, mean = torch.var_mean(x.float(), (0, 2, 3), correction=0)
        std = (variance + EPSILON).sqrt()
        r_max, d_max = self.limits.r_max, self.limits.d_max
        with torch.no_grad():
            r = (std / own.std).clamp(1 / r_max, r_max)
            d = ((mean - own.mean) / own.std).clamp(-d_max, d_max)
            if self.sums is None:
                own.mean.lerp_(mean, self.momentum)
                own.std.lerp_(std, self.momentum)
            else:
                sums = self.sums.setdefault(look, Sums())
                sums.batches, sums.mean, sums.variance = sums.batches + 1, sums.mean + mean, sums.variance + variance
        more, beside = (0.0, 0.0) if s is None or self.bend is None else self.bend(s)
        scale, shift = own.scale[None] + more, own.shift[None] + beside
        # x̂ = (x - mean) / std · r + d, then scale and shift, all in one
        return affinely(x, scale * (r / std), shift + scale * (d - mean * r / std))

    def normalized(self, x: torch.Tensor) -> torch.Tensor:
        return x

    def _affine(self, own: OfDomain, more: Numbers, beside: Numbers) -> tuple[torch.Tensor, torch.Tensor]:
        scale = (own.scale[None] + more) / own.std
        return scale, own.shift[None] + beside - own.mean * scale


def norm(config: TwinConfig, channels: int, *, bends: bool) -> DomainNorm:
    """The layer that a config names."""
    kind = BatchRenorm if config.norm == "batch_renorm" else GroupNorm
    return kind(config, channels, bends=bends)


def affinely(x: torch.Tensor, scale: torch.Tensor, shift: torch.Tensor) -> torch.Tensor:
    """x (N, C, H, W) times scale plus shift, (1 or N, C) each, in the type of x."""
    return torch.addcmul(shift.to(x.dtype)[:, :, None, None], x, scale.to(x.dtype)[:, :, None, None])


def norms(*networks: nn.Module) -> Iterator[DomainNorm]:
    for network in networks:
        yield from (module for module in network.modules() if isinstance(module, DomainNorm))


@dataclass(frozen=True, slots=True)
class Schedule:
    """How batch renorm is let loose while training goes on: until `start` it is batch norm nearly, from `end` on free.

    Ioffe 2017, section 4.1 for the idea; the numbers are those with which TwinGAN was trained.
    """

    start: float = 10_000  # steps
    end: float = 30_000
    first: Limits = field(default_factory=lambda: Limits(1.1, 0.1))
    last: Limits = field(default_factory=lambda: Limits(4.0, 1.0))

    def limits(self, step: float) -> Limits:
        t = min(1.0, max(0.0, (step - self.start) / (self.end - self.start)))
        first, last = self.first, self.last
        return Limits(first.r_max + t * (last.r_max - first.r_max), first.d_max + t * (last.d_max - first.d_max))


def let_loose(limits: Limits, *networks: nn.Module) -> None:
    """Give all batch renorms of some networks their limits; the other norms have none."""
    for layer in norms(*networks):
        if isinstance(layer, BatchRenorm):
            layer.limits = limits


@contextmanager
def measuring(*networks: nn.Module) -> Iterator[None]:
    """What goes through the networks within becomes the running statistics of its domains, all of it alike.

    The networks are in training mode meanwhile, as batch norm, without corrections. Other norms have none: nothing is
    changed.
    """
    layers = [layer for layer in norms(*networks) if isinstance(layer, BatchRenorm)]
    kept = [(layer.limits, layer.training) for layer in layers]
    for layer in layers:
        layer.limits, layer.sums = Limits(), {}
        layer.train()
    try:
        yield
        for layer in layers:
            for domain, sums in (layer.sums or {}).items():
                own = layer.of(domain)
                own.mean.copy_(torch.as_tensor(sums.mean) / sums.batches)
                own.std.copy_((torch.as_tensor(sums.variance) / sums.batches + EPSILON).sqrt())
    finally:
        for layer, (limits, training) in zip(layers, kept, strict=True):
            layer.limits, layer.sums = limits, None
            layer.train(training)
