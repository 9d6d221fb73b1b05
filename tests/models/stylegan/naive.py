"""StyleGAN2 written down as in the papers, picture by picture, in double precision and as slow as it pleases."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch.nn.functional import conv2d, leaky_relu, pad

from models.stylegan.config import StyleGANConfig

Weights = Mapping[str, torch.Tensor]  # of a state dict, double


def resample(x: torch.Tensor, taps: tuple[float, ...], up: int, down: int, before: int, after: int) -> torch.Tensor:
    """Zeros between the pixels of (N, C, H, W) and about them, a true convolution with the filter, every so many."""
    line = torch.tensor(taps, dtype=torch.float64)
    line = line / line.sum() * up
    n, c, h, w = x.shape
    wide = x.new_zeros(n, c, h * up, w * up)
    wide[:, :, ::up, ::up] = x
    kernel = (line[:, None] * line).flip(0, 1).expand(c, 1, -1, -1)
    return conv2d(pad(wide, [before, after, before, after]), kernel, groups=c)[:, :, ::down, ::down]


def doubled(x: torch.Tensor, taps: tuple[float, ...], more: int = 0) -> torch.Tensor:
    return resample(x, taps, 2, 1, (len(taps) + 1) // 2 + more, (len(taps) - 2) // 2 + more)


def halved(x: torch.Tensor, taps: tuple[float, ...], more: int = 0, down: int = 2) -> torch.Tensor:
    return resample(x, taps, 1, down, (len(taps) - 1) // 2 + more, (len(taps) - 2) // 2 + more)


def linear(p: Weights, name: str, x: torch.Tensor, rate: float = 1.0) -> torch.Tensor:
    weight = p[f"{name}.weight"] * rate / math.sqrt(p[f"{name}.weight"].shape[1])
    return x @ weight.T + p[f"{name}.bias"] * rate


def active(x: torch.Tensor, gain: float, clamp: float | None) -> torch.Tensor:
    x = leaky_relu(x, 0.2) * math.sqrt(2) * gain
    return x if clamp is None else x.clamp(-clamp * gain, clamp * gain)


def unit(x: torch.Tensor) -> torch.Tensor:
    return x / (x.square().mean(1, keepdim=True) + 1e-8).sqrt()


def mapping(p: Weights, layers: int, rate: float, z: torch.Tensor | None, c: torch.Tensor | None) -> torch.Tensor:
    parts = [] if z is None else [unit(z)]
    if c is not None:
        parts.append(unit(linear(p, "mapping.embed", c)))
    x = torch.cat(parts, 1)
    for i in range(layers):
        x = active(linear(p, f"mapping.fc{i}", x, rate), 1.0, None)
    return x


def styled(
    p: Weights, name: str, x: torch.Tensor, w: torch.Tensor, config: StyleGANConfig, up: bool, noise: bool, gain: float
) -> torch.Tensor:
    out = []
    for i in range(len(x)):
        style = linear(p, f"{name}.affine", w[i : i + 1])[0]
        weight = p[f"{name}.weight"] * style[None, :, None, None]
        weight = weight / (weight.square().sum([1, 2, 3], keepdim=True) + 1e-8).sqrt()
        if up:
            out.append(conv2d(doubled(x[i : i + 1], config.resample_filter, 1), weight.flip(2, 3)))
        else:
            out.append(conv2d(x[i : i + 1], weight, padding=1))
    y = torch.cat(out)
    if noise:
        y = y + p[f"{name}.noise_const"] * p[f"{name}.noise_strength"]
    return active(y + p[f"{name}.bias"][:, None, None], gain, config.conv_clamp)


def torgb(p: Weights, name: str, x: torch.Tensor, w: torch.Tensor, config: StyleGANConfig) -> torch.Tensor:
    style = linear(p, f"{name}.affine", w) / math.sqrt(x.shape[1])
    y = torch.stack(
        [torch.einsum("oi,ihw->ohw", p[f"{name}.weight"][:, :, 0, 0] * style[i], x[i]) for i in range(len(x))]
    )
    y = y + p[f"{name}.bias"][:, None, None]
    return y if config.conv_clamp is None else y.clamp(-config.conv_clamp, config.conv_clamp)


def synthesis(p: Weights, config: StyleGANConfig, ws: torch.Tensor, noise: bool) -> torch.Tensor:
    p = {key.removeprefix("synthesis."): value for key, value in p.items()}
    taps, kind = config.resample_filter, config.g_architecture
    x = p["b4.const"].expand(len(ws), -1, -1, -1)
    image, at = None, 0
    for side in config.resolutions:
        name, skipped, gain = f"b{side}", None, 1.0
        if side > 4:
            if kind == "resnet":
                gain = math.sqrt(0.5)
                weight = p[f"{name}.skip.weight"] * gain / math.sqrt(x.shape[1])
                skipped = doubled(conv2d(x, weight), taps)
            x = styled(p, f"{name}.conv0", x, ws[:, at], config, True, noise, 1.0)
            at += 1
        x = styled(p, f"{name}.conv1", x, ws[:, at], config, False, noise, gain)
        at += 1
        x = x if skipped is None else skipped + x
        if kind == "skip" or side == config.resolution:
            drawn = torgb(p, f"{name}.torgb", x, ws[:, at], config)
            image = drawn if image is None else doubled(image, taps) + drawn
    assert image is not None
    return image


def conv(
    p: Weights, name: str, x: torch.Tensor, config: StyleGANConfig, down: bool = False, gain: float = 1.0
) -> torch.Tensor:
    weight = p[f"{name}.weight"]
    weight, side = weight / math.sqrt(weight[0].numel()), weight.shape[2]
    x = halved(x, config.resample_filter, side // 2, 1) if down else x
    x = conv2d(x, weight, stride=2 if down else 1, padding=0 if down else side // 2)
    if f"{name}.bias" not in p:
        return x * gain
    return active(x + p[f"{name}.bias"][:, None, None], gain, config.conv_clamp)


def discriminator(p: Weights, config: StyleGANConfig, image: torch.Tensor, c: torch.Tensor | None) -> torch.Tensor:
    kind, x = config.d_architecture, None
    for side in reversed(config.resolutions[1:]):
        name = f"b{side}"
        if kind == "skip" or x is None:
            seen = conv(p, f"{name}.fromrgb", image, config)
            x = seen if x is None else x + seen
        if kind == "skip":
            image = halved(image, config.resample_filter)
        if kind == "resnet":
            skipped = conv(p, f"{name}.skip", x, config, True, math.sqrt(0.5))
            x = skipped + conv(p, f"{name}.conv1", conv(p, f"{name}.conv0", x, config), config, True, math.sqrt(0.5))
        else:
            x = conv(p, f"{name}.conv1", conv(p, f"{name}.conv0", x, config), config, True)
    assert x is not None
    if kind == "skip":
        x = x + conv(p, "b4.fromrgb", image, config)
    n, channels = x.shape[:2]
    group, maps = min(config.mbstd_group or n, n), config.mbstd_channels
    if maps:
        spread = x.new_zeros(n, maps, 4, 4)
        for i in range(n):
            mine = x[[j for j in range(n) if j % (n // group) == i % (n // group)]]
            std = (mine.var(0, unbiased=False) + 1e-8).sqrt()
            for f in range(maps):
                spread[i, f] = std[f * (channels // maps) : (f + 1) * (channels // maps)].mean()
        x = torch.cat([x, spread], 1)
    x = conv(p, "b4.conv", x, config)
    out = linear(p, "b4.out", active(linear(p, "b4.fc", x.flatten(1)), 1.0, None))
    if c is None:
        return out[:, 0]
    label = mapping(p, config.d_mapping_layers, 0.01, None, c)
    return (out * label).sum(1) / math.sqrt(out.shape[1])
