"""Batch renorm by domain, and what goes with its statistics: how they are let loose, and how they are measured anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import nn

from models.twingan.config import TwinConfig
from models.twingan.norm import EPSILON, DomainNorm, Look, Numbers, OfDomain, affinely, norms


@dataclass(slots=True)
class Sums:
    """What a batch renorm has seen of a domain: batches, and the sums of their means and mean squares."""

    batches: int = 0
    mean: Numbers = 0.0
    square: Numbers = 0.0

    def add(self, mean: torch.Tensor, variance: torch.Tensor) -> None:
        self.batches += 1
        self.mean, self.square = self.mean + mean, self.square + variance + mean.square()


@dataclass(frozen=True, slots=True)
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
                self.sums.setdefault(look, Sums()).add(mean, variance)
        more, beside = (0.0, 0.0) if s is None or self.bend is None else self.bend(s)
        scale, shift = own.scale[None] + more, own.shift[None] + beside
        # x̂ = (x - mean) / std · r + d, then scale and shift, all in one
        return affinely(x, scale * (r / std), shift + scale * (d - mean * r / std))

    def normalized(self, x: torch.Tensor) -> torch.Tensor:
        return x

    def _affine(self, own: OfDomain, more: Numbers, beside: Numbers) -> tuple[torch.Tensor, torch.Tensor]:
        scale = (own.scale[None] + more) / own.std
        return scale, own.shift[None] + beside - own.mean * scale


@dataclass(frozen=True, slots=True)
class Schedule:
    """How batch renorm is let loose while training goes on: until `start` it is batch norm nearly, from `end` on free.

    Ioffe 2017, section 4.1 for the idea; the numbers are those with which TwinGAN was trained.
    """

    start: float = 10_000  # steps
    end: float = 30_000
    first: Limits = Limits(1.1, 0.1)
    last: Limits = Limits(4.0, 1.0)

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
                own.mean.copy_(torch.as_tensor(sums.mean / sums.batches))
                variance = torch.as_tensor(sums.square / sums.batches) - own.mean.square()
                own.std.copy_((variance.clamp(min=0) + EPSILON).sqrt())
    finally:
        for layer, (limits, training) in zip(layers, kept, strict=True):
            layer.limits, layer.sums = limits, None
            layer.train(training)
