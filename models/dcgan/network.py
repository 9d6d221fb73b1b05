"""The DCGAN generator and discriminator at 64, 96, 128 and 256 px, with labels or without.

G starts at a small map and doubles it with every stage (k4 s2 p1); the last stage, to RGB, doubles as well, or trebles
(k5 s3 p1), which is how the first 96 px network came from 32, or keeps the size (k3 s1 p1) where a stage of its own has
drawn the finest lines. D mirrors G. Radford et al. 2016, https://arxiv.org/abs/1511.06434.

With labels (`c_dim` > 0) G takes z and an embedding of the label vector; no BatchNorm depends on labels, so that all of
them fold into convolutions. D is a projection discriminator (Miyato & Koyama 2018, https://arxiv.org/abs/1802.05637)
that also reads the labels off a picture (as in AC-GAN, Odena et al. 2017, but numbers in place of classes).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

import torch
from torch import nn

MAX_WIDTH = 4096  # no config out of a file may ask for a network that does not fit into memory
MAX_STAGES = 8
MAX_BANK = 65_536
BANK = 4096  # label vectors that a network with labels carries: a sheet of 64 then seldom has two of one row
FIRST_BANK = 512  # of the networks whose config does not say
EMBED = 128  # of the labels, beside z
HEAD = 256  # features of D that meet the labels

WIDTHS = {
    64: (512, 256, 128, 64),
    96: (512, 256, 128, 64),
    128: (512, 512, 256, 128, 64),
    256: (512, 512, 256, 128, 64, 32),
}
# Of the networks with labels: at 96 px from a smaller first map, with two stages more, the last of them at full size.
# What the other one leaves to a single trebling from 32 px, it sees and draws: lashes, glasses, the lights in an eye.
START = 3
WIDTHS_WITH_LABELS = {
    96: (320, 256, 160, 96, 64, 32),
}
NORMS = ("batch", "none")


@dataclass(frozen=True, slots=True)
class DCGANConfig:
    """All that builds a G and a D. Raises ValueError where the fields do not fit together."""

    resolution: int = 96  # pixels; start * 2**(stages - 1), then times 1, 2 or 3
    z_dim: int = 100  # size of a latent
    widths: tuple[int, ...] = WIDTHS[96]  # channels of G from the first map to the one before RGB
    c_dim: int = 0  # size of the label vector; 0: without labels
    start: int = 4  # side of G's first map
    d_norm: str = "batch"  # one of NORMS: D's; its convolutions have a bias where it is "none"
    bank: int = FIRST_BANK  # label vectors that G carries, where there are labels

    def __post_init__(self) -> None:
        whole = (self.resolution, self.z_dim, self.start, *self.widths)
        if not all(isinstance(value, int) and 1 <= value <= MAX_WIDTH for value in whole):
            raise ValueError(f"resolution, z_dim, start and widths are whole numbers from 1 to {MAX_WIDTH}: {self}")
        if not isinstance(self.c_dim, int) or not 0 <= self.c_dim <= MAX_WIDTH or self.d_norm not in NORMS:
            raise ValueError(f"c_dim is 0 to {MAX_WIDTH} and d_norm one of {', '.join(NORMS)}: {self}")
        if not isinstance(self.bank, int) or not 1 <= self.bank <= MAX_BANK:
            raise ValueError(f"bank is a whole number from 1 to {MAX_BANK}: {self}")
        if not 1 <= len(self.widths) <= MAX_STAGES or self.resolution // self.before_last not in (1, 2, 3):
            raise ValueError(f"{len(self.widths)} stages do not end at {self.resolution} px: {self}")
        if self.resolution % self.before_last:
            raise ValueError(f"{len(self.widths)} stages do not end at {self.resolution} px: {self}")

    @classmethod
    def of(cls, resolution: int, c_dim: int = 0, d_norm: str = "batch") -> Self:
        """The member of the family at 64, 96, 128 or 256 px. Raises ValueError for another size."""
        if resolution not in WIDTHS:
            raise ValueError(f"DCGAN comes in {', '.join(map(str, WIDTHS))} px, not {resolution}")
        if c_dim and resolution in WIDTHS_WITH_LABELS:
            widths, start = WIDTHS_WITH_LABELS[resolution], START
        else:
            widths, start = WIDTHS[resolution], 4
        return cls(resolution, widths=widths, c_dim=c_dim, start=start, d_norm=d_norm, bank=BANK)

    @property
    def before_last(self) -> int:
        """Side of the feature map that goes into G's last stage."""
        return self.start * 2 ** (len(self.widths) - 1)

    @property
    def last(self) -> tuple[int, int, int]:
        """Kernel, stride and padding of the stage to (in D: from) RGB."""
        return {1: (3, 1, 1), 2: (4, 2, 1), 3: (5, 3, 1)}[self.resolution // self.before_last]

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
    """z (N, z_dim), N(0, 1), and with labels c (N, c_dim) -> pictures (N, 3, H, W) in -1…1."""

    c_bank: torch.Tensor  # (bank, c_dim): label vectors of the training set, for what is not asked for

    def __init__(self, config: DCGANConfig) -> None:
        super().__init__()
        self.config = config
        self.z_dim = config.z_dim
        self.c_dim = config.c_dim
        if config.c_dim:
            self.embed = nn.Sequential(nn.Linear(config.c_dim, EMBED), nn.LeakyReLU(0.2), nn.Linear(EMBED, EMBED))
            self.register_buffer("c_bank", torch.zeros(config.bank, config.c_dim))
        first, *rest = config.widths
        inputs = config.z_dim + (EMBED if config.c_dim else 0)
        layers: list[nn.Module] = []
        layers += [nn.ConvTranspose2d(inputs, first, config.start, 1, 0, bias=False), nn.BatchNorm2d(first)]
        layers += [nn.ReLU(True)]
        channels = first
        for width in rest:
            layers += [nn.ConvTranspose2d(channels, width, 4, 2, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(True)]
            channels = width
        layers += [nn.ConvTranspose2d(channels, 3, *config.last, bias=False), nn.Tanh()]
        self.main = nn.Sequential(*layers)
        self.main.apply(_init)

    def forward(self, z: torch.Tensor, c: torch.Tensor | None = None) -> torch.Tensor:
        return self.main(self.inputs(z, c)[:, :, None, None])  # (N, 3, H, W)

    def inputs(self, z: torch.Tensor, c: torch.Tensor | None) -> torch.Tensor:
        """What goes into `main`: (N, z_dim), with labels (N, z_dim + EMBED). Raises ValueError for labels missing."""
        if not self.c_dim:
            return z
        if c is None:
            raise ValueError("this network needs labels")
        return torch.cat([z, self.embed(c).to(z.dtype)], 1)


class Discriminator(nn.Module):
    """Pictures (N, 3, H, W) in -1…1, and with labels c (N, c_dim) -> logits (N,), higher for what looks real."""

    def __init__(self, config: DCGANConfig) -> None:
        super().__init__()
        self.config = config
        self.c_dim = config.c_dim
        *rest, first = config.widths
        plain = config.d_norm == "none"
        layers: list[nn.Module] = []
        layers += [nn.Conv2d(3, first, *config.last, bias=plain), nn.LeakyReLU(0.2, True)]
        channels = first
        for width in reversed(rest):
            layers.append(nn.Conv2d(channels, width, 4, 2, 1, bias=plain))
            layers += [nn.LeakyReLU(0.2, True)] if plain else [nn.BatchNorm2d(width), nn.LeakyReLU(0.2, True)]
            channels = width
        layers.append(nn.Conv2d(channels, HEAD if config.c_dim else 1, config.start, 1, 0, bias=plain))
        self.main = nn.Sequential(*layers)
        if config.c_dim:
            self.out = nn.Linear(HEAD, 1)
            self.project = nn.Linear(config.c_dim, HEAD, bias=False)
            self.read = nn.Linear(HEAD, config.c_dim)
        self.apply(_init_plain if plain else _init)

    def forward(self, x: torch.Tensor, c: torch.Tensor | None = None) -> torch.Tensor:
        return self.logits(self.features(x), c)

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """(N, 3, H, W) -> (N, HEAD), or (N, 1) logits without labels. All the work is here."""
        h = self.main(x).flatten(1)
        return nn.functional.leaky_relu(h.float(), 0.2) if self.c_dim else h

    def logits(self, h: torch.Tensor, c: torch.Tensor | None = None) -> torch.Tensor:
        """Features, and labels -> (N,). Raises ValueError for labels missing."""
        if not self.c_dim:
            return h[:, 0]
        if c is None:
            raise ValueError("this network needs labels")
        return self.out(h)[:, 0] + (self.project(c) * h).sum(1) / HEAD**0.5


def _init(module: nn.Module) -> None:
    """DCGAN, section 3: weights N(0, 0.02); BatchNorm's N(1, 0.02), as in the authors' code."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)


def _init_plain(module: nn.Module) -> None:
    """He et al. 2015: without BatchNorm N(0, 0.02) would let signals die out on the way."""
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, 0.2)
        assert module.bias is not None
        nn.init.zeros_(module.bias)
