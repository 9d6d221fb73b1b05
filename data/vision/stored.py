"""The stored weights of a network that sees: a folder of `model.safetensors` and `config.json`, believed in nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError, safe_open
from torch import nn

MAX_BYTES = 50_000_000  # of a weights file; ours have 1 and 2 MB

Network = TypeVar("Network", bound=nn.Module)


def load(
    folder: Path, family: str, build: Callable[[Any], Network], unavailable: type[Exception]
) -> tuple[Network, dict[str, Any]]:
    """The network of a folder, in eval mode and without gradients, and its config.

    `build` makes the network of the config's "network", or raises ValueError, KeyError, TypeError or AttributeError.
    Tensors are named `<family>.…` and compared with it (name, shape, type) before any is read. Raises `unavailable`
    with one sentence.
    """
    config = _config(folder, family, unavailable)
    path = folder / "model.safetensors"
    try:
        with torch.device("meta"):
            network = build(config["network"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise unavailable(f"{folder / 'config.json'} describes no network: {error!r}") from error
    wanted = network.state_dict()
    prefix = f"{family}."
    try:
        if path.stat().st_size > MAX_BYTES:
            raise unavailable(f"{path} is larger than {MAX_BYTES:,} bytes")
        with safe_open(path, framework="pt") as file:
            if wrong := sorted(set(file.keys()) ^ {prefix + key for key in wanted}):
                raise unavailable(f"{path} does not fit its config.json: {wrong[0]}")
            for key, value in wanted.items():
                part = file.get_slice(prefix + key)
                types = ("F32", "F16") if value.is_floating_point() else ("I64",)
                if tuple(part.get_shape()) != tuple(value.shape) or part.get_dtype() not in types:
                    raise unavailable(f"{path}: {key} is {part.get_dtype()} {part.get_shape()}")
            tensors = {key: file.get_tensor(prefix + key) for key in wanted}
    except (OSError, SafetensorError, ValueError) as error:
        raise unavailable(f"{path} cannot be read: {error}") from error
    for key, value in tensors.items():
        if not bool(torch.isfinite(value).all()):
            raise unavailable(f"{path}: {key} holds values that are not finite")
    network = network.to_empty(device="cpu")
    network.load_state_dict(tensors)
    return network.eval().requires_grad_(False), config


def digest(path: Path) -> str:
    """Of a network's folder, or of a file: another one sees otherwise. Raises OSError."""
    files = [path] if path.is_file() else [path / "config.json", path / "model.safetensors"]
    found = hashlib.sha256()
    for file in files:
        with file.open("rb") as content:
            found.update(hashlib.file_digest(content, "sha256").digest())
    return found.hexdigest()


def _config(folder: Path, family: str, unavailable: type[Exception]) -> dict[str, Any]:
    path = folder / "config.json"
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise unavailable(f"{path} cannot be read: {error}") from error
    if not isinstance(config, dict) or config.get("family") != family:
        raise unavailable(f"{path} is not of a {family} network")
    return config
