"""The DCGAN generator and discriminator, at 96 px and its relatives at 64, 128 and 256 px.

G starts at 4x4 and doubles with every stage (k4 s2 p1); the last stage to RGB doubles as well, or trebles (k5 s3 p1),
which is how 96 comes from 32. D mirrors G.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

import torch
from torch import nn

MAX_WIDTH = 4096  # no config out of a file may ask for a network that does not fit into memory
MAX_STAGES = 8

WIDTHS = {
    64: (512, 256, 128, 64),
    96: (512, 256, 128, 64),
    128: (512, 512, 256, 128, 64),
    256: (512, 512, 256, 128, 64, 32),
}


@dataclass(frozen=True, slots=True)
class DCGANConfig:
    """All that builds a G and a D. Raises ValueError where the fields do not fit together."""

    resolution: int = 96  # pixels; 4 * 2**(stages - 1), then times 2 or 3
    z_dim: int = 100  # size of a latent
    widths: tuple[int, ...] = WIDTHS[96]  # channels of G from the 4x4 stage to the one before RGB

    def __post_init__(self) -> None:
        whole = (self.resolution, self.z_dim, *self.widths)
        if not all(isinstance(value, int) and 1 <= value <= MAX_WIDTH for value in whole):
            raise ValueError(f"resolution, z_dim and widths are whole numbers from 1 to {MAX_WIDTH}: {self}")
        if not 1 <= len(self.widths) <= MAX_STAGES or self.resolution // self.before_last not in (2, 3):
            raise ValueError(f"{len(self.widths)} stages do not end at {self.resolution} px: {self}")
        if self.resolution % self.before_last:
            raise ValueError(f"{len(self.widths)} stages do not end at {self.resolution} px: {self}")

    @classmethod
    def of(cls, resolution: int) -> Self:
        """The member of the family at 64, 96, 128 or 256 px. Raises ValueError for another size."""
        if resolution not in WIDTHS:
            raise ValueError(f"DCGAN comes in {', '.join(map(str, WIDTHS))} px, not {resolution}")
        return cls(resolution, widths=WIDTHS[resolution])

    @property
    def before_last(self) -> int:
        """Side of the feature map that goes into G's last stage."""
        return 4 * 2 ** (len(self.widths) - 1)

    @property
    def last(self) -> tuple[int, int, int]:
        """Kernel, stride and padding of the stage to (in D: from) RGB."""
        return (5, 3, 1) if self.resolution == 3 * self.before_last else (4, 2, 1)

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "widths": list(self.widths)}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """Raises ValueError for a field that is missing, unknown or out of range."""
        try:
            return cls(**{**value, "widths": tuple(value["widths"])})
        except (TypeError, KeyError) as error:
            raise ValueError(f"not a DCGAN config: {error}") from error


class Generator(nn.Module):
    """z (N, z_dim), N(0, 1) -> pictures (N, 3, H, W) in -1…1."""

    def __init__(self, config: DCGANConfig) -> None:
        super().__init__()
        self.config = config
        self.z_dim = config.z_dim
        first, *rest = config.widths
        layers: list[nn.Module] = []
        layers += [nn.ConvTranspose2d(config.z_dim, first, 4, 1, 0, bias=False), nn.BatchNorm2d(first), nn.ReLU(True)]
        channels = first
        for width in rest:
            layers += [nn.ConvTranspose2d(channels, width, 4, 2, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(True)]
            channels = width
        layers += [nn.ConvTranspose2d(channels, 3, *config.last, bias=False), nn.Tanh()]
        self.main = nn.Sequential(*layers)
        self.apply(_init)

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return self.main(z[:, :, None, None])  # (N, 3, H, W)


class Discriminator(nn.Module):
    """Pictures (N, 3, H, W) in -1…1 -> logits (N,), higher for what looks real."""

    def __init__(self, config: DCGANConfig) -> None:
        super().__init__()
        self.config = config
        *rest, first = config.widths
        layers: list[nn.Module] = []
        layers += [nn.Conv2d(3, first, *config.last, bias=False), nn.LeakyReLU(0.2, True)]
        channels = first
        for width in reversed(rest):
            conv = nn.Conv2d(channels, width, 4, 2, 1, bias=False)
            layers += [conv, nn.BatchNorm2d(width), nn.LeakyReLU(0.2, True)]
            channels = width
        layers.append(nn.Conv2d(channels, 1, 4, 1, 0, bias=False))
        self.main = nn.Sequential(*layers)
        self.apply(_init)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.main(x).flatten()  # (N,)


def _init(module: nn.Module) -> None:
    """DCGAN, section 3: weights N(0, 0.02); BatchNorm's N(1, 0.02), as in the authors' code."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)
