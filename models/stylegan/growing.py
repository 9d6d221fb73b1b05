"""A larger network that begins as the smaller one it was made from.

After Net2Net (Chen et al. 2016, https://arxiv.org/abs/1511.05641): what is new changes nothing at first and learns from
the first step on, so that no fading-in is needed as Karras et al. 2018 have it. G draws what it drew, enlarged; D
judges what it judged, of the picture made smaller. Most of a run can then be spent at half of the size.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import torch
from torch import nn

from models.stylegan.config import StyleGANConfig
from models.stylegan.discriminator import Discriminator
from models.stylegan.generator import Generator
from models.stylegan.layers import SLOPE, Conv


def can_grow(config: StyleGANConfig, into: StyleGANConfig) -> bool:
    """Whether `into` is the same network, only larger, and of the kind that can."""
    kind = config.g_architecture == "skip" and config.d_architecture == "resnet"
    room = into.channels(into.resolution) >= 2 * into.img_channels
    return kind and room and config.resolution < into.resolution and replace(config, resolution=into.resolution) == into


def grown(modules: Mapping[str, nn.Module], into: StyleGANConfig, seed: int = 0) -> dict[str, nn.Module]:
    """G_ema, and D where it was kept, of a smaller network -> those of one of the config `into`.

    Raises ValueError where it cannot grow into that.
    """
    G, D = modules["G_ema"], modules.get("D")
    assert isinstance(G, Generator)
    if not can_grow(G.config, into):
        raise ValueError("a network grows into the same one of a larger resolution, with G `skip` and D `resnet`")
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        while G.config.resolution < into.resolution:
            config = replace(into, resolution=2 * G.config.resolution)
            G = _enlarge_generator(G, config)
            if isinstance(D, Discriminator):
                D = _enlarge_discriminator(D, config)
    return {"G_ema": G} if D is None else {"G_ema": G, "D": D}


def _enlarge_generator(old: Generator, config: StyleGANConfig) -> Generator:
    G = Generator(config)
    G.load_state_dict({**G.state_dict(), **old.state_dict()})
    block = getattr(G.synthesis, f"b{config.resolution}")
    block.torgb.weight.zero_()
    return G


def _enlarge_discriminator(old: Discriminator, config: StyleGANConfig) -> Discriminator:
    D = Discriminator(config)
    kept = old.state_dict()
    below = f"b{config.resolution // 2}.fromrgb."
    D.load_state_dict({**D.state_dict(), **{key: value for key, value in kept.items() if not key.startswith(below)}})
    block = getattr(D, f"b{config.resolution}")
    colours, before = config.img_channels, getattr(old, f"b{config.resolution // 2}").fromrgb
    # lrelu(x) - lrelu(-x) is (1 + SLOPE) x: two channels bring a colour through an activation as it was.
    both = torch.cat([torch.eye(colours), -torch.eye(colours)])  # (2 colours, colours)
    apart = both.T / (1 + SLOPE)  # (colours, 2 colours)
    _set(block.fromrgb, both)
    _set(block.conv0, both @ apart)
    seen = before.weight[:, :, 0, 0] * (before.weight_gain * before.gain)  # (channels below, colours)
    _set(block.conv1, seen @ apart, alone=True)
    block.conv1.bias.copy_(before.bias * (before.gain / block.conv1.gain))
    block.skip.weight.zero_()
    return D


def _set(conv: Conv, weight: torch.Tensor, alone: bool = False) -> None:
    """The first (O, I) of its channels are mixed by `weight`, where they stand; others go on by chance.

    `alone`: its outputs see nothing else at first.
    """
    outputs, inputs = weight.shape
    conv.weight[:outputs] = 0
    if alone:
        conv.weight.zero_()
    middle = conv.weight.shape[2] // 2
    conv.weight[:outputs, :inputs, middle, middle] = weight / (conv.weight_gain * conv.gain)
