"""NVIDIA's PyTorch files: snapshots of stylegan2-ada-pytorch, and of StyleGAN2 trained by stylegan3.

A snapshot is a pickled dict of modules (G, D, G_ema), each a call of `torch_utils.persistence` with a dict that holds
the source code of its class, which is not so much as looked at here, and its `__dict__`: parameters, buffers,
submodules, settings. `_init_kwargs` in it are the arguments that the network was built from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from models.foreign.arrays import Numbers
from models.foreign.errors import Unreadable, named
from models.foreign.machine import Record
from models.foreign.vocabulary import PERSISTENT
from models.stylegan.layouts.network import Found, Networks, scaled, taps_of, tensor

VERSION = 6  # of torch_utils.persistence
MAX_NESTED = 8  # modules within modules; theirs have four
MAX_TENSORS = 10_000
LR_MULTIPLIER = 0.01  # of D's mapping, as built here

_GENERATOR3 = re.compile(r"synthesis\.(input\.|L\d+_)|.*magnitude_ema")
_RESAMPLE = re.compile(r"(.*\.)?resample_filter")


def is_snapshot(value: Any) -> bool:
    """Whether a file that holds `value` is one."""
    return isinstance(value, dict) and any(_persistent(value.get(name)) for name in ("G_ema", "G", "D"))


def snapshot(value: Mapping[str, Any]) -> Networks:
    """The networks of a snapshot. Raises Unreadable."""
    networks = Networks("NVIDIA's PyTorch code (stylegan2-ada-pytorch or stylegan3)")
    for name in ("G_ema", "G"):
        if _persistent(value.get(name)):
            networks.found[name] = generator(Module(value[name]))
    if _persistent(value.get("D")):
        try:
            networks.found["D"] = discriminator(Module(value["D"]))
        except Unlike as error:
            networks.notes.append(f"D is left out: it {error}.")
    return networks


def state_dict(tensors: Mapping[str, Any]) -> Found:
    """A network whose weights alone were saved, by the names that they have there. Raises Unreadable."""
    found = {str(name): tensor(value, named(name)) for name, value in tensors.items()}
    _check_version(found)
    return Found(_weights(found), None, taps_of(_filters(found)))


def is_generator(value: Any) -> bool:
    """Whether `value` is the state dict of a generator, of StyleGAN2 or 3."""
    return isinstance(value, dict) and any(name in value for name in ("synthesis.b4.const", "synthesis.input.freqs"))


def is_discriminator(value: Any) -> bool:
    """Whether `value` is the state dict of a discriminator."""
    return isinstance(value, dict) and "b4.fc.weight" in value


class Unlike(Unreadable):
    """A network of another kind than those here."""


class Module:
    """A module out of a snapshot: its state and its class, by name. Raises Unreadable for what is none."""

    def __init__(self, value: Any) -> None:
        meta = value.arguments[0] if _persistent(value) and len(value.arguments) == 1 else None
        if not isinstance(meta, dict) or meta.get("type") != "class" or not isinstance(meta.get("state"), dict):
            raise Unreadable("holds a network that is put together wrongly")
        if meta.get("version") != VERSION:
            raise Unreadable("was written by a torch_utils.persistence of another version than 6")
        self.kind = str(meta.get("class_name"))
        self.state: dict[str, Any] = meta["state"]
        kwargs = self.state.get("_init_kwargs")
        self.kwargs: dict[str, Any] = kwargs if isinstance(kwargs, dict) else {}

    def children(self) -> dict[str, Module]:
        modules = self.state.get("_modules") or {}
        if not isinstance(modules, dict):
            raise Unreadable("holds a network that is put together wrongly")
        return {str(name): Module(value) for name, value in modules.items() if value is not None}

    def child(self, *path: str) -> Module | None:
        """The module at the end of a path, None where it ends before."""
        module: Module | None = self
        for name in path:
            module = module.children().get(name) if module is not None else None
        return module

    def tensors(self, prefix: str = "", nested: int = 0) -> dict[str, Numbers]:
        """Parameters and buffers by their full names. What D had frozen is among its buffers."""
        if nested > MAX_NESTED:
            raise Unreadable("holds networks within networks")
        found: dict[str, Numbers] = {}
        for kind in ("_parameters", "_buffers"):
            own = self.state.get(kind) or {}
            if not isinstance(own, dict):
                raise Unreadable("holds a network that is put together wrongly")
            found |= {prefix + str(k): tensor(v, named(prefix + str(k))) for k, v in own.items() if v is not None}
        for name, module in self.children().items():
            found |= module.tensors(f"{prefix}{name}.", nested + 1)
            if len(found) > MAX_TENSORS:
                raise Unreadable(f"holds a network of more than {MAX_TENSORS:,} tensors")
        return found


def generator(module: Module) -> Found:
    """A generator of a snapshot. Raises Unreadable."""
    tensors = module.tensors()
    _check_version(tensors)
    if module.kind != "Generator":
        raise Unreadable(f"holds a network called {named(module.kind)}, which is no generator of StyleGAN2's")
    flat = "channel_base" in module.kwargs or "conv_clamp" in module.kwargs or "num_fp16_res" in module.kwargs
    settings = {**module.kwargs, **_dict(module.kwargs.get("synthesis_kwargs"))}
    mapping = _dict(module.kwargs.get("mapping_kwargs"))
    layer = _top(module.child("synthesis"), "conv1")
    first = module.child("mapping", "fc0")
    _check_activation(layer, settings)
    _check_activation(first, mapping)
    return Found(
        _weights(tensors),
        # stylegan3 hands what is of synthesis to the generator itself, and clamps where nobody says that it should not.
        _number(_own(layer, settings, "conv_clamp", 256.0 if flat else None)),
        _taps(tensors, settings),
        _number(_own(first, mapping, "bias_gain", mapping.get("lr_multiplier", LR_MULTIPLIER))) or LR_MULTIPLIER,
        channel_base=_whole(settings.get("channel_base")),
    )


def discriminator(module: Module) -> Found:
    """A discriminator of a snapshot. Raises Unreadable, and Unlike for one of another kind."""
    if module.kind != "Discriminator":
        raise Unlike(f"is a {named(module.kind)}, which is none of StyleGAN2's")
    tensors = module.tensors()
    epilogue, mapping = (_dict(module.kwargs.get(f"{name}_kwargs")) for name in ("epilogue", "mapping"))
    block = {**module.kwargs, **_dict(module.kwargs.get("block_kwargs"))}
    layer, first = _top(module, "conv0"), module.child("mapping", "fc0")
    _check_activation(layer, block)
    _check_activation(first, mapping)
    lr_multiplier = _number(_own(first, mapping, "bias_gain", mapping.get("lr_multiplier", LR_MULTIPLIER)))
    # What it is when nothing says so is for the generator to know: both are trained alike.
    clamp = _own(layer, block, "conv_clamp", -1.0)
    return Found(
        relearnt(_weights(tensors), lr_multiplier or LR_MULTIPLIER),
        _number(clamp),
        _taps(tensors, block),
        group=_whole(_own(module.child("b4", "mbstd"), {}, "group_size", epilogue.get("mbstd_group_size", 4))),
        channel_base=_whole(block.get("channel_base")),
    )


def relearnt(tensors: Mapping[str, Numbers], lr_multiplier: float) -> dict[str, Numbers]:
    """D's mapping, learnt at another rate, as if it had been learnt at ours: the product with the rate is the same."""
    factor = lr_multiplier / LR_MULTIPLIER
    mapped = re.compile(r"mapping\.fc\d+\..*")
    return {k: scaled(v, factor) if factor != 1.0 and mapped.fullmatch(k) else v for k, v in tensors.items()}


