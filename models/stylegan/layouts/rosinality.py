"""Files of rosinality's stylegan2-pytorch: of its training, of its converter, and bare state dicts.

Names of its layers, and which of ours they are (after the tables of dvschultz/stylegan2-ada-pytorch's export_weights):
`style.{i + 1}` is `mapping.fc{i}`, `conv1` and `to_rgb1` are at 4 px, `convs.{2k}` and `convs.{2k + 1}` double a
picture of 4 * 2**k px and refine it, `to_rgbs.{k}` draws it. Of D `convs.0` looks and `convs.{i}` is the i-th block.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from models.foreign.arrays import Numbers
from models.foreign.errors import Unreadable, named
from models.stylegan.layouts.network import Found, Made, Networks, reshaped, taps_of, tensor

NETWORKS = {"g_ema": "G_ema", "g": "G", "d": "D"}  # theirs -> ours
MEAN_OF = 16_384  # latents that the mean of w is taken of, where a file holds none
LR_MULTIPLIER = 0.01
WHOLE = "module."  # before every name, where several GPUs trained

_KERNEL = re.compile(r".*\.kernel")

Shaped = Callable[[Numbers], Numbers]


def is_training_file(value: Any) -> bool:
    """Whether a file that holds `value` is one of its training or its converter."""
    return isinstance(value, dict) and any(is_generator(value.get(name)) for name in ("g_ema", "g"))


def is_generator(value: Any) -> bool:
    """Whether `value` is the state dict of a generator."""
    return isinstance(value, dict) and any(prefix + "input.input" in value for prefix in ("", WHOLE))


def is_discriminator(value: Any) -> bool:
    """Whether `value` is the state dict of a discriminator."""
    return isinstance(value, dict) and any(prefix + "final_linear.0.weight" in value for prefix in ("", WHOLE))


def training_file(value: Mapping[str, Any]) -> Networks:
    """The networks of such a file. Raises Unreadable."""
    networks = Networks("rosinality's stylegan2-pytorch")
    mean = value.get("latent_avg")
    for theirs, ours in NETWORKS.items():
        if theirs not in value or value[theirs] is None:
            continue
        if ours == "D":
            networks.found[ours] = discriminator(value[theirs])
        else:
            given = tensor(mean, "latent_avg") if mean is not None and ours == "G_ema" else None
            networks.found[ours] = generator(value[theirs], given, networks.notes, ours)
    return networks


def generator(value: Mapping[str, Any], mean: Numbers | None, notes: list[str], ours: str = "G_ema") -> Found:
    """From a state dict, and the mean of w where it is known. Raises Unreadable."""
    theirs = _named(value)
    tensors: dict[str, Numbers] = {}
    for name, numbers in theirs.items():
        if _KERNEL.fullmatch(name):
            continue
        found = _of_generator(name, numbers)
        if found is None:
            raise Unreadable(f"holds the unknown tensor {named(name)}; only its plain StyleGAN2 can be imported")
        place, changed = found
        tensors[place] = changed
    _add_noise(tensors, notes, ours)
    if mean is None:
        mean = Made(_mean_of_w(tensors))
        notes.append(f"The file holds no mean of w for {ours}; it was taken of {MEAN_OF:,} latents.")
    tensors["mapping.w_avg"] = reshaped(mean, (math.prod(mean.shape),))
    return Found(tensors, None, taps_of(_filters(theirs)))


def discriminator(value: Mapping[str, Any]) -> Found:
    """From a state dict. Raises Unreadable."""
    theirs = _named(value)
    blocks = [int(found[1]) for name in theirs if (found := re.fullmatch(r"convs\.(\d{1,2})\.conv1\.0\.weight", name))]
    top = 4 * 2 ** max(blocks, default=0)
    tensors: dict[str, Numbers] = {}
    for name, numbers in theirs.items():
        if _KERNEL.fullmatch(name):
            continue
        place = _of_discriminator(name, top)
        if place is None:
            raise Unreadable(f"holds the unknown tensor {named(name)}; only its plain StyleGAN2 can be imported")
        tensors[place] = _flat(numbers) if name.endswith(".bias") else numbers
    return Found(tensors, None, taps_of(_filters(theirs)))


def _named(value: Mapping[str, Any]) -> dict[str, Numbers]:
    if not isinstance(value, dict):
        raise Unreadable("holds a network that is put together wrongly")
    return {str(name).removeprefix(WHOLE): tensor(numbers, named(name)) for name, numbers in value.items()}


def _filters(theirs: Mapping[str, Numbers]) -> list[Numbers]:
    return [numbers for name, numbers in theirs.items() if _KERNEL.fullmatch(name)]


def _same(numbers: Numbers) -> Numbers:
    return numbers


def _first(numbers: Numbers) -> Numbers:
    """Without the axis of 1 that comes first."""
    return reshaped(numbers, numbers.shape[1:])


def _flat(numbers: Numbers) -> Numbers:
    return reshaped(numbers, (math.prod(numbers.shape),))


def _one(numbers: Numbers) -> Numbers:
    return reshaped(numbers, ())


def _plane(numbers: Numbers) -> Numbers:
    return reshaped(numbers, numbers.shape[-2:])


# What a layer with style consists of: their name -> ours, and what becomes of it.
STYLED: dict[str, tuple[str, Shaped]] = {
    "conv.weight": ("weight", _first),
    "conv.modulation.weight": ("affine.weight", _same),
    "conv.modulation.bias": ("affine.bias", _same),
    "noise.weight": ("noise_strength", _one),
    "activate.bias": ("bias", _flat),
}
DRAWING: dict[str, tuple[str, Shaped]] = {
    "conv.weight": ("weight", _first),
    "conv.modulation.weight": ("affine.weight", _same),
    "conv.modulation.bias": ("affine.bias", _same),
    "bias": ("bias", _flat),
}


def _of_generator(name: str, numbers: Numbers) -> tuple[str, Numbers] | None:
    """Our name, and the numbers as we have them."""
    if found := re.fullmatch(r"style\.(\d{1,2})\.(weight|bias)", name):
        return f"mapping.fc{int(found[1]) - 1}.{found[2]}", numbers
    if name == "input.input":
        return "synthesis.b4.const", _first(numbers)
    if found := re.fullmatch(r"noises\.noise_(\d{1,2})", name):
        at = int(found[1])  # 0 is at 4 px, 1 and 2 at 8, and so on
        return f"synthesis.b{4 * 2 ** ((at + 1) // 2)}.conv{1 - at % 2}.noise_const", _plane(numbers)
    for pattern, parts, place in (
        (r"conv1\.(.*)", STYLED, lambda k: "b4.conv1"),
        (r"convs\.(\d{1,2})\.(.*)", STYLED, lambda k: f"b{8 * 2 ** (k // 2)}.conv{k % 2}"),
        (r"to_rgb1\.(.*)", DRAWING, lambda k: "b4.torgb"),
        (r"to_rgbs\.(\d{1,2})\.(.*)", DRAWING, lambda k: f"b{8 * 2**k}.torgb"),
    ):
        found = re.fullmatch(pattern, name)
        if found and found[found.lastindex or 0] in parts:
            ours, change = parts[found[found.lastindex or 0]]
            return f"synthesis.{place(int(found[1]) if found.lastindex == 2 else 0)}.{ours}", change(numbers)
    return None


def _of_discriminator(name: str, top: int) -> str | None:
    """Our name. `top` is the resolution."""
    fixed = {
        "convs.0.0.weight": f"b{top}.fromrgb.weight", "convs.0.1.bias": f"b{top}.fromrgb.bias",
        "final_conv.0.weight": "b4.conv.weight", "final_conv.1.bias": "b4.conv.bias",
        "final_linear.0.weight": "b4.fc.weight", "final_linear.0.bias": "b4.fc.bias",
        "final_linear.1.weight": "b4.out.weight", "final_linear.1.bias": "b4.out.bias",
    }  # fmt: skip
    if name in fixed:
        return fixed[name]
    found = re.fullmatch(r"convs\.(\d{1,2})\.(.*)", name)
    parts = {
        "conv1.0.weight": "conv0.weight", "conv1.1.bias": "conv0.bias",
        "conv2.1.weight": "conv1.weight", "conv2.2.bias": "conv1.bias", "skip.1.weight": "skip.weight",
    }  # fmt: skip
    if found and int(found[1]) and found[2] in parts:
        return f"b{top >> (int(found[1]) - 1)}.{parts[found[2]]}"
    return None


def _add_noise(tensors: dict[str, Numbers], notes: list[str], ours: str) -> None:
    """Early files do not hold the noise that stands still; theirs was another one at every start."""
    layers = [name.removesuffix("noise_strength") for name in tensors if name.endswith(".noise_strength")]
    if all(layer + "noise_const" in tensors for layer in layers):
        return
    chance = np.random.RandomState(0)
    for layer in layers:
        side = int(layer.split(".")[1][1:])
        if side > 1024:
            raise Unreadable("is of a network of more than 1024 px")
        made = Made(chance.randn(side, side).astype(np.float32))
        tensors.setdefault(layer + "noise_const", made)
    notes.append(f"The file holds no constant noise for {ours}; it was drawn anew.")


def _mean_of_w(tensors: Mapping[str, Numbers]) -> np.ndarray:
    """float32 (w_dim,): the mean of what the mapping makes of MEAN_OF latents. Raises Unreadable.

    Karras et al. 2019, figure 1: z on the unit sphere, then linear layers, each with a leaky ReLU of slope 0.2 and
    gain sqrt(2).
    """
    layers: list[tuple[np.ndarray, np.ndarray]] = []
    while (name := f"mapping.fc{len(layers)}") + ".weight" in tensors:
        weight, bias = tensors[name + ".weight"], tensors.get(name + ".bias")
        if bias is None or len(weight.shape) != 2 or bias.shape != weight.shape[:1] or max(weight.shape) > 4096:
            raise Unreadable("holds a mapping that is put together wrongly")
        layers.append((weight.array(), bias.array()))
    if not layers or any(a[0].shape[0] != b[0].shape[1] for a, b in pairwise(layers)):
        raise Unreadable("holds a mapping that is put together wrongly")
    x = np.random.RandomState(0).randn(MEAN_OF, layers[0][0].shape[1]).astype(np.float32)
    x /= np.sqrt(np.square(x).mean(1, keepdims=True) + 1e-8)
    with np.errstate(all="ignore"):  # what is not finite is found where weights are checked
        for weight, bias in layers:
            scale = np.float32(LR_MULTIPLIER / math.sqrt(weight.shape[1]))
            x = x @ (weight * scale).T + bias * np.float32(LR_MULTIPLIER)
            x = np.where(x < 0, x * np.float32(0.2), x) * np.float32(math.sqrt(2))
        return x.mean(0)
