"""From a model's `config.json` to its networks, without weights, and from a generator to the same one made fast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from models.precision import Precision
from models.tuning import Tuned


def build(config: Mapping[str, Any]) -> dict[str, nn.Module]:
    """The modules of a model by the prefix of their tensors: {"G_ema": …, "D": …}. Those that end in `_ema` are needed.

    Raises ValueError for a family that does not exist, or a network that it cannot build.
    """
    family = config.get("family")
    if family == "dcgan":
        from models.dcgan.network import DCGANConfig, Discriminator, Generator

        dcgan = DCGANConfig.from_json(config["network"])
        return {"G_ema": Generator(dcgan), "D": Discriminator(dcgan)}
    if family == "stylegan":
        from models.stylegan.config import StyleGANConfig
        from models.stylegan.discriminator import Discriminator as StyleGANDiscriminator
        from models.stylegan.generator import Generator as StyleGANGenerator

        stylegan = StyleGANConfig.from_json(config["network"])
        G_ema, G = StyleGANGenerator(stylegan), StyleGANGenerator(stylegan)
        return {"G_ema": G_ema, "G": G, "D": StyleGANDiscriminator(stylegan)}
    if family == "twingan":
        from models.twingan.config import TwinConfig
        from models.twingan.discriminator import Discriminator as TwinDiscriminator
        from models.twingan.encoder import Encoder as TwinEncoder
        from models.twingan.generator import Generator as TwinGenerator

        twin = TwinConfig.from_json(config["network"])
        judges = {f"D_{domain}": TwinDiscriminator(twin) for domain in twin.domains}
        return {"E_ema": TwinEncoder(twin), "G_ema": TwinGenerator(twin), **judges}
    raise ValueError(f"no family of networks is called {family!r}")


def tuned(G: nn.Module, device: torch.device, precision: Precision = "auto") -> Tuned:
    """A generator of any family made fast. G stays as it is."""
    from models.stylegan.generator import Generator as StyleGANGenerator

    if isinstance(G, StyleGANGenerator):
        from models.stylegan.tuned import TunedStyleGAN

        return TunedStyleGAN(G, device, precision)
    from models.dcgan.tuned import TunedDCGAN

    return TunedDCGAN(G, device, precision)