def _persistent(value: Any) -> bool:
    return isinstance(value, Record) and value.name == PERSISTENT


def _check_version(tensors: Mapping[str, Numbers]) -> None:
    if any(_GENERATOR3.match(name) for name in tensors):
        raise Unreadable("is a StyleGAN3 network; StyleGAN2 is what can be imported")


def _weights(tensors: Mapping[str, Numbers]) -> dict[str, Numbers]:
    return {name: value for name, value in tensors.items() if not _RESAMPLE.fullmatch(name)}


def _filters(tensors: Mapping[str, Numbers]) -> list[Numbers]:
    return [value for name, value in tensors.items() if _RESAMPLE.fullmatch(name)]


def _taps(tensors: Mapping[str, Numbers], settings: Mapping[str, Any]) -> tuple[float, ...]:
    """Of the filters where the file holds them, else as written down."""
    if filters := _filters(tensors):
        return taps_of(filters)
    given = settings.get("resample_filter")
    if isinstance(given, list | tuple) and all(type(tap) in (int, float) for tap in given):
        return tuple(float(tap) for tap in given)
    return taps_of([])


def _top(module: Module | None, layer: str) -> Module | None:
    """A layer of the block of the highest resolution."""
    if module is None:
        return None
    sides = [int(name[1:]) for name in module.children() if re.fullmatch(r"b\d{1,4}", name)]
    return module.child(f"b{max(sides)}", layer) if sides else None


def _own(module: Module | None, kwargs: Mapping[str, Any], name: str, default: Any) -> Any:
    """What a module says of itself, which is what it does; else what it was built from; else the default."""
    if module is not None and name in module.state:
        return module.state[name]
    return kwargs.get(name, default)


def _check_activation(layer: Module | None, kwargs: Mapping[str, Any]) -> None:
    activation = _own(layer, kwargs, "activation", "lrelu")
    if activation != "lrelu":
        raise Unreadable(f"is of a network with the activation {named(activation)}; only lrelu can be imported")


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _number(value: Any) -> float | None:
    return float(value) if type(value) in (int, float) else None


def _whole(value: Any) -> int | None:
    return int(value) if type(value) in (int, float) and value == value and abs(value) < 2**31 else None
