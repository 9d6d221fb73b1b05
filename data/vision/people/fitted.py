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
HAIR = 9  # numbers that are said of hair: of three lightnesses and six families


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
class Likeness:
    """x (…, inputs) -> how like it is to each of some that are known, and what follows from it (radial basis functions,
    Broomhead and Lowe 1988)."""

    known: np.ndarray = field(repr=False)  # float32 (N, inputs)
    said: Linear  # likenesses (…, N) -> how surely it is each of `hair.LIGHTNESS` and `hair.FAMILIES`

    def near(self, x: np.ndarray) -> np.ndarray:
        """(…, inputs) -> (…, N), see `likenesses`."""
        return likenesses(x, self.known)


def likenesses(x: np.ndarray, known: np.ndarray) -> np.ndarray:
    """(…, inputs) and (N, inputs) -> float32 (…, N): 1 where they are the same, 0.6 at a distance of 1."""
    return np.exp(-0.5 * ((x[..., None, :] - known) ** 2).sum(-1)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Fitted:
    """All of it. Sizes of inputs are those of `patches` and `reading`."""

    align: tuple[Linear, ...]  # gradients -> a step, see `aligning.step_to`
    face: Linear  # gradients of an aligned square -> log odds that it is a face
    read: dict[str, Linear]  # what is read of a head -> log odds, or a number; see `reading`
    hair: Likeness  # what `hair.described` describes


def save(fitted: Fitted, folder: Path, config: dict[str, Any]) -> None:
    """Writes `model.safetensors` (float16 where that is enough) and `config.json`. Raises OSError."""
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    tensors: dict[str, np.ndarray] = {}
    for name, linear in _named(fitted).items():
        tensors[f"{name}.weight"] = linear.weight.astype(np.float16)
        tensors[f"{name}.bias"] = linear.bias.astype(np.float32)
    tensors["hair.known"] = fitted.hair.known.astype(np.float16)
    save_file(tensors, folder / "model.safetensors")
    about = {"family": FAMILY, "stages": len(fitted.align), "read": sorted(fitted.read), **config}
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
            {name: _linear(tensors, f"read.{name}", 1) for name in config["read"]},
            _likeness(tensors),
        )
    except (OSError, SafetensorError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise PeopleUnavailable(f"{folder} cannot be read: {error!r}") from error


def _likeness(tensors: dict[str, np.ndarray]) -> Likeness:
    known, said = tensors["hair.known"], _linear(tensors, "hair", HAIR)
    if known.ndim != 2 or len(known) != len(said.weight) or not np.isfinite(known).all():
        raise ValueError(f"hair.known is {known.shape}, or not finite")
    return Likeness(known.astype(np.float32), said)


def _linear(tensors: dict[str, np.ndarray], name: str, outputs: int) -> Linear:
    weight, bias = (tensors[f"{name}.{part}"] for part in ("weight", "bias"))
    if weight.ndim != 2 or weight.shape[1] != outputs or bias.shape != (outputs,):
        raise ValueError(f"{name} is {weight.shape} and {bias.shape}")
    if not (np.isfinite(weight).all() and np.isfinite(bias).all()):
        raise ValueError(f"{name} holds values that are not finite")
    return Linear(weight.astype(np.float32), bias.astype(np.float32))


def _named(fitted: Fitted) -> dict[str, Linear]:
    stages = {f"align.{i}": stage for i, stage in enumerate(fitted.align)}
    others = {"face": fitted.face, "hair": fitted.hair.said}
    return {**stages, **others, **{f"read.{name}": linear for name, linear in fitted.read.items()}}
