"""All that builds a TwinGAN: sizes, domains, the kind of its normalisation."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

NORMS = ("group", "instance", "batch_renorm")
MAX_RESOLUTION = 512
MAX_WIDTH = 4096  # no config out of a file may ask for a network that does not fit into memory
MAX_BASE = 2**20
MAX_DOMAINS = 8
MAX_EMBED = 256

# Channels by name. "full" is for a GPU at 128 px: E, G and three Ds in float16 take less than 18 MB. "small" is what a
# CPU can train at 64 px.
SIZES: dict[str, dict[str, int]] = {
    "full": {"channel_base": 4096, "channel_max": 144},
    "small": {"channel_base": 1536, "channel_max": 96},
}

_DOMAIN = re.compile(r"[a-z][a-z0-9_]{0,31}")


def is_domain(text: str) -> bool:
    """Whether a domain may be called so: small letters, digits and _, 32 at most, a letter first."""
    return _DOMAIN.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class TwinConfig:
    """All that builds an E, a G and the Ds. Raises ValueError where the fields do not fit together."""

    resolution: int = 128  # pixels, a power of two
    domains: tuple[str, ...] = ("photo", "anime")
    c_dim: int = 0  # size of the label vector; 0: without labels
    channel_base: int = 4096  # channels at a side are channel_base / side ...
    channel_max: int = 144  # ... and at most so many
    norm: str = "group"  # one of NORMS
    groups: int = 8  # of channels that are normalised together with "group"; fewer where they do not divide
    momentum: float = 0.01  # with "batch_renorm": what the running statistics take of a batch's
    pixel_norm: bool = True  # after every activation
    skip_max: int | None = None  # side of the largest map that E hands to G beside the latent; None: all
    style_dim: int = 64  # size of a style code
    embed_dim: int = 128  # size of an embedding
    mbstd_group: int = 4  # pictures whose spread D sees
    read: bool = False  # D also reads the labels off pictures

    def __post_init__(self) -> None:
        whole = {
            "resolution": (self.resolution, 4, MAX_RESOLUTION), "c_dim": (self.c_dim, 0, MAX_WIDTH),
            "channel_base": (self.channel_base, 1, MAX_BASE), "channel_max": (self.channel_max, 1, MAX_WIDTH),
            "groups": (self.groups, 1, MAX_WIDTH), "style_dim": (self.style_dim, 1, MAX_WIDTH),
            "embed_dim": (self.embed_dim, 1, MAX_EMBED), "mbstd_group": (self.mbstd_group, 1, MAX_WIDTH),
            "skip_max": (4 if self.skip_max is None else self.skip_max, 4, MAX_RESOLUTION),
        }  # fmt: skip
        for name, (value, least, most) in whole.items():
            if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
                raise ValueError(f"{name} is a whole number from {least} to {most}, not {value!r}")
        if self.resolution & (self.resolution - 1):
            raise ValueError(f"TwinGAN's resolution is a power of two, not {self.resolution}")
        if not all(isinstance(name, str) and is_domain(name) for name in self.domains):
            raise ValueError(f"a domain is of small letters, digits and _: {self.domains!r}"[:200])
        if not 1 <= len(self.domains) <= MAX_DOMAINS or len(set(self.domains)) < len(self.domains):
            raise ValueError(f"domains are 1 to {MAX_DOMAINS}, each once: {self.domains!r}"[:200])
        if self.norm not in NORMS:
            raise ValueError(f"a norm is {', '.join(NORMS)}, not {self.norm!r}")
        if not isinstance(self.momentum, float) or not 0.0 < self.momentum <= 1.0:
            raise ValueError(f"momentum is above 0 and at most 1, not {self.momentum!r}")
        if not all(isinstance(value, bool) for value in (self.pixel_norm, self.read)):
            raise ValueError("pixel_norm and read are true or false")
        if self.read and not self.c_dim:
            raise ValueError("read needs labels")

    @classmethod
    def of(cls, size: str, resolution: int, domains: tuple[str, ...] = ("photo", "anime"), **changes: Any) -> Self:
        """A member of the family by one of SIZES. Raises ValueError."""
        if size not in SIZES:
            raise ValueError(f"a size is {', '.join(SIZES)}, not {size!r}")
        return cls(resolution=resolution, domains=domains, **{**SIZES[size], **changes})

    @property
    def sides(self) -> tuple[int, ...]:
        """4, 8, … `resolution`: of the maps, in pixels."""
        return tuple(2**i for i in range(2, self.resolution.bit_length()))

    @property
    def skips(self) -> tuple[int, ...]:
        """Sides of the maps that E hands to G beside the latent, ascending."""
        return tuple(side for side in self.sides[1:] if self.skip_max is None or side <= self.skip_max)

    @property
    def stages(self) -> int:
        """The stage at which the network is fully grown; see `models.twingan.growth`."""
        return len(self.sides) - 1

    def channels(self, side: int) -> int:
        """Channels of the maps of a side. The latent's are those of 4 px."""
        return max(1, min(self.channel_base // side, self.channel_max))

    def cut(self, side: int) -> Self:
        """Of the network as it is while it has grown to `side`, whose tensors are the same; see `growth.cut`."""
        return replace(self, resolution=side)

    def with_domain(self, name: str) -> Self:
        """Raises ValueError for one that is there, or cannot be called so."""
        return replace(self, domains=(*self.domains, name))

    def check_domain(self, name: str) -> None:
        """Raises ValueError, which says what there is."""
        if name not in self.domains:
            raise ValueError(f"there is no domain {name!r}; there is {', '.join(self.domains)}")

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "domains": list(self.domains)}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """Raises ValueError for a field that is missing, unknown or out of range."""
        try:
            if not isinstance(value["domains"], list):
                raise ValueError("domains are a list")
            return cls(**{**value, "domains": tuple(value["domains"])})
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"not a TwinGAN config: {error}") from error
