"""The training loop of every network.

A run lives in a folder: `stats.jsonl`, `losses.png`, `sheets/<kimg>.png`, `strip.png`, `film.webp`, `strip.webp`,
`snapshots/<kimg>/` (each a model folder), `metrics.jsonl` where these are measured, and `state.safetensors`, from which
it continues after any kind of end.
"""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console

from data import durable
from models.checkpoint import save_model
from models.training import curves, held_out, several, sheets, state, statistics, strips
from models.training.batches import batches
from models.training.progress import progress
from models.training.randomness import Order
from models.training.signals import signals
from models.training.statistics import TICK, Tick
from models.training.task import Diverged, Task, Translates

# Between snapshots the state is saved so that a kill costs a tenth of the run at most, within these bounds in seconds.
STATE_SHARE, STATE_FIRST, STATE_LAST = 0.1, 10.0, 120.0


@dataclass(frozen=True, slots=True)
class LoopOptions:
    outdir: Path
    kimg: float  # the run's total, in thousands of images
    batch: int
    seed: int = 0
    snap: int = 10  # kimg between snapshots
    run: Mapping[str, Any] = field(default_factory=dict)  # what must be the same to continue it; JSON-able
    data: str = ""  # manifest hash, for the model's config
    processes: int = 1  # that make batches ready; see `batches`
    patience: int = 0  # snapshots in a row that are not the best so far, after which the run ends; 0: never
    seconds: float | None = None  # after which the run ends, however far it is; of earlier parts only those of training

    @property
    def total(self) -> int:
        """Images: whole batches, at least `kimg`."""
        return math.ceil(self.kimg * 1000 / self.batch) * self.batch


@dataclass(frozen=True, slots=True)
class Finish:
    nimg: int
    stopped_by: int | None = None  # the signal that ended it early
    seconds: float = 0.0  # spent training, over all parts of the run
    best: int | None = None  # images, at the snapshot that was the best one measured
    gave_up: bool = False  # whether `patience` ended it


