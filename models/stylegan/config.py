"""All that builds a StyleGAN2: sizes, architectures, filters."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Self

ARCHITECTURES = ("skip", "resnet", "orig")  # Karras et al. 2020, figure 7
MAX_RESOLUTION = 1024
MAX_WIDTH = 4096  # no config out of a file may ask for a network that does not fit into memory
MAX_LAYERS = 32
MAX_BASE = 2**20
MAX_BANK = 65_536
MAX_TAPS = 16
BANK = 4096  # label vectors that a network with labels carries; see models.dcgan.network


@dataclass(frozen=True, slots=True)
class StyleGANConfig:
    """All that builds a G and a D. Raises ValueError where the fields do not fit together."""

    resolution: int = 128  # pixels, a power of two
    img_channels: int = 3  # 1: grey, 3: colour, 4: with transparency
    z_dim: int = 512
    w_dim: int = 512
    c_dim: int = 0  # size of the label vector; 0: without labels
    channel_base: int = 16384  # channels at a resolution are channel_base / resolution ...
    channel_max: int = 512  # ... and at most so many
    mapping_layers: int = 8
    mapping_lr_multiplier: float = 0.01  # of the learning rate of G's mapping
    w_avg_beta: float = 0.998  # what the mean of w keeps of itself after a step
    g_architecture: str = "skip"
    use_noise: bool = True
    conv_clamp: float | None = None  # no activation beyond; 256 in networks that were trained in float16
    resample_filter: tuple[float, ...] = (1.0, 3.0, 3.0, 1.0)
    d_architecture: str = "resnet"
    d_mapping_layers: int = 8
    cmap_dim: int | None = None  # size in which D compares pictures with labels; None: its channels at 4 px
    mbstd_group: int | None = 4  # pictures whose spread D sees; None: the whole batch
    mbstd_channels: int = 1  # 0: D does not see it
    read: bool = False  # D also reads the labels off pictures
    bank: int = BANK  # label vectors that G carries, where there are labels

    def __post_init__(self) -> None:
        whole = {
            "resolution": (self.resolution, 8, MAX_RESOLUTION), "img_channels": (self.img_channels, 1, 4),
            "z_dim": (self.z_dim, 1, MAX_WIDTH), "w_dim": (self.w_dim, 1, MAX_WIDTH),
            "c_dim": (self.c_dim, 0, MAX_WIDTH), "channel_base": (self.channel_base, 1, MAX_BASE),
            "channel_max": (self.channel_max, 1, MAX_WIDTH), "mapping_layers": (self.mapping_layers, 1, MAX_LAYERS),
            "d_mapping_layers": (self.d_mapping_layers, 1, MAX_LAYERS), "bank": (self.bank, 1, MAX_BANK),
            "mbstd_channels": (self.mbstd_channels, 0, MAX_WIDTH),
            "cmap_dim": (1 if self.cmap_dim is None else self.cmap_dim, 1, MAX_WIDTH),
            "mbstd_group": (1 if self.mbstd_group is None else self.mbstd_group, 1, MAX_WIDTH),
        }  # fmt: skip
        for name, (value, least, most) in whole.items():
            if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
                raise ValueError(f"{name} is a whole number from {least} to {most}, not {value!r}")
        if self.resolution & (self.resolution - 1):
            raise ValueError(f"StyleGAN's resolution is a power of two, not {self.resolution}")
        for value in (self.g_architecture, self.d_architecture):
            if value not in ARCHITECTURES:
                raise ValueError(f"an architecture is {', '.join(ARCHITECTURES)}, not {value!r}")
        if not 0.0 < self.mapping_lr_multiplier <= 100.0 or not 0.0 <= self.w_avg_beta < 1.0:
            raise ValueError("mapping_lr_multiplier is above 0 and w_avg_beta from 0 to 1")
        if self.conv_clamp is not None and not 0.0 < self.conv_clamp < math.inf:
            raise ValueError(f"conv_clamp is above 0, not {self.conv_clamp!r}")
        taps = self.resample_filter
        if not 2 <= len(taps) <= MAX_TAPS or not all(math.isfinite(tap) for tap in taps) or not sum(taps) > 0:
            raise ValueError(f"resample_filter has 2 to {MAX_TAPS} numbers whose sum is above 0, not {taps!r}")
        if not all(isinstance(value, bool) for value in (self.use_noise, self.read)):
            raise ValueError("use_noise and read are true or false")
        if self.read and not self.c_dim:
            raise ValueError("read needs labels")
        if self.mbstd_channels and self.channels(4) % self.mbstd_channels:
            raise ValueError(f"mbstd_channels divides the {self.channels(4)} channels at 4 px")

    @property
    def resolutions(self) -> tuple[int, ...]:
        """4, 8, … `resolution`."""
        return tuple(2**i for i in range(2, self.resolution.bit_length()))

    def channels(self, resolution: int) -> int:
        return max(1, min(self.channel_base // resolution, self.channel_max))

    @property
    def num_ws(self) -> int:
        """Places at which a style enters G: two at every resolution from 8 px on, two at 4 px."""
        return 2 * len(self.resolutions)

    @property
    def cmap(self) -> int:
        """Size in which D compares pictures with labels; 0 without labels."""
        return (self.cmap_dim or self.channels(4)) if self.c_dim else 0

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "resample_filter": list(self.resample_filter)}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """Raises ValueError for a field that is missing, unknown or out of range."""
        try:
            taps = tuple(float(tap) for tap in value.get("resample_filter", (1.0, 3.0, 3.0, 1.0)))
            return cls(**{**value, "resample_filter": taps})
        except (TypeError, AttributeError) as error:
            raise ValueError(f"not a StyleGAN config: {error}") from error
