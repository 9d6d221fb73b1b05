"""StyleGAN2 as others have trained it, made one of our models. Nothing that is in a file is run.

A file is read by `models.foreign`, which knows what it may hold and calls nothing; `models.stylegan.layouts` bring what
is found to our names. Here it becomes a config and tensors, each compared with the network that the config describes
before it is copied out of the file.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from models.checkpoint import MAX_WEIGHTS
from models.families import build
from models.foreign.errors import Unreadable
from models.foreign.reading import read_file
from models.shapes import only_shapes
from models.stylegan.config import StyleGANConfig
from models.stylegan.layouts import nvidia, rosinality, tensorflow
from models.stylegan.layouts.network import Found, Networks
from models.stylegan.layouts.sizes import config_of, unlike

PREVIEW_SEEDS = range(64)
ORDER = ("G_ema", "G", "D")


@dataclass(frozen=True, slots=True)
class Imported:
    """A model as `models.checkpoint.save_model` takes it. `said` are sentences on what it is."""

    tensors: Mapping[str, torch.Tensor] = field(repr=False)
    config: Mapping[str, Any]
    card: str = field(repr=False)
    said: tuple[str, ...]


def import_checkpoint(path: Path, use: str = "G_ema") -> Imported:
    """The networks of a checkpoint: `G_ema`, which draws, and G and D where they are there.

    With `use` "G" the generator that is not averaged takes the place of G_ema. Raises Unreadable with the rest of a
    sentence that the file's name begins, and OSError.
    """
    networks = networks_of(read_file(path))
    found = networks.found
    if use == "G":
        found = {"G_ema": found["G"], **{k: v for k, v in found.items() if k == "D"}} if "G" in found else {}
        if not found:
            raise Unreadable("holds no G")
        networks.notes.append("G draws: the generator as it was trained, not its average.")
    if "G_ema" not in found:
        other = "; it has a G, which --use G would take in its place" if "G" in found else ""
        raise Unreadable(f"holds no G_ema, the averaged generator that draws{other}")
    config = _settled(found, networks.notes)
    tensors = _tensors(found, config)
    sha256 = _sha256(path)
    kept = [name for name in ORDER if name in found]
    origin = {"file": path.name, "sha256": sha256, "layout": networks.layout}
    stored = {
        "family": "stylegan",
        "network": config.to_json(),
        "labels": [""] * config.c_dim,  # classes by number: what they are called is in no such file
        "preview_seeds": [*PREVIEW_SEEDS],
        "kimg": networks.kimg,
        "parent": None,
        "data": None,
        "imported": origin,
    }
    labels = f", {config.c_dim} labels" if config.c_dim else ""
    what = (
        f"StyleGAN2 at {config.resolution} px{labels}: {', '.join(kept)} from {networks.layout}",
        *networks.notes,
    )
    return Imported(tensors, stored, _card(config, kept, origin, networks.notes), what)


def networks_of(value: Any) -> Networks:
    """The networks that a file holds. Raises Unreadable."""
    if nvidia.is_snapshot(value):
        return nvidia.snapshot(value)
    if tensorflow.is_legacy(value):
        return tensorflow.legacy(value)
    if rosinality.is_training_file(value):
        return rosinality.training_file(value)
    if rosinality.is_generator(value):
        networks = Networks("rosinality's stylegan2-pytorch (a bare state dict)")
        networks.found["G_ema"] = rosinality.generator(value, None, networks.notes)
        return networks
    if found := _state_dicts(value):
        networks = Networks("NVIDIA's PyTorch code (bare state dicts)", found)
        networks.notes.append("A state dict does not say whether activations were clamped; it is taken that not.")
        return networks
    if rosinality.is_discriminator(value) or nvidia.is_discriminator(value):
        raise Unreadable("holds a discriminator and no generator")
    raise Unreadable("holds no StyleGAN2 network that is known here")


def _state_dicts(value: Any) -> dict[str, Found]:
    """Of networks in NVIDIA's names: one alone, or by what they are called."""
    if nvidia.is_generator(value):
        return {"G_ema": nvidia.state_dict(value)}
    if not isinstance(value, dict) or not any(nvidia.is_generator(value.get(name)) for name in ("G_ema", "G")):
        return {}
    known: dict[str, Any] = {name: value.get(name) for name in ORDER}
    return {k: nvidia.state_dict(v) for k, v in known.items() if nvidia.is_generator(v) or nvidia.is_discriminator(v)}


