"""A run's state on disk: everything that continuing it needs, in one safetensors file.

`state.safetensors` holds the weights and the optimizers' moments; how far the run is stands in the same file's
metadata, so the two cannot get out of step. The state before it is kept as `state.previous.safetensors`.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn

from data import durable
from models.training.task import Task

FILE = "state.safetensors"
PREVIOUS = "state.previous.safetensors"


class StateError(Exception):
    """A run cannot be continued; the message is one sentence for the person who trains."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands."""

    nimg: int = 0  # images looked at
    seconds: float = 0.0  # spent training, over all parts of the run
    run: Mapping[str, Any] = field(default_factory=dict)  # what the run is: network, options, data
    pending: Mapping[str, Any] = field(default_factory=dict)  # losses since the last line of statistics


def save(outdir: Path, task: Task, progress: Progress) -> None:
    """Write the state. A kill at any moment leaves a whole state, this one or the one before."""
    tensors = {key: value.detach().cpu().contiguous() for key, value in _tensors(task).items()}
    metadata = {"progress": json.dumps(asdict(progress)), "crc32": str(_crc32(tensors))}
    with durable.replacing(outdir / FILE) as fresh:
        save_file(tensors, fresh, metadata)
        if (outdir / FILE).exists():
            (outdir / FILE).replace(outdir / PREVIOUS)


def load(outdir: Path, task: Task | None = None) -> Progress | None:
    """The progress of the last whole state, None where none was saved yet; fills `task` with it where one is given.

    Raises StateError where states are there and none of them can be read, or it does not fit the task's modules.
    """
    found = [path for name in (FILE, PREVIOUS) if (path := outdir / name).exists()]
    for path in found:
        try:
            tensors, progress = _read(path)
        except (OSError, SafetensorError, ValueError, TypeError, KeyError):
            continue
        if task is not None:
            _fill(task, tensors, path)
            if path.name == PREVIOUS:  # or the next save would put the torn file in the place of this whole one
                path.replace(outdir / FILE)
        return progress
    if found:
        raise StateError(f"neither {FILE} nor {PREVIOUS} in {outdir} can be read; start anew in another --outdir")
    return None


def _read(path: Path) -> tuple[dict[str, torch.Tensor], Progress]:
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata()
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (it is no dict)
    if int(metadata["crc32"]) != _crc32(tensors):
        raise ValueError("checksum")
    return tensors, Progress(**json.loads(metadata["progress"]))


def _tensors(task: Task) -> dict[str, torch.Tensor]:
    """Every tensor of the task by name: `G.main.0.weight`, `optimizer.G.main.0.weight.exp_avg`."""
    tensors = {
        f"{name}.{key}": value for name, module in task.modules.items() for key, value in module.state_dict().items()
    }
    for name, optimizer in task.optimizers.items():
        for parameter, key in _names(task.modules, optimizer).items():
            for moment, value in optimizer.state[parameter].items():
                tensors[f"optimizer.{name}.{key}.{moment}"] = value
    return tensors


def _fill(task: Task, tensors: dict[str, torch.Tensor], path: Path) -> None:
    tensors = dict(tensors)
    try:
        with torch.no_grad():
            for name, module in task.modules.items():
                for key, value in module.state_dict().items():
                    value.copy_(tensors.pop(f"{name}.{key}"))
            for name, optimizer in task.optimizers.items():
                counts_there = any(group.get("capturable") for group in optimizer.param_groups)
                for parameter, key in _names(task.modules, optimizer).items():
                    prefix = f"optimizer.{name}.{key}."
                    moments = {full.removeprefix(prefix): full for full in tensors if full.startswith(prefix)}
                    optimizer.state[parameter] = {
                        moment: _like(parameter, tensors.pop(full), counts_there) for moment, full in moments.items()
                    }
    except (KeyError, RuntimeError) as error:
        raise StateError(f"{path} is not of this network: {error}") from error
    if tensors:
        raise StateError(f"{path} is not of this network: it also holds {min(tensors)}")


def _like(parameter: torch.Tensor, value: torch.Tensor, counts_there: bool) -> torch.Tensor:
    """A moment in its parameter's device and memory layout (channels-last), where the optimizer is fast."""
    if value.shape != parameter.shape:  # `step`, a scalar, which Adam keeps on the CPU unless it is "capturable"
        return value.to(parameter.device) if counts_there else value
    return torch.empty_like(parameter, requires_grad=False).copy_(value)


def _names(modules: Mapping[str, nn.Module], optimizer: torch.optim.Optimizer) -> dict[torch.Tensor, str]:
    names = {p: f"{name}.{key}" for name, module in modules.items() for key, p in module.named_parameters()}
    return {p: names[p] for group in optimizer.param_groups for p in group["params"]}


def _crc32(tensors: Mapping[str, torch.Tensor]) -> int:
    crc = 0
    for key in sorted(tensors):
        crc = zlib.crc32(key.encode(), crc)
        crc = zlib.crc32(tensors[key].reshape(-1).view(torch.uint8).numpy().data, crc)
    return crc
