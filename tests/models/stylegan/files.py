"""Checkpoints as other programs write them, of weights by NVIDIA's names (`naive.weights_of`).

Their classes are names in a pickle; here they are made for the moment of the writing, so that Python's own pickle and
torch.save write what they write there.
"""

from __future__ import annotations

import argparse
import math
import pickle
import re
import sys
import types
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tests.models.stylegan.originals import Manner, Weights

SOURCE = "raise SystemExit('the source of a class was run')\n"


@contextmanager
def nvidia_names() -> Iterator[types.SimpleNamespace]:
    """`torch_utils.persistence` and `dnnlib` exist inside, as far as a pickle names them."""

    def _reconstruct_persistent_obj(meta: Any) -> Any:
        raise AssertionError("a class of a file was built")

    class EasyDict(dict):
        pass

    class Network:
        pass

    class Persistent:
        def __init__(self, meta: dict[str, Any]) -> None:
            self.meta = meta

        def __reduce__(self) -> tuple[Any, ...]:
            return _reconstruct_persistent_obj, (self.meta,), None

    modules: dict[str, dict[str, Any]] = {
        "torch_utils": {},
        "torch_utils.persistence": {"_reconstruct_persistent_obj": _reconstruct_persistent_obj},
        "dnnlib": {},
        "dnnlib.util": {"EasyDict": EasyDict},
        "dnnlib.tflib": {},
        "dnnlib.tflib.network": {"Network": Network},
    }
    for name, members in modules.items():
        module = types.ModuleType(name)
        for key, member in members.items():
            member.__module__, member.__qualname__ = name, key
            setattr(module, key, member)
        sys.modules[name] = module
    try:
        yield types.SimpleNamespace(EasyDict=EasyDict, Network=Network, Persistent=Persistent)
    finally:
        for name in modules:
            del sys.modules[name]


KINDS = {
    "": "Generator", "mapping": "MappingNetwork", "synthesis": "SynthesisNetwork", "fc": "FullyConnectedLayer",
    "embed": "FullyConnectedLayer", "affine": "FullyConnectedLayer", "b": "SynthesisBlock", "conv": "SynthesisLayer",
    "torgb": "ToRGBLayer", "skip": "Conv2dLayer",
}  # fmt: skip


def module_of(
    names: Any,
    weights: Weights,
    settings: Mapping[str, Any],
    kwargs: Mapping[str, Any],
    kind: str = "Generator",
    version: int = 6,
) -> Any:
    """A persistent module out of flat weights. `settings` are attributes that all its layers get."""

    def build(prefix: str, name: str) -> Any:
        parameters: OrderedDict[str, Any] = OrderedDict()
        buffers: OrderedDict[str, Any] = OrderedDict()
        children: OrderedDict[str, Any] = OrderedDict()
        for full, value in weights.items():
            if not full.startswith(prefix):
                continue
            first, _, rest = full[len(prefix) :].partition(".")
            if rest:
                if first not in children:
                    children[first] = build(f"{prefix}{first}.", first)
            elif first in ("noise_const", "w_avg", "resample_filter"):
                buffers[first] = torch.from_numpy(value.copy())
            else:
                parameters[first] = torch.nn.Parameter(torch.from_numpy(value.copy()))
        own = kind if not prefix else KINDS.get(name.rstrip("0123456789"), "Layer")
        state = {
            "training": False,
            "_parameters": parameters,
            "_buffers": buffers,
            "_non_persistent_buffers_set": set(),
            "_backward_hooks": OrderedDict(),
            "_modules": children,
            **(settings if children or parameters else {}),
            "_init_args": (),
            "_init_kwargs": names.EasyDict(kwargs if not prefix else {}),
        }
        meta = {"type": "class", "version": version, "module_src": SOURCE, "class_name": own, "state": state}
        return names.Persistent(meta)

    return build("", "")