def _settled(found: dict[str, Found], notes: list[str]) -> StyleGANConfig:
    """The config of all; a G or D that does not fit G_ema is taken out of `found`, and a note says so."""
    if "D" in found and (reason := unlike(found["G_ema"], found["D"])):
        notes.append(f"D is left out: it {reason}.")
        del found["D"]
    if "D" in found:
        try:
            config = config_of(found["G_ema"], found["D"])
            _check("D", found["D"], config)
        except Unreadable as error:
            config_of(found["G_ema"])  # what is wrong with G is no fault of D
            notes.append(f"D is left out: it {error}.")
            del found["D"]
    config = config_of(found["G_ema"], found.get("D"))
    _check("G_ema", found["G_ema"], config)
    if "G" in found:
        try:
            _check("G", found["G"], config)
        except Unreadable as error:
            notes.append(f"G is left out: it {error}.")
            del found["G"]
    return config


def _wanted(name: str, config: StyleGANConfig) -> dict[str, torch.Size]:
    """Names and shapes of the weights that a file must hold."""
    with only_shapes():
        module = build({"family": "stylegan", "network": config.to_json()})[name]
    return {key: value.shape for key, value in module.state_dict().items() if key != "c_bank"}


def _check(name: str, found: Found, config: StyleGANConfig) -> None:
    """Raises Unreadable where a network is not what its config asks for."""
    wanted = _wanted(name, config)
    if wrong := sorted(set(found.tensors) ^ set(wanted)):
        verb = "holds the unknown" if wrong[0] in found.tensors else "lacks the"
        raise Unreadable(f"{verb} tensor {name}.{wrong[0]}")
    for key, shape in wanted.items():
        if tuple(shape) != tuple(found.tensors[key].shape):
            raise Unreadable(f"holds {name}.{key} in the shape {tuple(found.tensors[key].shape)}, not {tuple(shape)}")


def _tensors(found: Mapping[str, Found], config: StyleGANConfig) -> dict[str, torch.Tensor]:
    """All weights, float32, by their full names. Raises Unreadable for those that are not finite."""
    size = sum(4 * math.prod(numbers.shape) for network in found.values() for numbers in network.tensors.values())
    if size > MAX_WEIGHTS:
        raise Unreadable(f"holds networks of more than {MAX_WEIGHTS:,} bytes")
    tensors: dict[str, torch.Tensor] = {}
    for name, network in found.items():
        for key, numbers in network.tensors.items():
            array = numbers.array()
            if not np.isfinite(array).all():
                raise Unreadable(f"is broken: {name}.{key} holds values that are not finite (NaN or infinity)")
            tensors[f"{name}.{key}"] = torch.from_numpy(array)
        if config.c_dim and name != "D":
            tensors[f"{name}.c_bank"] = torch.eye(config.c_dim)  # a class each
    return tensors


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _card(config: StyleGANConfig, kept: list[str], origin: Mapping[str, str], notes: list[str]) -> str:
    labels = (
        f"{config.c_dim} labels, classes by number" if config.c_dim else "no labels: it cannot be told what to draw"
    )
    remarks = "".join(f"- {note}\n" for note in notes)
    return (
        f"# A StyleGAN2 at {config.resolution} px, imported\n\n"
        f"{labels[0].upper()}{labels[1:]}; z_dim {config.z_dim}, w_dim {config.w_dim}, {config.mapping_layers} layers "
        f"of mapping, channel_base {config.channel_base}, channel_max {config.channel_max}, "
        f"G `{config.g_architecture}`. It holds {', '.join(kept)} in float32.\n\n"
        "## Made from\n\n"
        f"- **File** `{origin['file'].replace('`', '_')}`, sha256 {origin['sha256']}.\n"
        f"- **Written by** {origin['layout']}.\n{remarks}\n"
        "## Licence and data\n\n"
        "Those of the file, which does not say: ask where you have it from before you hand pictures or weights on.\n"
    )
