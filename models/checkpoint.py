"""A model on disk: `model.safetensors`, `config.json` and `card.md` in one folder, no code.

`config.json` holds the family and all that builds the network, so that a model needs nothing but its folder. What is
loaded may come from anywhere: nothing in it is believed before it was checked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn

from data import durable
from models.families import build
from models.shapes import only_shapes

WEIGHTS, CONFIG, CARD = "model.safetensors", "config.json", "card.md"
MAX_WEIGHTS = 2_000_000_000  # bytes
MAX_HEADER = 10_000_000
MAX_CONFIG = 1_000_000
HALF = torch.finfo(torch.float16)


class CheckpointError(Exception):
    """A model folder cannot be used; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Model:
    config: Mapping[str, Any]
    modules: Mapping[str, nn.Module]  # "G_ema" and what else was kept; float32, eval mode, no gradients


def save_model(
    folder: Path, tensors: Mapping[str, torch.Tensor], config: Mapping[str, Any], card: str = "", *, half: bool = False
) -> None:
    """Write a model folder, whole or not at all. An older one in its place goes.

    `tensors` are named `G_ema.…`, `D.…`; `half` keeps those of two and more dimensions in float16, which halves the
    file and cannot be seen in the pictures. Raises CheckpointError for a weight that float16 cannot hold.
    """
    stored = {key: value.detach().cpu().contiguous() for key, value in tensors.items()}
    if half:
        stored = {key: _halved(key, value) for key, value in stored.items()}
    with durable.replacing_folder(folder) as fresh:
        save_file(stored, fresh / WEIGHTS, {"format": "pt"})
        (fresh / CONFIG).write_text(json.dumps(config, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        if card:
            (fresh / CARD).write_text(card, encoding="utf-8", newline="\n")


def read_config(folder: Path) -> dict[str, Any]:
    """`config.json` of a model folder. Raises CheckpointError."""
    path = folder / CONFIG
    try:
        if path.stat().st_size > MAX_CONFIG:
            raise CheckpointError(f"{path} is larger than {MAX_CONFIG:,} bytes")
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise CheckpointError(f"{path} cannot be read: {error}") from error
    if not isinstance(config, dict):
        raise CheckpointError(f"{path} is not a JSON object")
    return config


def load_model(folder: Path, parts: tuple[str, ...] = ("G_ema",)) -> Model:
    """The networks of a model folder, those of `parts` that it holds; the averaged ones (`G_ema`) must be there.

    Every tensor in the file is compared with the network that `config.json` describes (name, shape, type) before any
    is read. Raises CheckpointError.
    """
    config = read_config(folder)
    try:
        with only_shapes():  # nothing is allocated for a network that does not fit
            expected = build(config)
    except (ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"{folder / CONFIG} describes no network: {error}") from error
    path = folder / WEIGHTS
    _check_size(path)
    try:
        with safe_open(path, framework="pt") as file:
            kept = _check(file, expected, path)
            modules = {name: _load(file, name, expected[name]) for name in parts if name in kept}
    except (OSError, SafetensorError, ValueError) as error:
        raise CheckpointError(f"{path} cannot be read: {error}") from error
    return Model(config, modules)


def _check_size(path: Path) -> None:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            header = int.from_bytes(file.read(8), "little")  # safetensors: the header's length comes first
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error}") from error
    if size > MAX_WEIGHTS:
        raise CheckpointError(f"{path} is larger than {MAX_WEIGHTS:,} bytes")
    if header > min(MAX_HEADER, size):
        raise CheckpointError(f"{path} is no safetensors file: its header would be {header:,} bytes")


def _check(file: Any, expected: Mapping[str, nn.Module], path: Path) -> set[str]:
    """The names of the modules that the file holds, each of them whole. Raises CheckpointError."""
    found = set(file.keys())
    kept = {key.partition(".")[0] for key in found}
    if lacking := [name for name in expected if name.endswith("_ema") and name not in kept]:
        raise CheckpointError(f"{path} holds no {lacking[0]}")
    for name in sorted(kept):
        if name not in expected:
            raise CheckpointError(f"{path} holds tensors of {name}, which its network does not have")
        prefix = f"{name}."
        wanted = {prefix + key: value for key, value in expected[name].state_dict().items()}
        mine = {key for key in found if key.startswith(prefix)}
        if wrong := sorted(mine ^ set(wanted)):
            verb = "holds the unknown" if wrong[0] in mine else "lacks the"
            raise CheckpointError(f"{path} {verb} tensor {wrong[0]}")
        for key, value in wanted.items():
            part = file.get_slice(key)
            shape, dtype = tuple(part.get_shape()), part.get_dtype()
            if shape != tuple(value.shape):
                raise CheckpointError(f"{path}: {key} has the shape {shape}, its network needs {tuple(value.shape)}")
            if dtype not in (("F32", "F16") if value.is_floating_point() else ("I64",)):
                raise CheckpointError(f"{path}: {key} is of type {dtype}")
    return kept


def _load(file: Any, name: str, module: nn.Module) -> nn.Module:
    tensors = {}
    for key, shape in module.state_dict().items():
        value = file.get_tensor(f"{name}.{key}")
        if not bool(torch.isfinite(value).all()):
            raise CheckpointError(f"{name}.{key} holds values that are not finite")
        tensors[key] = value.to(shape.dtype, copy=True)  # of its own: the file's memory goes
    module.load_state_dict(tensors, assign=True)
    return module.eval().requires_grad_(False)


def _halved(key: str, value: torch.Tensor) -> torch.Tensor:
    if value.ndim < 2 or not value.is_floating_point():
        return value  # BatchNorm's statistics span more than float16 holds, and are small
    if float(value.abs().max()) > HALF.max:
        raise CheckpointError(f"{key} does not fit into float16")
    return value.half()
