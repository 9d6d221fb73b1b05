"""Files of the TensorFlow era: a tuple (G, D, Gs) of `dnnlib.tflib.network.Network`, of StyleGAN2 and StyleGAN2-ADA.

Such a network is its settings, its variables by name, and the networks that it consists of. Axes are in another order
(height, width, in, out), convolutions that double a picture are mirrored, and a style's bias of 1 is not in the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from models.foreign.arrays import Numbers
from models.foreign.errors import Unreadable, named
from models.foreign.machine import Record
from models.foreign.vocabulary import TENSORFLOW
from models.stylegan.layouts.network import USUAL, Found, Networks, permuted, reshaped, scaled, tensor
from models.stylegan.layouts.nvidia import Unlike, relearnt

OLDEST = 4  # StyleGAN2's version of the format; StyleGAN's is 3
MAX_NESTED = 4
KINDS = ("G", "D", "G_ema")

# What may stand in the settings of a network, and what it is where it does not.
KNOWN_G: dict[str, Any] = {
    "latent_size": 512, "label_size": 0, "dlatent_size": 512, "resolution": 1024, "num_channels": 3,
    "mapping_layers": 8, "label_fmaps": None, "mapping_fmaps": None, "mapping_nonlinearity": "lrelu",
    "mapping_lrmul": 0.01, "w_avg_beta": 0.995, "fmap_base": 16384, "fmap_max": 512, "num_fp16_res": 0,
    "conv_clamp": None, "architecture": "skip", "resample_kernel": USUAL, "use_noise": True, "nonlinearity": "lrelu",
    "truncation_psi": None, "truncation_cutoff": None, "style_mixing_prob": None, "structure": None,
}  # fmt: skip
KNOWN_D: dict[str, Any] = {
    "label_size": 0, "resolution": 1024, "num_channels": 3, "architecture": "resnet", "fmap_base": 16384,
    "fmap_max": 512, "num_fp16_res": 0, "conv_clamp": None, "mapping_fmaps": None, "nonlinearity": "lrelu",
    "resample_kernel": USUAL, "freeze_layers": 0, "mapping_layers": 0, "mapping_lrmul": 0.1,
    "mbstd_group_size": None, "mbstd_num_features": 1, "structure": None,
}  # fmt: skip

Shaped = Callable[[Numbers], Numbers]


def is_legacy(value: Any) -> bool:
    """Whether a file that holds `value` is one."""
    return _network(value) or (isinstance(value, tuple) and len(value) == 3 and all(map(_network, value)))


def legacy(value: Any) -> Networks:
    """The networks of such a file; one alone is G_ema. Raises Unreadable."""
    networks = Networks("NVIDIA's TensorFlow code (stylegan2 or stylegan2-ada)")
    for name, one in zip(KINDS, value, strict=True) if isinstance(value, tuple) else [("G_ema", value)]:
        if name != "D":
            networks.found[name] = _generator(one)
            continue
        try:
            networks.found[name] = _discriminator(one)
        except Unlike as error:
            networks.notes.append(f"D is left out: it {error}.")
    return networks


def _same(numbers: Numbers) -> Numbers:
    return numbers


def _dense(numbers: Numbers) -> Numbers:
    return permuted(numbers, (1, 0))


def _conv(numbers: Numbers) -> Numbers:
    return permuted(numbers, (3, 2, 0, 1))


def _mirrored(numbers: Numbers) -> Numbers:
    return permuted(numbers, (3, 2, 0, 1), flipped=2)


def _plus_one(numbers: Numbers) -> Numbers:
    return scaled(numbers, 1.0, 1.0)


def _plane(numbers: Numbers) -> Numbers:
    return reshaped(numbers, numbers.shape[-2:])


def _const(numbers: Numbers) -> Numbers:
    return reshaped(numbers, numbers.shape[1:])


LAYER: dict[str, tuple[str, Shaped]] = {
    "bias": ("bias", _same),
    "noise_strength": ("noise_strength", _same),
    "mod_weight": ("affine.weight", _dense),
    "mod_bias": ("affine.bias", _plus_one),
}
# Layers of a block: theirs -> ours, and what becomes of the weights of the convolution.
OF_G: dict[str, tuple[str, Shaped]] = {
    "Conv": ("conv1", _conv), "Conv0_up": ("conv0", _mirrored), "Conv1": ("conv1", _conv), "ToRGB": ("torgb", _conv),
    "Skip": ("skip", _mirrored),
}  # fmt: skip
OF_D: dict[str, tuple[str, Shaped]] = {
    "FromRGB": ("fromrgb", _conv), "Conv0": ("conv0", _conv), "Conv1_down": ("conv1", _conv), "Skip": ("skip", _conv),
    "Conv": ("conv", _conv), "Dense0": ("fc", _dense),
}  # fmt: skip
UNUSED = re.compile(r"(.*/)?lod|.*_lod\d+/.*")  # how far a picture had grown: StyleGAN2 does not grow


def _generator(network: Record) -> Found:
    settings, variables = _settings(network, KNOWN_G), _variables(network)
    tensors: dict[str, Numbers] = {}
    for name, numbers in variables.items():
        if name == "dlatent_avg":
            tensors["mapping.w_avg"] = numbers
        elif found := re.fullmatch(r"mapping/(LabelEmbed|Dense(\d{1,2}))/(weight|bias)", name):
            ours = "embed" if found[2] is None else f"fc{found[2]}"
            tensors[f"mapping.{ours}.{found[3]}"] = _dense(numbers) if found[3] == "weight" else numbers
        elif name == "synthesis/4x4/Const/const":
            tensors["synthesis.b4.const"] = _const(numbers)
        elif found := re.fullmatch(r"synthesis/noise(\d{1,2})", name):
            at = int(found[1])  # 0 is at 4 px, 1 and 2 at 8, and so on
            place = f"synthesis.b{4 * 2 ** ((at + 1) // 2)}.conv{1 - at % 2}"
            tensors[f"{place}.noise_const"] = _plane(numbers)
        elif layer := _layer(name.removeprefix("synthesis/"), numbers, OF_G, settings["resolution"]):
            tensors[f"synthesis.{layer[0]}"] = layer[1]
        elif not UNUSED.fullmatch(name):
            raise Unreadable(f"holds the unknown variable {named(name)}; only plain StyleGAN2 can be imported")
    return Found(
        tensors,
        _clamp(settings),
        _taps(settings),
        float(settings["mapping_lrmul"]),
        channel_base=_doubled(settings["fmap_base"]),
    )


def _discriminator(network: Record) -> Found:
    settings, variables = _settings(network, KNOWN_D, Unlike), _variables(network)
    tensors: dict[str, Numbers] = {}
    for name, numbers in variables.items():
        if found := re.fullmatch(r"(LabelEmbed|Mapping(\d{1,2}))/(weight|bias)", name):
            ours = "embed" if found[2] is None else f"fc{found[2]}"
            tensors[f"mapping.{ours}.{found[3]}"] = _dense(numbers) if found[3] == "weight" else numbers
        elif found := re.fullmatch(r"Output/(weight|bias)", name):
            tensors[f"b4.out.{found[1]}"] = _dense(numbers) if found[1] == "weight" else numbers
        elif layer := _layer(name, numbers, OF_D, settings["resolution"]):
            tensors[layer[0]] = layer[1]
        elif not UNUSED.fullmatch(name):
            raise Unlike(f"holds the unknown variable {named(name)}")
    group = settings["mbstd_group_size"]
    return Found(
        relearnt(tensors, float(settings["mapping_lrmul"])),
        _clamp(settings),
        _taps(settings),
        group=group if isinstance(group, int) and group > 0 else None,
        channel_base=_doubled(settings["fmap_base"]),
    )


def _layer(
    name: str, numbers: Numbers, layers: Mapping[str, tuple[str, Shaped]], resolution: int
) -> tuple[str, Numbers] | None:
    """A tensor of a layer of a block, by our name: `64x64/Conv1/weight`, or of an "orig" `ToRGB_lod0/weight`."""
    found = re.fullmatch(r"(\d{1,4})x\1/(\w{1,20})/(\w{1,20})", name)
    side, layer, part = (int(found[1]), found[2], found[3]) if found else (0, "", "")
    if found := re.fullmatch(r"(ToRGB|FromRGB)_lod(\d{1,2})/(\w{1,20})", name):
        if found[2] != "0":
            return None
        side, layer, part = resolution, found[1], found[3]
    if layer not in layers:
        return None
    ours, change = layers[layer]
    if part == "weight":
        return f"b{side}.{ours}.weight", change(numbers)
    if part in LAYER:
        ending, change = LAYER[part]
        return f"b{side}.{ours}.{ending}", change(numbers)
    return None


def _network(value: Any) -> bool:
    return isinstance(value, Record) and value.name == TENSORFLOW


def _settings(network: Record, known: Mapping[str, Any], unlike: type[Unreadable] = Unreadable) -> dict[str, Any]:
    """All settings. Raises Unreadable for those of a network that cannot be built here."""
    state = network.state
    given = state.get("static_kwargs") if isinstance(state, dict) else None
    version = state.get("version") if isinstance(state, dict) else None
    if not isinstance(given, dict) or type(version) is not int:
        raise Unreadable("holds a network that is put together wrongly")
    if version < OLDEST:
        raise Unreadable("is of StyleGAN or an older network in TensorFlow; StyleGAN2 is what can be imported")
    if unknown := [name for name in given if name not in known]:
        raise unlike(f"has the setting {named(unknown[0])}, which is not of plain StyleGAN2")
    found = {**known, **{k: v for k, v in given.items() if v is not None}}
    for name in ("nonlinearity", "mapping_nonlinearity"):
        if found.get(name, "lrelu") != "lrelu":
            raise unlike(f"is of a network with the activation {named(found[name])}; only lrelu can be imported")
    if type(found["resolution"]) is not int or type(found["mapping_lrmul"]) not in (int, float):
        raise Unreadable("holds a network that is put together wrongly")
    return found


def _variables(network: Record, prefix: str = "", nested: int = 0) -> dict[str, Numbers]:
    """All variables by their full names. Raises Unreadable."""
    state = network.state
    variables, components = (
        (state.get("variables"), state.get("components")) if isinstance(state, dict) else (None,) * 2
    )
    if not isinstance(variables, list) or nested > MAX_NESTED:
        raise Unreadable("holds a network that is put together wrongly")
    found: dict[str, Numbers] = {}
    for pair in variables:
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise Unreadable("holds a network that is put together wrongly")
        found[prefix + str(pair[0])] = tensor(pair[1], named(prefix + str(pair[0])))
    for name, component in components.items() if isinstance(components, dict) else ():
        if not _network(component):
            raise Unreadable("holds a network that is put together wrongly")
        found |= _variables(component, f"{prefix}{name}/", nested + 1)
    return found


def _clamp(settings: Mapping[str, Any]) -> float | None:
    clamp = settings["conv_clamp"]
    return float(clamp) if type(clamp) in (int, float) else None


def _taps(settings: Mapping[str, Any]) -> tuple[float, ...]:
    taps = settings["resample_kernel"]
    if not isinstance(taps, list | tuple) or not all(type(tap) in (int, float) for tap in taps):
        raise Unreadable("resamples with a filter that is none")
    return tuple(float(tap) for tap in taps)


def _doubled(base: Any) -> int | None:
    return base * 2 if type(base) is int and abs(base) < 2**31 else None
