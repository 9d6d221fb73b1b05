"""TwinGAN written down as in the papers, number by number, in double precision and as slow as it pleases."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch.nn.functional import conv2d, leaky_relu

from models.twingan.config import TwinConfig

Weights = Mapping[str, torch.Tensor]  # of a state dict, double
Maps = dict[int, torch.Tensor]

EPSILON = 1e-5


def doubles(network: torch.nn.Module) -> Weights:
    return {key: value.detach().double() for key, value in network.state_dict().items()}


def renorm(
    x: torch.Tensor, mean: torch.Tensor, std: torch.Tensor, r_max: float, d_max: float, momentum: float
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Ioffe 2017, algorithm 1, without scale and shift -> x̂ and the running statistics after it."""
    y, mean, std = torch.empty_like(x), mean.clone(), std.clone()
    for channel in range(x.shape[1]):
        values = x[:, channel].flatten()
        mu = values.sum() / len(values)
        sigma = torch.sqrt(((values - mu) ** 2).sum() / len(values) + EPSILON)
        r = min(max(float(sigma / std[channel]), 1 / r_max), r_max)
        d = min(max(float((mu - mean[channel]) / std[channel]), -d_max), d_max)
        y[:, channel] = (x[:, channel] - mu) / sigma * r + d
        mean[channel] += momentum * (mu - mean[channel])
        std[channel] += momentum * (sigma - std[channel])
    return y, mean, std


def grouped(x: torch.Tensor, groups: int) -> torch.Tensor:
    """Each picture and each group of channels by itself: of mean 0 and variance 1."""
    y = torch.empty_like(x)
    each = x.shape[1] // groups
    for i in range(len(x)):
        for group in range(groups):
            part = x[i, group * each : (group + 1) * each]
            mean = part.sum() / part.numel()
            variance = ((part - mean) ** 2).sum() / part.numel()
            y[i, group * each : (group + 1) * each] = (part - mean) / torch.sqrt(variance + EPSILON)
    return y


def conditional(p: Weights, name: str, domain: str, s: torch.Tensor | None, count: int) -> list[tuple]:
    """Scale and shift of a domain (C,), for each of `count` pictures, as a condition s (N, style_dim) moves them."""
    scale, shift = p[f"{name}.in_{domain}.scale"], p[f"{name}.in_{domain}.shift"]
    found = []
    for i in range(count):
        more = torch.zeros(2 * len(scale), dtype=torch.float64)
        if s is not None and f"{name}.bend.weight" in p:
            more = p[f"{name}.bend.weight"] @ s[i] / math.sqrt(s.shape[1])
        found.append((scale + more[: len(scale)], shift + more[len(scale) :]))
    return found


def norm(p: Weights, name: str, config: TwinConfig, x: torch.Tensor, domain: str, s: torch.Tensor | None):
    """At inference."""
    if config.norm == "batch_renorm":
        mean, std = p[f"{name}.in_{domain}.mean"], p[f"{name}.in_{domain}.std"]
        x = (x - mean[:, None, None]) / std[:, None, None]
    else:
        channels = x.shape[1]
        x = grouped(x, channels if config.norm == "instance" else math.gcd(channels, config.groups))
    pairs = conditional(p, name, domain, s, len(x))
    return torch.stack([x[i] * a[:, None, None] + b[:, None, None] for i, (a, b) in enumerate(pairs)])


def pixel_norm(x: torch.Tensor) -> torch.Tensor:
    return x / torch.sqrt((x**2).mean(1, keepdim=True) + 1e-8)


def block(p: Weights, name: str, config: TwinConfig, x: torch.Tensor, domain: str, s: torch.Tensor | None = None):
    for conv in (f"{name}.conv0", f"{name}.conv1"):
        weight = p[f"{conv}.conv.weight"]
        x = conv2d(x, weight / math.sqrt(weight[0].numel()), padding=1)
        x = leaky_relu(norm(p, f"{conv}.norm", config, x, domain, s), 0.2)
        x = pixel_norm(x) if config.pixel_norm else x
    return x


