"""The best batch of a model on a machine: measured once, then remembered in a JSON file."""

from __future__ import annotations

import hashlib
import json
import platform
import time
from collections.abc import Callable
from pathlib import Path

import torch

from models import durable

CANDIDATES = (1, 2, 4, 8, 16, 32, 64)
ENOUGH = 0.9  # of the best throughput: a smaller batch keeps the others' waiting short
REPEATS = 3
FILE = "best_batch.json"


def measure(run: Callable[[int], object]) -> dict[int, float]:
    """Images a second of `run(batch)` for every candidate: the best of a few, to discount a neighbour's load."""
    rates = {}
    for batch in CANDIDATES:
        run(batch)  # the first call of a shape chooses and packs
        best = min(_seconds(run, batch) for _ in range(REPEATS))
        rates[batch] = batch / best
    return rates


def choose(rates: dict[int, float]) -> int:
    """The smallest batch with at least `ENOUGH` of the best throughput."""
    best = max(rates.values())
    return min(batch for batch, rate in rates.items() if rate >= ENOUGH * best)


def remembered(cache_dir: Path | None, key: str, run: Callable[[int], object]) -> int:
    """The best batch for `key`, out of `cache_dir` where it was measured before; without a folder it is measured."""
    path = None if cache_dir is None else cache_dir / FILE
    known = _read(path)
    if key not in known:
        known[key] = choose(measure(run))
        if path is not None:
            durable.write_text(path, json.dumps(_read(path) | known, indent=1, sort_keys=True) + "\n")
    return known[key]


def machine(device: torch.device) -> str:
    """What a measurement depends on beside the model: processor, torch, threads."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else processor()
    text = f"{name} torch {torch.__version__} {torch.get_num_threads()} threads"
    return f"{name}, {hashlib.sha256(text.encode()).hexdigest()[:12]}"


def processor() -> str:
    """The CPU's name, as its maker sells it where the system tells."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _read(path: Path | None) -> dict[str, int]:
    try:
        value = json.loads(path.read_text(encoding="utf-8")) if path is not None else {}
    except (OSError, ValueError):
        return {}
    if not isinstance(value, dict):
        return {}
    return {key: batch for key, batch in value.items() if batch in CANDIDATES}


def _seconds(run: Callable[[int], object], batch: int) -> float:
    start = time.perf_counter()
    run(batch)
    return time.perf_counter() - start