def kwargs_of(weights: Weights, manner: Manner, *, flat: bool = False) -> dict[str, Any]:
    """`_init_kwargs` of a generator, as stylegan2-ada-pytorch has them, or stylegan3 (`flat`)."""
    side = max(int(name.split(".")[1][1:]) for name in weights if name.startswith("synthesis.b"))
    w_dim = len(weights["mapping.w_avg"])
    c_dim = weights["mapping.embed.weight"].shape[1] if "mapping.embed.weight" in weights else 0
    widths = {r: len(weights[f"synthesis.b{r}.conv1.bias"]) for r in (4, side)}
    synthesis = {
        "channel_base": widths[side] * side,
        "channel_max": widths[4],
        "num_fp16_res": 0,
        "architecture": manner.architecture,
        "conv_clamp": manner.clamp,
        "resample_filter": list(manner.taps),
    }
    return {
        "z_dim": weights["mapping.fc0.weight"].shape[1] - (w_dim if c_dim else 0),
        "c_dim": c_dim,
        "w_dim": w_dim,
        "img_resolution": side,
        "img_channels": len(weights[f"synthesis.b{side}.torgb.bias"]),
        "mapping_kwargs": {
            "num_layers": sum(1 for name in weights if re.fullmatch(r"mapping\.fc\d+\.bias", name)),
            "lr_multiplier": manner.lr_multiplier,
        },
        **(synthesis if flat else {"synthesis_kwargs": synthesis}),
    }


def with_filters(weights: Weights, taps: tuple[float, ...]) -> dict[str, np.ndarray]:
    """The weights, and the buffers of filters that go with them."""
    line = np.array(taps, np.float32)
    square = np.outer(line, line) / line.sum() ** 2
    layers = {re.sub(r"\.[^.]+$", "", name) for name in weights if re.match(r"(synthesis\.)?b\d", name)}
    wanted = [name for name in layers if re.search(r"conv\d$|skip$|fromrgb$", name)]
    return {**weights, **{f"{name}.resample_filter": square.astype(np.float32) for name in wanted}}


def snapshot(
    path: Path,
    weights: Weights,
    manner: Manner | None = None,
    *,
    G: Weights | None = None,
    D: Weights | None = None,
    attributes: bool = True,
    flat: bool = False,
    protocol: int = pickle.DEFAULT_PROTOCOL,
    **changes: Any,
) -> Path:
    """A snapshot of stylegan2-ada-pytorch. Without `attributes` only `_init_kwargs` say what the weights do not."""
    manner = manner or Manner()
    settings = {"conv_clamp": manner.clamp, "activation": "lrelu"} if attributes else {}
    with nvidia_names() as names:

        def generator(of: Weights) -> Any:
            filtered = with_filters(of, manner.taps) if attributes else of
            return module_of(names, filtered, settings, kwargs_of(of, manner, flat=flat))

        data = {
            "training_set_kwargs": names.EasyDict(class_name="training.dataset.ImageFolderDataset", use_labels=False),
            "augment_pipe": None,
            "G": generator(G) if G is not None else None,
            "D": None,
            "G_ema": generator(weights),
        }
        if D is not None:
            kwargs = {"c_dim": 0, "conv_clamp": manner.clamp, "epilogue_kwargs": {"mbstd_group_size": 4}}
            data["D"] = module_of(names, with_filters(D, manner.taps), settings, kwargs, "Discriminator")
        path.write_bytes(pickle.dumps({**data, **changes}, protocol))
    return path


