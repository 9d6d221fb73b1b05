"""What was fitted to photographs, out of a folder: linear maps from gradients to numbers. Believed in nothing.

`python -m bot train people` fits them (`models.people.fit`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

WEIGHTS = Path(__file__).with_name("weights")
FAMILY = "people"
MAX_BYTES = 20_000_000  # of a weights file; ours has 0.2 MB


class PeopleUnavailable(Exception):
    """What was fitted cannot be had; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Linear:
    """x (…, inputs) -> x @ weight + bias, (…, outputs), float32."""

    weight: np.ndarray = field(repr=False)  # float32 (inputs, outputs)
    bias: np.ndarray = field(repr=False)  # float32 (outputs,)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        return x @ self.weight + self.bias


@dataclass(frozen=True, slots=True)
class Fitted:
    """All of it. Inputs are `patches.gradients`."""

    align: tuple[Linear, ...]  # gradients -> a step, see `aligning.step_to`
    face: Linear  # gradients of an aligned square -> log odds that it is a face


def save(fitted: Fitted, folder: Path, config: dict[str, Any]) -> None:
    """Writes `model.safetensors` (float16 where that is enough) and `config.json`. Raises OSError."""
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    tensors: dict[str, np.ndarray] = {}
    for name, linear in _named(fitted).items():
        tensors[f"{name}.weight"] = linear.weight.astype(np.float16)
        tensors[f"{name}.bias"] = linear.bias.astype(np.float32)
    save_file(tensors, folder / "model.safetensors")
    about = {"family": FAMILY, "stages": len(fitted.align), **config}
    (folder / "config.json").write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


@cache
def fitted(folder: Path = WEIGHTS) -> Fitted:
    """What a folder holds. Raises PeopleUnavailable."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    path = folder / "model.safetensors"
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        if config.get("family") != FAMILY:
            raise PeopleUnavailable(f"{folder / 'config.json'} is not of what finds people")
        if path.stat().st_size > MAX_BYTES:
            raise PeopleUnavailable(f"{path} is larger than {MAX_BYTES:,} bytes")
        tensors = load_file(path)
        return Fitted(
            tuple(_linear(tensors, f"align.{i}", 4) for i in range(int(config["stages"]))),
            _linear(tensors, "face", 1),
        )
    except (OSError, SafetensorError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise PeopleUnavailable(f"{folder} cannot be read: {error!r}") from error


def _linear(tensors: dict[str, np.ndarray], name: str, outputs: int) -> Linear:
    weight, bias = (tensors[f"{name}.{part}"] for part in ("weight", "bias"))
    if weight.ndim != 2 or weight.shape[1] != outputs or bias.shape != (outputs,):
        raise ValueError(f"{name} is {weight.shape} and {bias.shape}")
    if not (np.isfinite(weight).all() and np.isfinite(bias).all()):
        raise ValueError(f"{name} holds values that are not finite")
    return Linear(weight.astype(np.float32), bias.astype(np.float32))


def _named(fitted: Fitted) -> dict[str, Linear]:
    return {**{f"align.{i}": stage for i, stage in enumerate(fitted.align)}, "face": fitted.face}
