"""StyleGAN2's generator as the papers write it down, in double precision, one picture and one weight at a time.

Karras et al. 2019 (arXiv 1812.04948) and 2020 (1912.04958); it shares nothing with `models.stylegan`. Weights go by the
names of NVIDIA's files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

Weights = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Manner:
    """What is not in the weights."""

    architecture: str = "skip"
    clamp: float | None = None
    taps: tuple[float, ...] = (1, 3, 3, 1)
    lr_multiplier: float = 0.01


def weights_of(
    resolution: int,
    channels: Mapping[int, int],
    *,
    seed: int = 0,
    z_dim: int = 8,
    w_dim: int = 8,
    c_dim: int = 0,
    layers: int = 2,
    colours: int = 3,
    architecture: str = "skip",
) -> dict[str, np.ndarray]:
    """Random float32 weights of a generator, by NVIDIA's names."""
    chance = np.random.RandomState(seed)
    found: dict[str, np.ndarray] = {}

    def layer(name: str, inputs: int, outputs: int, side: int) -> None:
        found[f"{name}.affine.weight"] = chance.randn(inputs, w_dim)
        found[f"{name}.affine.bias"] = 1 + 0.2 * chance.randn(inputs)
        found[f"{name}.weight"] = chance.randn(outputs, inputs, side, side)
        found[f"{name}.bias"] = 0.3 * chance.randn(outputs)

    def noisy(name: str, inputs: int, outputs: int, size: int) -> None:
        layer(name, inputs, outputs, 3)
        found[f"{name}.noise_strength"] = np.array(0.2 * chance.randn())
        found[f"{name}.noise_const"] = chance.randn(size, size)

    for number in range(layers):
        inputs = w_dim if number else z_dim + (w_dim if c_dim else 0)
        found[f"mapping.fc{number}.weight"] = 100 * chance.randn(w_dim, inputs)
        found[f"mapping.fc{number}.bias"] = 20 * chance.randn(w_dim)
    if c_dim:
        found["mapping.embed.weight"] = chance.randn(w_dim, c_dim)
        found["mapping.embed.bias"] = chance.randn(w_dim)
    found["mapping.w_avg"] = 0.5 * chance.randn(w_dim)
    for size in sizes(resolution):
        block, here = f"synthesis.b{size}", channels[size]
        if size == 4:
            found[f"{block}.const"] = chance.randn(here, 4, 4)
        else:
            noisy(f"{block}.conv0", channels[size // 2], here, size)
        noisy(f"{block}.conv1", here, here, size)
        if architecture == "skip" or size == resolution:
            layer(f"{block}.torgb", here, colours, 1)
        if architecture == "resnet" and size > 4:
            found[f"{block}.skip.weight"] = chance.randn(here, channels[size // 2], 1, 1)
    return {name: np.asarray(value, np.float32) for name, value in found.items()}


def sizes(resolution: int) -> list[int]:
    return [2**i for i in range(2, resolution.bit_length())]


def mapped(
    weights: Weights, z: np.ndarray, c: np.ndarray | None, psi: float, cutoff: int | None, manner: Manner
) -> np.ndarray:
    """z (z_dim,), c (c_dim,) -> ws (num_ws, w_dim)."""
    parts = [_unit(z)]
    if "mapping.embed.weight" in weights:
        assert c is not None
        embed = _double(weights["mapping.embed.weight"])
        parts.append(_unit(embed @ c / np.sqrt(embed.shape[1]) + _double(weights["mapping.embed.bias"])))
    x = np.concatenate(parts)
    number = 0
    while f"mapping.fc{number}.weight" in weights:
        weight = _double(weights[f"mapping.fc{number}.weight"])
        x = weight @ x * manner.lr_multiplier / np.sqrt(weight.shape[1])
        x = _lrelu(x + manner.lr_multiplier * _double(weights[f"mapping.fc{number}.bias"])) * np.sqrt(2)
        number += 1
    side = max(int(name.split(".")[1][1:]) for name in weights if name.startswith("synthesis.b"))
    ws = np.repeat(x[None], 2 * len(sizes(side)), 0)
    w_avg = _double(weights["mapping.w_avg"])
    ws[:cutoff] = w_avg + psi * (ws[:cutoff] - w_avg)
    return ws


def synthesized(weights: Weights, ws: np.ndarray, noise: bool, manner: Manner) -> np.ndarray:
    """ws (num_ws, w_dim) -> a picture (colours, H, W)."""
    side = max(int(name.split(".")[1][1:]) for name in weights if name.startswith("synthesis.b"))
    x, image, at = np.zeros(0), None, 0

    def styled(name: str, x: np.ndarray, w: np.ndarray, up: bool, gain: float = 1.0) -> np.ndarray:
        x = _modulated(x, weights, name, w, up, manner.taps, demodulate=True)
        if noise:
            x = x + _double(weights[f"{name}.noise_const"]) * float(weights[f"{name}.noise_strength"])
        x = _lrelu(x + _double(weights[f"{name}.bias"])[:, None, None]) * np.sqrt(2) * gain
        return x if manner.clamp is None else x.clip(-manner.clamp * gain, manner.clamp * gain)

    for size in sizes(side):
        block = f"synthesis.b{size}"
        if size == 4:
            x = styled(f"{block}.conv1", _double(weights[f"{block}.const"]), ws[at], False)
            at += 1
        else:
            before, gain = x, np.sqrt(0.5) if manner.architecture == "resnet" else 1.0
            x = styled(f"{block}.conv0", x, ws[at], True)
            x = styled(f"{block}.conv1", x, ws[at + 1], False, gain)
            at += 2
            if manner.architecture == "resnet":
                weight = _double(weights[f"{block}.skip.weight"])
                x = x + _doubled(_correlated(before, weight / np.sqrt(weight.shape[1])), manner.taps) * np.sqrt(0.5)
        if image is not None:
            image = _doubled(image, manner.taps)
        if f"{block}.torgb.weight" in weights:
            y = _modulated(x, weights, f"{block}.torgb", ws[at], False, manner.taps, demodulate=False)
            y = y + _double(weights[f"{block}.torgb.bias"])[:, None, None]
            y = y if manner.clamp is None else y.clip(-manner.clamp, manner.clamp)
            image = y if image is None else image + y
    assert image is not None
    return image


def drawn(
    weights: Weights,
    z: np.ndarray,
    c: np.ndarray | None = None,
    psi: float = 1.0,
    cutoff: int | None = None,
    noise: bool = True,
    manner: Manner | None = None,
) -> np.ndarray:
    """z (N, z_dim), c (N, c_dim) -> pictures (N, colours, H, W), float64."""
    manner = manner or Manner()
    labels = [None] * len(z) if c is None else list(c)
    ws = [mapped(weights, one, label, psi, cutoff, manner) for one, label in zip(z, labels, strict=True)]
    return np.stack([synthesized(weights, w, noise, manner) for w in ws])


def _modulated(
    x: np.ndarray,
    weights: Weights,
    name: str,
    w: np.ndarray,
    up: bool,
    taps: tuple[float, ...],
    *,
    demodulate: bool,
) -> np.ndarray:
    """x (I, H, W) -> (O, H, W): the weight itself is scaled for this picture (2020, equations 1 to 3)."""
    affine = _double(weights[f"{name}.affine.weight"])
    style = affine @ w / np.sqrt(affine.shape[1]) + _double(weights[f"{name}.affine.bias"])
    weight = _double(weights[f"{name}.weight"]) * style[None, :, None, None]
    if demodulate:
        weight = weight / np.sqrt((weight**2).sum((1, 2, 3), keepdims=True) + 1e-8)
    else:
        weight = weight / np.sqrt(weight.shape[1] * weight.shape[2] * weight.shape[3])
    if not up:
        return _correlated(x, weight)
    # A true convolution of the picture with zeros between its pixels, then the filter that smooths them away.
    n, (h, w_) = weight.shape[0], x.shape[1:]
    wide = np.zeros((n, 2 * h + 1, 2 * w_ + 1))
    for a in range(3):
        for b in range(3):
            wide[:, a : a + 2 * h : 2, b : b + 2 * w_ : 2] += np.einsum("oi,ihw->ohw", weight[:, :, a, b], x)
    before, after = (len(taps) + 1) // 2 - 1, (len(taps) - 2) // 2
    return 4 * _filtered(np.pad(wide, [(0, 0), (before, after), (before, after)]), taps)


def _doubled(x: np.ndarray, taps: tuple[float, ...]) -> np.ndarray:
    """(C, H, W) -> (C, 2 H, 2 W): zeros between the pixels, then the filter."""
    wide = np.zeros((x.shape[0], 2 * x.shape[1], 2 * x.shape[2]))
    wide[:, ::2, ::2] = x
    before, after = (len(taps) + 1) // 2, (len(taps) - 2) // 2
    return 4 * _filtered(np.pad(wide, [(0, 0), (before, after), (before, after)]), taps)


def _filtered(x: np.ndarray, taps: tuple[float, ...]) -> np.ndarray:
    """Every full overlap of (C, H, W) with the square filter, mirrored as in a convolution."""
    line = np.array(taps, np.float64)[::-1] / sum(taps)
    n = len(line)
    out = np.zeros((x.shape[0], x.shape[1] - n + 1, x.shape[2] - n + 1))
    for a in range(n):
        for b in range(n):
            out += line[a] * line[b] * x[:, a : a + out.shape[1], b : b + out.shape[2]]
    return out


def _correlated(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """(I, H, W) with (O, I, k, k) -> (O, H, W), zeros around."""
    k = weight.shape[2]
    padded = np.pad(x, [(0, 0), (k // 2, k // 2), (k // 2, k // 2)])
    out = np.zeros((weight.shape[0], *x.shape[1:]))
    for a in range(k):
        for b in range(k):
            out += np.einsum("oi,ihw->ohw", weight[:, :, a, b], padded[:, a : a + x.shape[1], b : b + x.shape[2]])
    return out


def _unit(x: np.ndarray) -> np.ndarray:
    return x / np.sqrt(np.mean(x**2) + 1e-8)


def _lrelu(x: np.ndarray) -> np.ndarray:
    return np.where(x < 0, 0.2 * x, x)


def _double(x: np.ndarray) -> np.ndarray:
    return np.asarray(x, np.float64)