def discriminator_of(resolution: int, channels: Mapping[int, int], colours: int = 3, seed: int = 9) -> dict[str, Any]:
    """Random float32 weights of a "resnet" discriminator without labels, by NVIDIA's names."""
    chance = np.random.RandomState(seed)
    found = {
        f"b{resolution}.fromrgb.weight": chance.randn(channels[resolution], colours, 1, 1),
        f"b{resolution}.fromrgb.bias": chance.randn(channels[resolution]),
    }
    size = resolution
    while size > 4:
        here, below = channels[size], channels[size // 2]
        for name, outputs in (("conv0", here), ("conv1", below)):
            found[f"b{size}.{name}.weight"] = chance.randn(outputs, here, 3, 3)
            found[f"b{size}.{name}.bias"] = chance.randn(outputs)
        found[f"b{size}.skip.weight"] = chance.randn(below, here, 1, 1)
        size //= 2
    last = channels[4]
    found |= {
        "b4.conv.weight": chance.randn(last, last + 1, 3, 3), "b4.conv.bias": chance.randn(last),
        "b4.fc.weight": chance.randn(last, last * 16), "b4.fc.bias": chance.randn(last),
        "b4.out.weight": chance.randn(1, last), "b4.out.bias": chance.randn(1),
    }  # fmt: skip
    return {name: value.astype(np.float32) for name, value in found.items()}


def rosinality(weights: Weights, *, noises: bool = True) -> OrderedDict[str, torch.Tensor]:
    """The state dict of its generator."""
    state: OrderedDict[str, torch.Tensor] = OrderedDict()
    parts = {
        "weight": lambda v: ("conv.weight", v[None]),
        "affine.weight": lambda v: ("conv.modulation.weight", v),
        "affine.bias": lambda v: ("conv.modulation.bias", v),
    }
    for name, value in weights.items():
        tensor = torch.from_numpy(value.copy())
        if found := re.fullmatch(r"mapping\.fc(\d+)\.(\w+)", name):
            state[f"style.{int(found[1]) + 1}.{found[2]}"] = tensor
        elif name == "synthesis.b4.const":
            state["input.input"] = tensor[None]
        elif found := re.fullmatch(r"synthesis\.b(\d+)\.(conv(\d)|torgb)\.(.*)", name):
            level = int(math.log2(int(found[1]))) - 2  # 0 at 4 px
            part = found[4]
            if part == "noise_const":
                if noises:
                    number = 0 if level == 0 else 2 * level - 1 + int(found[3])
                    state[f"noises.noise_{number}"] = tensor[None, None]
                continue
            if found[2] == "torgb":
                layer = "to_rgb1" if level == 0 else f"to_rgbs.{level - 1}"
                ends = {**parts, "bias": lambda v: ("bias", v.reshape(1, -1, 1, 1))}
            else:
                layer = "conv1" if level == 0 else f"convs.{2 * (level - 1) + int(found[3])}"
                ends = {
                    **parts,
                    "bias": lambda v: ("activate.bias", v),
                    "noise_strength": lambda v: ("noise.weight", v.reshape(1)),
                }
            end, changed = ends[part](tensor)
            state[f"{layer}.{end}"] = changed
            if found[2] == "conv0" and part == "weight":
                state[f"{layer}.conv.blur.kernel"] = _kernel() * 4
            if layer.startswith("to_rgbs") and part == "weight":
                state[f"{layer}.upsample.kernel"] = _kernel() * 4
    return state


def rosinality_discriminator(weights: Weights) -> OrderedDict[str, torch.Tensor]:
    """The state dict of its discriminator."""
    top = max(int(name[1:].split(".")[0]) for name in weights)
    fixed = {
        f"b{top}.fromrgb.weight": "convs.0.0.weight", f"b{top}.fromrgb.bias": "convs.0.1.bias",
        "b4.conv.weight": "final_conv.0.weight", "b4.conv.bias": "final_conv.1.bias",
        "b4.fc.weight": "final_linear.0.weight", "b4.fc.bias": "final_linear.0.bias",
        "b4.out.weight": "final_linear.1.weight", "b4.out.bias": "final_linear.1.bias",
    }  # fmt: skip
    ends = {
        "conv0.weight": "conv1.0.weight", "conv0.bias": "conv1.1.bias", "conv1.weight": "conv2.1.weight",
        "conv1.bias": "conv2.2.bias", "skip.weight": "skip.1.weight",
    }  # fmt: skip
    state: OrderedDict[str, torch.Tensor] = OrderedDict()
    for name, value in weights.items():
        block, _, end = name.partition(".")
        number = int(math.log2(top // int(block[1:]))) + 1
        state[fixed[name] if name in fixed else f"convs.{number}.{ends[end]}"] = torch.from_numpy(value.copy())
        if end == "conv1.weight":
            state[f"convs.{number}.conv2.0.kernel"] = _kernel()
    return state


def _kernel() -> torch.Tensor:
    line = torch.tensor([1.0, 3.0, 3.0, 1.0])
    return torch.outer(line, line) / 64


def training_arguments() -> argparse.Namespace:
    return argparse.Namespace(path="data/lmdb", size=32, r1=10.0, mixing=0.9, distributed=False, ckpt=None, n_mlp=2)


def tensorflow(path: Path, weights: Weights, D: Weights | None = None, **settings: Any) -> Path:
    """A tuple of networks as StyleGAN2-ADA in TensorFlow pickles it; one network alone without D."""
    side = max(int(name.split(".")[1][1:]) for name in weights if name.startswith("synthesis.b"))
    variables: dict[str, list[tuple[str, Any]]] = {"": [("lod", np.float32(0))]}
    variables |= {"mapping": [], "synthesis": []}
    for name, value in weights.items():
        if name == "mapping.w_avg":
            variables[""].append(("dlatent_avg", value))
        elif found := re.fullmatch(r"mapping\.(fc|embed)(\d*)\.(\w+)", name):
            layer = "LabelEmbed" if found[1] == "embed" else f"Dense{found[2]}"
            variables["mapping"].append((f"{layer}/{found[3]}", value.T))
        elif name == "synthesis.b4.const":
            variables["synthesis"].append(("4x4/Const/const", value[None]))
        elif found := re.fullmatch(r"synthesis\.b(\d+)\.(conv\d|torgb|skip)\.(.*)", name):
            size = int(found[1])
            layer = {"conv0": "Conv0_up", "conv1": "Conv1" if size > 4 else "Conv", "torgb": "ToRGB", "skip": "Skip"}
            variables["synthesis"].append(_of_tensorflow(size, found[2], layer[found[2]], found[3], value))
    with nvidia_names() as names:

        def network(own: list[Any], static: Mapping[str, Any], components: Mapping[str, Any]) -> Any:
            made = names.Network()
            made.__dict__ = {
                "version": 4, "name": "G", "static_kwargs": names.EasyDict(static),
                "components": names.EasyDict(components), "build_module_src": SOURCE, "build_func_name": "G_main",
                "variables": own,
            }  # fmt: skip
            return made

        static = {"num_channels": 3, "resolution": side, "label_size": 0, **settings}
        parts = {name: network(variables[name], {}, {}) for name in ("mapping", "synthesis")}
        Gs = network(variables[""], static, parts)
        found_d = network(_discriminator_variables(D), {"resolution": side, "num_channels": 3}, {}) if D else None
        path.write_bytes(pickle.dumps((Gs, found_d, Gs) if D else Gs))
    return path


def _of_tensorflow(size: int, ours: str, layer: str, part: str, value: np.ndarray) -> tuple[str, Any]:
    if part == "noise_const":
        number = 0 if size == 4 else int(math.log2(size)) * 2 - (5 if ours == "conv0" else 4)
        return f"noise{number}", value[None, None]
    if part == "weight":
        moved = value.transpose(2, 3, 1, 0)
        return f"{size}x{size}/{layer}/weight", moved[::-1, ::-1] if layer in ("Conv0_up", "Skip") else moved
    if part == "noise_strength":
        return f"{size}x{size}/{layer}/noise_strength", np.float32(value)  # a session hands out a number, no array
    names = {"affine.weight": ("mod_weight", value.T), "affine.bias": ("mod_bias", value - 1)}
    end, changed = names.get(part, (part, value))
    return f"{size}x{size}/{layer}/{end}", np.ascontiguousarray(changed)


def _discriminator_variables(weights: Weights) -> list[tuple[str, np.ndarray]]:
    layers = {"fromrgb": "FromRGB", "conv0": "Conv0", "conv1": "Conv1_down", "skip": "Skip", "conv": "Conv"}
    found = []
    for name, value in weights.items():
        block, layer, part = name.split(".")
        size = int(block[1:])
        changed = value if part == "bias" else value.T if value.ndim == 2 else value.transpose(2, 3, 1, 0)
        if layer == "out":
            found.append((f"Output/{part}", changed))
        else:
            found.append((f"{size}x{size}/{layers.get(layer, 'Dense0')}/{part}", changed))
    return found