def train(
    task: Task,
    feed: Callable[[np.ndarray], Any],
    count: int,
    options: LoopOptions,
    *,
    resume: bool = False,
    console: Console | None = None,
    ready: Callable[[], None] = lambda: None,
    measure: Callable[[], Mapping[str, float]] | None = None,
    tell: Callable[[int, Mapping[str, Any]], None] = lambda nimg, line: None,
) -> Finish:
    """Train `task` until `options.kimg`, `options.seconds` or a signal is reached.

    `feed` gives the batch for an int64 array of indices below `count`. Raises `state.StateError` where the folder
    cannot be used or continued, and `Diverged`. `ready` is called when it can, before the first step. `measure` says of
    a snapshot what `held_out.HeldOut.measure` does. `tell` is told of every line of the statistics, and of what was
    measured after a snapshot.
    """
    out, batch, total = options.outdir, options.batch, options.total
    stats, measured = out / "stats.jsonl", out / "metrics.jsonl"
    console = console or Console(stderr=True)
    nimg, seconds, tick = _begin(task, options, resume)
    ready()
    ends_at = math.inf if options.seconds is None else time.monotonic() + options.seconds - seconds
    order = Order(count, options.seed)
    saved_at = time.monotonic()
    unread: list[Mapping[str, torch.Tensor]] = []  # losses of the last steps, wherever they are worked out

    def read_losses() -> None:
        """Reading waits until the device has done all that it was told to: a GPU is not asked after every step."""
        nonlocal seconds
        start = time.perf_counter()
        for number, losses in enumerate(_numbers(unread), 1):
            for name, value in losses.items():
                if not math.isfinite(value):
                    at = nimg - (len(unread) - number) * batch
                    raise Diverged(_diverged(f"{name} became {value}", at, out))
            tick.add(losses, batch)
        unread.clear()
        tick.seconds += time.perf_counter() - start
        seconds += time.perf_counter() - start

    def save_state() -> None:
        nonlocal saved_at
        read_losses()
        _check_weights(task, nimg, out)
        state.save(out, task, state.Progress(nimg, seconds, options.run, tick.to_json()))
        saved_at = time.monotonic()

    if nimg == 0:
        _save_sheet(task, out, 0)
    alone, late = several.world() == 1, False
    over = held_out.is_over(statistics.read(measured), options.patience)
    with (
        batches(feed, order, nimg, total, batch, options.processes) as made,
        signals() as caught,
        progress(console, nimg, total) as shown,
    ):
        while nimg < total and not late and not (alone and (caught or over)):
            start = time.perf_counter()
            unread.append(task.step(next(made), nimg))
            nimg += batch
            tick.seconds += time.perf_counter() - start
            seconds += time.perf_counter() - start
            late = alone and time.monotonic() >= ends_at
            last = nimg >= total or late

            if _crossed(nimg, batch, TICK) or last:
                read_losses()
                line = tick.line(nimg)
                statistics.append(stats, line)
                shown(nimg, line)
                tell(nimg, line)
                tick = Tick()
                if several.agree(bool(caught) or over) and not alone:
                    break
            if _crossed(nimg, batch, options.snap * 1000) or last:
                read_losses()
                _check_weights(task, nimg, out)
                _snapshot(task, nimg, options)
                if measure is not None:
                    # A snapshot of the same thousand has made room for this one.
                    statistics.truncate(measured, nimg // 1000 * 1000 - 1)
                    found = {"nimg": nimg, **measure()}
                    statistics.append(measured, found)
                    over = held_out.is_over(statistics.read(measured), options.patience)
                    tell(nimg, found)
                save_state()
            elif time.monotonic() - saved_at > min(max(STATE_SHARE * seconds, STATE_FIRST), STATE_LAST):
                save_state()
        if caught:
            save_state()

    _save_films(out, task.preview().shape[2])
    best = held_out.best(statistics.read(measured))
    return Finish(
        nimg,
        caught[0] if caught else None,
        seconds,
        None if best is None else best["nimg"],
        over and nimg < total,
    )


def save_final(
    task: Task,
    options: LoopOptions,
    nimg: int,
    card: str,
    parent: str | None = None,
    more: Mapping[str, Any] | None = None,
) -> Path:
    """`outdir/model`: the trained network as it ships, with its model card and its big tensors in float16.

    `more` goes into its config.
    """
    tensors, config = task.export()
    config |= {"kimg": nimg / 1000, "parent": parent, "data": options.data, **(more or {})}
    save_model(options.outdir / "model", tensors, config, card, half=True)
    return options.outdir / "model"


def _begin(task: Task, options: LoopOptions, resume: bool) -> tuple[int, float, Tick]:
    out = options.outdir
    used = durable.is_used(out)
    if used and not resume:
        raise state.StateError(f"{out} is not empty: continue the run in it with --resume, or name another --outdir")
    if resume and not used:
        raise state.StateError(f"there is no run to continue in {out}")
    out.mkdir(parents=True, exist_ok=True)
    for torn in out.glob(".*.part"):  # what a kill left half-written
        torn.unlink() if torn.is_file() else shutil.rmtree(torn)
    before = state.load(out) if resume else None
    if before is None:
        for name in ("stats.jsonl", "metrics.jsonl"):
            (out / name).unlink(missing_ok=True)
        shutil.rmtree(out / "sheets", ignore_errors=True)
        return 0, 0.0, Tick()
    if changed := _differences(before.run, options.run):
        raise state.StateError(f"the run in {out} was started with another {changed[0]}; continue it with the same")
    if before.nimg > options.total:
        raise state.StateError(f"the run in {out} is at {before.nimg / 1000:g} kimg already; --kimg can only grow")
    state.load(out, task)
    for name in ("stats.jsonl", "metrics.jsonl"):
        if (out / name).exists():
            statistics.truncate(out / name, before.nimg)
    return before.nimg, before.seconds, Tick(**before.pending)


def _differences(before: Mapping[str, Any], now: Mapping[str, Any], prefix: str = "") -> list[str]:
    """`network.resolution (96, now 64)` for each value that differs."""
    found = []
    for key in [*before, *(key for key in now if key not in before)]:
        a, b = before.get(key), now.get(key)
        if isinstance(a, Mapping) and isinstance(b, Mapping):
            found += _differences(a, b, f"{prefix}{key}.")
        elif a != b:
            found.append(f"{prefix}{key} ({a}, now {b})")
    return found


def _numbers(steps: Sequence[Mapping[str, torch.Tensor]]) -> list[dict[str, float]]:
    """The losses of steps as numbers, all brought from the device at once."""
    values = [value for losses in steps for value in losses.values()]
    numbers = iter(torch.stack(values).tolist() if values else ())
    return [{name: next(numbers) for name in losses} for losses in steps]


def _snapshot(task: Task, nimg: int, options: LoopOptions) -> None:
    out = options.outdir
    tensors, config = task.export()
    config |= {"kimg": nimg / 1000, "parent": options.run.get("init"), "data": options.data}
    save_model(folder_of(out, nimg), tensors, config)
    side = _save_sheet(task, out, nimg)
    count = len([*(out / "sheets").glob("*.png")])
    strips.save_strip(out / "strip.png", out / "sheets", side, pairs=isinstance(task, Translates))
    if count & (count - 1) == 0:  # a longer film costs more: at every doubling, in all twice as much as at the end
        _save_films(out, side)
    curves.save_curves(out / "losses.png", statistics.read(out / "stats.jsonl"))


def _save_sheet(task: Task, out: Path, nimg: int) -> int:
    """The side of its pictures, in px."""
    pictures, path = task.preview(), out / "sheets" / f"{_kimg(nimg)}.png"
    if isinstance(task, Translates):
        sheets.save_sheet(path, sheets.beside(task.given(), pictures), 2)
    else:
        sheets.save_sheet(path, pictures)
    return pictures.shape[2]


def _save_films(out: Path, side: int) -> None:
    sheets.save_film(out / "film.webp", out / "sheets")
    strips.save_animation(out / "strip.webp", out / "sheets", side)


def folder_of(outdir: Path, nimg: int) -> Path:
    """The snapshot at so many images."""
    return outdir / "snapshots" / _kimg(nimg)


def _kimg(nimg: int) -> str:
    return f"{nimg // 1000:06d}"  # as in StyleGAN's network-snapshot-000010


def _crossed(nimg: int, batch: int, every: int) -> bool:
    return nimg // every != (nimg - batch) // every


def _check_weights(task: Task, nimg: int, out: Path) -> None:
    """A loss can be fine while the step after it ruined the weights; these must not be saved."""
    for name, module in task.modules.items():
        for key, value in module.state_dict().items():
            if not bool(torch.isfinite(value).all()):
                raise Diverged(_diverged(f"{name}.{key} is not finite", nimg, out))


def _diverged(what: str, nimg: int, out: Path) -> str:
    snapshots = sorted((out / "snapshots").glob("*")) if (out / "snapshots").exists() else []
    last = f"the last good snapshot is {snapshots[-1]}" if snapshots else "there is no snapshot yet"
    return f"{what} at {nimg / 1000:g} kimg; {last}; a lower --lr may help"
