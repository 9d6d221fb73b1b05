"""The best batch of a model on a machine: measured once, then remembered in a JSON file."""

from __future__ import annotations

import hashlib
import json
import platform
import time
from collections.abc import Callable
from pathlib import Path

import torch

from data import durable

CANDIDATES = (4, 6, 8, 12, 16, 24, 32, 64)  # one picture at a time costs a CPU a third of its throughput
ENOUGH = 0.85  # of the best throughput: a smaller batch keeps the others' waiting short
GAIN = 1.05
REPEATS = 3
LONG = 0.25  # seconds on the wall: a batch that takes as long is not outgrown, others wait meanwhile
BUDGET = 0.3  # seconds on the wall after which no round is repeated: somebody waits for the first picture
FILE = "best_batch.json"


def measure(run: Callable[[int], object]) -> dict[int, float]:
    """Images a second of `run(batch)` for the candidates, up to where larger ones gain nothing more: the best of a few
    rounds in turn, since machines are noisy for moments at a time. Of a slow network a few batches, once."""
    best: dict[int, float] = {}
    spent = 0.0
    for batch in CANDIDATES:
        run(batch)  # the first call of a shape chooses and packs
        start = time.perf_counter()
        best[batch] = _seconds(run, batch)
        took = time.perf_counter() - start
        spent += took
        if took >= LONG or _flat([batch / max(seconds, 1e-9) for batch, seconds in best.items()]):
            break  # somebody waits for the first picture meanwhile
    for _ in range(REPEATS - 1):
        if spent > BUDGET:
            break
        for batch in best:
            best[batch] = min(best[batch], _seconds(run, batch))
    return {batch: batch / max(seconds, 1e-9) for batch, seconds in best.items()}


def _flat(rates: list[float]) -> bool:
    """Whether the last two of ascending batches brought no `GAIN` over those before."""
    return len(rates) > 2 and max(rates[-2:]) < GAIN * max(rates[:-2])


def choose(rates: dict[int, float]) -> int:
    """The smallest batch with at least `ENOUGH` of the best throughput."""
    best = max(rates.values())
    return min(batch for batch, rate in rates.items() if rate >= ENOUGH * best)


def remembered(cache_dir: Path | None, key: str, run: Callable[[int], object]) -> int:
    """The best batch for `key`, out of `cache_dir` where it was measured before; without a folder it is measured."""
    path = None if cache_dir is None else cache_dir / FILE
    known = _read(path)
    if key in known:
        return known[key]
    best = choose(measure(run))
    if path is not None:
        # Workers that start together measure together, each with the others' noise: the smallest is the safest.
        known = _read(path)
        best = min(best, known.get(key, best))
        durable.write_text(path, json.dumps(known | {key: best}, indent=1, sort_keys=True) + "\n")
    return best


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
    """Of the processor, where one draws: a neighbour's load, or another worker that measures too, does not count."""
    clock = time.perf_counter if torch.cuda.is_initialized() else time.process_time
    start = clock()
    run(batch)
    return clock() - start