def colours(p: Weights, name: str, x: torch.Tensor, gain: float = 1.0) -> torch.Tensor:
    weight = p[f"{name}.weight"]
    return conv2d(x, weight / math.sqrt(weight.shape[1]) * gain, p[f"{name}.bias"] * gain)


def seen(p: Weights, side: int, x: torch.Tensor) -> torch.Tensor:
    return leaky_relu(colours(p, f"fromrgb{side}", x, math.sqrt(2)), 0.2)


def halved(x: torch.Tensor) -> torch.Tensor:
    return (x[:, :, ::2, ::2] + x[:, :, 1::2, ::2] + x[:, :, ::2, 1::2] + x[:, :, 1::2, 1::2]) / 4


def doubled(x: torch.Tensor) -> torch.Tensor:
    return x.repeat_interleave(2, 2).repeat_interleave(2, 3)


def encoder(p: Weights, config: TwinConfig, x: torch.Tensor, domain: str, alpha: float = 1.0) -> Maps:
    """side -> maps; 4 is the latent. `x` is of the size to which the network has grown."""
    top = side = x.shape[2]
    h, maps = seen(p, side, x), {}
    while True:
        maps[side] = h = block(p, f"b{side}", config, h, domain)
        if side == 4:
            return maps
        h, side = halved(h), side // 2
        if 2 * side == top:
            h = alpha * h + (1 - alpha) * seen(p, side, halved(x))


def condition(p: Weights, c: torch.Tensor, said: torch.Tensor) -> torch.Tensor:
    first, second = p["condition.fc0"], p["condition.fc1"]
    h = torch.cat([c * said, said], 1) @ first.T * math.sqrt(2 / first.shape[1])
    return leaky_relu(h, 0.2) @ second.T / math.sqrt(second.shape[1])


def generator(
    p: Weights, config: TwinConfig, maps: Maps, domain: str, s: torch.Tensor | None = None, alpha: float = 1.0
) -> torch.Tensor:
    h, image, top = maps[4], None, max(maps)
    for side in sorted(maps):
        if side > 4:
            image = doubled(colours(p, f"torgb{side // 2}", h))
            h = doubled(h)
            if side in config.skips:
                h = torch.cat([h, maps[side]], 1)
        h = block(p, f"b{side}", config, h, domain, s)
    drawn = colours(p, f"torgb{top}", h)
    return drawn if image is None else alpha * drawn + (1 - alpha) * image


def discriminator(p: Weights, config: TwinConfig, x: torch.Tensor, alpha: float = 1.0) -> torch.Tensor:
    """Features, for batches of at most one group."""
    top = side = x.shape[2]
    h = seen(p, side, x)
    while side > 4:
        for number in (0, 1):
            h = _active(p, f"b{side}.{number}", h)
        h, side = halved(h), side // 2
        if 2 * side == top:
            h = alpha * h + (1 - alpha) * seen(p, side, halved(x))
    std = torch.sqrt(h.var(0, unbiased=False) + 1e-8).mean()
    h = torch.cat([h, std.expand(len(h), 1, 4, 4)], 1)
    h = _active(p, "b4.0", h).flatten(1)
    return leaky_relu(_linear(p, "fc", h) * math.sqrt(2), 0.2)


def _active(p: Weights, name: str, x: torch.Tensor) -> torch.Tensor:
    weight = p[f"{name}.weight"]
    h = conv2d(x, weight / math.sqrt(weight[0].numel()), padding=1) + p[f"{name}.bias"][:, None, None]
    return leaky_relu(h, 0.2) * math.sqrt(2)


def _linear(p: Weights, name: str, x: torch.Tensor) -> torch.Tensor:
    weight = p[f"{name}.weight"]
    return x @ weight.T / math.sqrt(weight.shape[1]) + p[f"{name}.bias"]
