"""How a DCGAN is trained: the presets, and the learning rate along a run."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Self

from models.training.diffaugment import parse

MAX_EVERY = 1000


@dataclass(frozen=True, slots=True)
class DCGANOptions:
    """Raises ValueError for values that make no sense."""

    batch: int = 64  # images a step
    lr: float = 2e-4  # Adam's, of G and D, at the beginning
    betas: tuple[float, float] = (0.5, 0.99)
    schedule: tuple[tuple[float, float], ...] = ()  # (share of the run, rate from there on), ascending
    decay: float = 0.0  # the last part of the run, 0…1, over which the rate falls along a cosine to `lr_end`
    lr_end: float = 0.05  # of the rate, at the end of the decay
    steer: bool = False  # let the losses lower the rate and hold G or D back; see models.dcgan.steering
    d_every: int = 1  # D learns from every n-th batch
    g_every: int = 1  # likewise G
    d_norm: str = "batch"  # D's normalisation; see DCGANConfig
    gamma: float = 0.0  # of R1; 0: none
    r1_every: int = 16  # batches between R1 penalties ("lazy", Karras et al. 2020, section 3.1)
    read: float = 0.0  # weight of the labels that D reads off pictures, in both losses
    mismatch: float = 0.0  # weight of real pictures with others' labels among D's fakes
    aug: str = "none"  # DiffAugment: some of color,translation,cutout
    ema_kimg: float = 10.0  # half-life of G_ema's average
    ema_rampup: float = 0.05  # at first the half-life is this part of the run so far; StyleGAN2's EMA rampup
    mirror: bool = False  # flip half of the pictures

    def __post_init__(self) -> None:
        parse(self.aug)
        if not (1 <= self.d_every <= MAX_EVERY and 1 <= self.g_every <= MAX_EVERY and 1 <= self.r1_every <= MAX_EVERY):
            raise ValueError(f"d_every, g_every and r1_every are 1 to {MAX_EVERY}")
        if not (0.0 <= self.decay <= 1.0 and self.gamma >= 0.0 and math.isfinite(self.gamma)):
            raise ValueError("decay is a part of the run, 0 to 1, and gamma a number from 0")
        if self.steer and (self.schedule or self.decay):
            raise ValueError("the rate follows either a schedule or the losses (steer)")

    def rate(self, done: float) -> float:
        """The learning rate when the part `done` (0…1) of the run is over."""
        rate = self.lr
        for begin, value in self.schedule:
            if done >= begin:
                rate = value
        if self.decay > 0.0 and done > 1.0 - self.decay:
            along = min(1.0, (done - (1.0 - self.decay)) / self.decay)
            rate *= self.lr_end + (1.0 - self.lr_end) * 0.5 * (1.0 + math.cos(math.pi * along))
        return rate

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "betas": list(self.betas), "schedule": [list(step) for step in self.schedule]}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """Raises ValueError for a field that is unknown or out of range."""
        try:
            schedule = tuple((float(begin), float(rate)) for begin, rate in value.get("schedule", ()))
            return cls(**{**value, "betas": tuple(value.get("betas", (0.5, 0.99))), "schedule": schedule})
        except TypeError as error:
            raise ValueError(f"not a DCGAN's options: {error}") from error


# Rates from epochs 0, 10, 30, 50 and 160 of 290, kept as parts of a run so that runs of any length follow them.
_CLASSIC = ((0.0, 1e-3), (10 / 290, 5e-4), (30 / 290, 3e-4), (50 / 290, 2e-4), (160 / 290, 1e-4))
PRESETS = {
    "waifu": DCGANOptions(
        batch=32, lr=3e-4, betas=(0.5, 0.99), decay=0.4, d_norm="none", gamma=0.1, read=1.0, mismatch=0.5,
        aug="translation", ema_kimg=20.0, ema_rampup=0.05, mirror=True,
    ),
    "small": DCGANOptions(
        batch=16, lr=2e-4, betas=(0.5, 0.99), decay=0.3, d_norm="none", gamma=0.3, read=0.5, mismatch=0.0,
        aug="color,translation,cutout", ema_kimg=5.0, ema_rampup=0.05, mirror=True,
    ),
    "classic": DCGANOptions(
        batch=64, lr=1e-3, betas=(0.5, 0.999), schedule=_CLASSIC, d_every=1, g_every=5, ema_kimg=0.0,
    ),
}  # fmt: skip
