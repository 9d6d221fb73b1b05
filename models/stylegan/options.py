"""How a StyleGAN2 is trained: the presets, by resolution and by purpose."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from models.stylegan.config import StyleGANConfig
from models.training.diffaugment import parse

MAX_EVERY = 1000


@dataclass(frozen=True, slots=True)
class StyleGANOptions:
    """Raises ValueError for values that make no sense."""

    batch: int = 32  # images a step
    micro_batch: int = 0  # images at a time on the device, whose gradients are summed; 0: all of them
    lr: float = 2.5e-3  # Adam's, of G and D
    decay: float = 0.0  # the last part of the run, 0…1, over which the rate falls along a cosine to `lr_end`
    lr_end: float = 0.1  # of the rate, at the end of the decay
    gamma: float = 1.0  # of R1; 0: none
    r1_every: int = 16  # batches between R1 penalties ("lazy", Karras et al. 2020, section 3.1)
    path_weight: float = 2.0  # of the path lengths; 0: none
    path_every: int = 4  # batches between them
    style_mixing: float = 0.9  # share of pictures in two styles
    aug: str = "ada"  # none, ada, or DiffAugment: some of color,translation,cutout
    target: float = 0.6  # ada: the share of real pictures by which D's signs should be ahead
    ada_kimg: float = 500.0  # ada: thousands of images in which the probability could go from 0 to 1
    freezed: int = 0  # layers of D that do not learn, from the picture on
    read: float = 0.0  # weight of the labels that D reads off pictures, in both losses
    mismatch: float = 0.0  # weight of real pictures with others' labels among D's fakes
    projected: float = 0.0  # weight of discriminators that see through the features network; 0: none
    ema_kimg: float = 10.0  # half-life of G_ema's average
    ema_rampup: float = 0.05  # at first the half-life is this part of the run so far; 0: never
    mirror: bool = False  # flip half of the pictures

    def __post_init__(self) -> None:
        if self.aug != "ada":
            parse(self.aug)
        if not 1 <= self.r1_every <= MAX_EVERY or not 1 <= self.path_every <= MAX_EVERY:
            raise ValueError(f"r1_every and path_every are 1 to {MAX_EVERY}")
        for name in ("gamma", "path_weight", "read", "mismatch", "projected", "ema_kimg", "ema_rampup"):
            if not 0.0 <= getattr(self, name) < math.inf:
                raise ValueError(f"{name} is a number from 0, not {getattr(self, name)}")
        for name in ("decay", "style_mixing", "target"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} is 0 to 1, not {getattr(self, name)}")
        if not 0.0 < self.ada_kimg < math.inf or self.freezed < 0:
            raise ValueError("ada_kimg is above 0, and freezed a number of layers")
        if self.micro_batch < 0 or (self.micro_batch and self.batch % self.micro_batch):
            raise ValueError(f"micro_batch divides the batch of {self.batch}; {self.micro_batch} does not")

    def rate(self, done: float) -> float:
        """The learning rate when the part `done` (0…1) of the run is over."""
        if self.decay == 0.0 or done <= 1.0 - self.decay:
            return self.lr
        along = min(1.0, (done - (1.0 - self.decay)) / self.decay)
        return self.lr * (self.lr_end + (1.0 - self.lr_end) * 0.5 * (1.0 + math.cos(math.pi * along)))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """Raises ValueError for a field that is unknown or out of range."""
        try:
            return cls(**value)
        except TypeError as error:
            raise ValueError(f"not a StyleGAN's options: {error}") from error


def gamma(resolution: int, batch: int) -> float:
    """A weight of R1 to begin with (Karras et al. 2020, ADA, appendix C): it grows with a picture's pixels."""
    return 0.0002 * resolution**2 / batch


@dataclass(frozen=True, slots=True)
class Preset:
    """`network` and `options` of it, where they differ from those of the resolution."""

    network: dict[str, Any]
    options: dict[str, Any]


PRESETS = {
    # Sizes and rates by resolution, as StyleGAN2-ADA chooses them.
    "auto": Preset({}, {}),
    # The starter: half of the bytes, labels as the DCGAN `waifu` learns them, a rate that falls at the end. Drawings
    # are flat: they have no use for noise, of which a young G makes speckles.
    "moe": Preset(
        {"channel_base": 8192, "channel_max": 256, "z_dim": 256, "w_dim": 256, "read": True, "use_noise": False},
        {
            "batch": 64, "decay": 0.3, "gamma": 1.0, "aug": "none", "read": 1.0, "mismatch": 0.5, "mirror": True,
            "projected": 1.0,
        },
    ),
    # What two cores train overnight.
    "small": Preset(
        {"channel_base": 2048, "channel_max": 128, "z_dim": 128, "w_dim": 128, "read": True, "use_noise": False},
        {
            "batch": 16, "decay": 0.3, "gamma": 1.0, "aug": "none", "read": 1.0, "mismatch": 0.5, "mirror": True,
            "ema_kimg": 5.0, "projected": 1.0,
        },
    ),
    # 10 to 500 pictures, from a network that knows faces already.
    "few-shot": Preset(
        {},
        {
            "batch": 16, "lr": 1.5e-3, "aug": "ada", "ada_kimg": 100.0, "read": 0.25, "ema_kimg": 3.0,
            "ema_rampup": 0.2, "style_mixing": 0.5,
        },
    ),
}  # fmt: skip


def preset(
    name: str, resolution: int, c_dim: int = 0, batch: int | None = None, **sizes: Any
) -> tuple[StyleGANConfig, StyleGANOptions]:
    """A network and how to train it, of a preset at a resolution; `sizes` are of the config and go before the preset's.

    Raises ValueError where there is no such preset, or for values that make no sense.
    """
    if name not in PRESETS:
        raise ValueError(f"there is no preset {name!r}; there is {', '.join(PRESETS)}")
    chosen = PRESETS[name]
    given = {"channel_base": 32768 if resolution >= 512 else 16384, "mapping_layers": 2, "d_mapping_layers": 2}
    given |= {**chosen.network, **sizes}
    config = StyleGANConfig(resolution=resolution, c_dim=c_dim, **{**given, "read": bool(given.get("read") and c_dim)})
    return config, preset_options(name, config, batch)


def preset_options(name: str, config: StyleGANConfig, batch: int | None = None) -> StyleGANOptions:
    """How a preset trains a network. Raises ValueError where there is no such preset."""
    if name not in PRESETS:
        raise ValueError(f"there is no preset {name!r}; there is {', '.join(PRESETS)}")
    chosen, side = PRESETS[name].options, config.resolution
    batch = batch if batch is not None else int(chosen.get("batch", max(4, min(4096 // side, 32))))
    usual = StyleGANOptions(
        batch=batch, lr=2e-3 if side >= 1024 else 2.5e-3, gamma=gamma(side, batch), ema_kimg=batch * 10 / 32
    )
    if name == "few-shot":  # FreezeD: what sees strokes stays; R1 holds D back where there is little to know
        usual = replace(usual, gamma=4 * usual.gamma, freezed=_above_16(side))
    options = replace(usual, **{**chosen, "batch": batch})
    if not config.c_dim:
        options = replace(options, mismatch=0.0)
    return options if config.read else replace(options, read=0.0)


def _above_16(resolution: int) -> int:
    """Layers of a D ("resnet") at more than 16 px: 10 at 128 px, 13 at 256, as the authors of ADA found to be good."""
    return max(0, 1 + 3 * (resolution.bit_length() - 5))
