import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from rich.console import Console

from models.checkpoint import load_model
from models.dcgan import steering
from models.dcgan.options import DCGANOptions
from models.dcgan.train import DCGANTask
from models.training import loop, state
from models.training.loop import LoopOptions, save_final, train
from models.training.statistics import read
from models.training.task import Diverged, Task
from tests.models import tiny

QUIET = Console(quiet=True)
ROOT = Path(__file__).parents[3]


def options(outdir: Path, **changes: Any) -> LoopOptions:
    values: dict[str, Any] = {"kimg": 1.0, "batch": tiny.BATCH, "snap": 1, "run": {"network": {"z_dim": 8}}}
    return LoopOptions(outdir, **(values | changes))


def run(outdir: Path, task: Task | None = None, resume: bool = False, **changes: Any) -> loop.Finish:
    return train(task or tiny.task(), tiny.pictures, 60, options(outdir, **changes), resume=resume, console=QUIET)


def losses(outdir: Path) -> list[tuple[Any, ...]]:
    return [(line["nimg"], line["loss_D"], line["loss_G"]) for line in read(outdir / "stats.jsonl")]


def start(outdir: Path, *flags: str, kimg: float = 2.2) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.models.training.tiny_run", str(outdir), str(kimg), "1", *flags]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def let_steps(process: subprocess.Popen[str], steps: int) -> None:
    """Let the run take so many steps; it then waits in the middle of the next one."""
    assert process.stdin is not None
    assert process.stdout is not None
    for _ in range(steps):
        assert process.stdout.readline() == "step\n"
        process.stdin.write("\n")
        process.stdin.flush()
    assert process.stdout.readline() == "step\n"


@pytest.mark.slow
def test_a_run_killed_with_sigkill_continues_with_the_losses_of_one_that_never_stopped(tmp_path: Path):
    whole, _ = start(tmp_path / "whole").communicate()
    assert whole.splitlines()[-1] == "finished 2200 None"

    killed = start(tmp_path / "killed", "--step")
    let_steps(killed, 200)  # 1600 images: beyond the snapshot at 1 kimg and the statistics at 1.5
    killed.kill()
    killed.communicate()
    assert losses(tmp_path / "killed")[-1][0] > 1000  # more than the state knows

    resumed, _ = start(tmp_path / "killed", "--resume").communicate()
    assert resumed.splitlines()[-1] == "finished 2200 None"
    assert losses(tmp_path / "killed") == losses(tmp_path / "whole")
    model = "snapshots/000002/model.safetensors"
    assert (tmp_path / "killed" / model).read_bytes() == (tmp_path / "whole" / model).read_bytes()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to catch")
def test_sigterm_saves_the_state_where_it_is_and_the_run_continues_exactly(tmp_path: Path):
    start(tmp_path / "whole", kimg=0.6).communicate()
    stopped = start(tmp_path / "stopped", "--step", kimg=0.6)
    let_steps(stopped, 20)
    stopped.send_signal(signal.SIGTERM)
    answer, _ = stopped.communicate("\n" * 3)
    assert answer.splitlines()[-1] == f"finished {21 * tiny.BATCH} {int(signal.SIGTERM)}"

    start(tmp_path / "stopped", "--resume", kimg=0.6).communicate()
    assert losses(tmp_path / "stopped") == losses(tmp_path / "whole")


def test_a_run_leaves_statistics_curves_sheets_film_snapshots_and_state(tmp_path: Path):
    out = tmp_path / "run"
    finish = run(out, kimg=2.0)
    assert (finish.nimg, finish.stopped_by) == (2000, None)
    assert [line["nimg"] for line in read(out / "stats.jsonl")] == [504, 1000, 1504, 2000]
    assert set(read(out / "stats.jsonl")[0]) == {"nimg", "loss_D", "loss_G", "gap", "s/kimg", "time"}
    assert sorted(path.name for path in (out / "sheets").iterdir()) == ["000000.png", "000001.png", "000002.png"]
    assert sorted(path.name for path in (out / "snapshots").iterdir()) == ["000001", "000002"]
    with Image.open(out / "film.webp") as film:
        assert getattr(film, "n_frames", 1) == 3
    with Image.open(out / "losses.png") as curves:
        assert curves.format == "PNG"
    assert load_model(out / "snapshots" / "000002").config["kimg"] == 2.0
    assert not list(out.rglob("*.part"))


def test_the_final_model_is_a_model_folder_with_its_card(tmp_path: Path):
    task = tiny.trained_a_little()
    folder = save_final(task, options(tmp_path, data="f" * 64), 24, "# A tiny one\n")
    model = load_model(folder, ("G_ema", "D"))
    assert model.config["data"] == "f" * 64
    assert model.config["kimg"] == 0.024
    assert set(model.modules) == {"G_ema", "D"}
    assert (folder / "card.md").read_text(encoding="utf-8") == "# A tiny one\n"


def test_a_folder_in_use_is_refused_without_resume_and_an_empty_one_with_it(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(state.StateError, match="is not empty: continue the run in it with --resume"):
        run(tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"
    with pytest.raises(state.StateError, match="no run to continue"):
        run(tmp_path / "nothing", resume=True)


def test_kimg_may_grow_and_nothing_else_may_change(tmp_path: Path):
    out = tmp_path / "run"
    run(out, kimg=0.4)
    with pytest.raises(state.StateError, match=r"another network\.z_dim \(8, now 9\)"):
        run(out, resume=True, kimg=0.8, run={"network": {"z_dim": 9}})
    with pytest.raises(state.StateError, match=r"another data \(None, now abc\)"):
        run(out, resume=True, kimg=0.8, run={"network": {"z_dim": 8}, "data": "abc"})
    with pytest.raises(state.StateError, match="--kimg can only grow"):
        run(out, resume=True, kimg=0.2)
    assert run(out, resume=True, kimg=0.8).nimg == 800


def test_a_torn_state_costs_a_snapshot_and_not_the_run(tmp_path: Path):
    out, whole = tmp_path / "run", tmp_path / "whole"
    run(out, kimg=2.0)
    run(whole, kimg=2.0)
    (out / state.FILE).write_bytes((out / state.FILE).read_bytes()[:-100])
    run(out, resume=True, kimg=2.0)
    assert losses(out) == losses(whole)

    assert state.load(out) is not None
    damaged = bytearray((out / state.FILE).read_bytes())
    damaged[-100] ^= 0xFF  # still a safetensors file, with another number in it
    (out / state.FILE).write_bytes(damaged)
    run(out, resume=True, kimg=2.0)
    assert losses(out) == losses(whole)

    (out / state.FILE).write_bytes(b"")
    (out / state.PREVIOUS).write_bytes(b"")
    with pytest.raises(state.StateError, match=r"neither .* can be read"):
        run(out, resume=True)


class Doomed:
    """The tiny network, until `at` images: then a loss is NaN, or a weight is while the losses look fine."""

    def __init__(self, at: int, weight: bool = False) -> None:
        self.inner = tiny.task()
        self.modules, self.optimizers = self.inner.modules, self.inner.optimizers
        self.preview, self.export = self.inner.preview, self.inner.export
        self.at, self.weight = at, weight

    def step(self, batch: np.ndarray, nimg: int) -> Mapping[str, torch.Tensor]:
        losses = self.inner.step(batch, nimg)
        if nimg + len(batch) < self.at:
            return losses
        if self.weight:
            with torch.no_grad():
                next(self.inner.G.parameters())[0, 0, 0, 0] = math.nan
            return losses
        return {**losses, "loss_G": torch.tensor(math.nan)}


def test_a_loss_that_is_no_number_stops_the_run_with_a_sentence(tmp_path: Path):
    with pytest.raises(Diverged, match=r"^loss_G became nan at 1\.504 kimg; the last good snapshot is .*000001; "):
        run(tmp_path / "run", Doomed(1504), kimg=3.0)
    progress = state.load(tmp_path / "run")
    assert progress is not None
    assert progress.nimg == 1000


def test_ruined_weights_are_never_saved_even_while_the_losses_look_fine(tmp_path: Path):
    with pytest.raises(Diverged, match=r"^G\.main\.0\.weight is not finite at 1 kimg; there is no snapshot yet"):
        run(tmp_path / "run", Doomed(1000, weight=True))
    assert state.load(tmp_path / "run") is None
    assert not (tmp_path / "run" / "snapshots").exists()


def test_statistics_are_strict_json(tmp_path: Path):
    run(tmp_path / "run", kimg=0.5)
    for line in (tmp_path / "run" / "stats.jsonl").read_text(encoding="utf-8").splitlines():
        json.loads(line, parse_constant=lambda name: pytest.fail(name))


class Cut(Exception):
    """What ends a run in the middle of it."""


@pytest.mark.parametrize("kind", ["labelled", "steered"])
def test_what_a_run_has_learnt_to_do_besides_its_weights_continues_exactly(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Labels, penalties, augmentation and a falling rate; or steering by the losses, which has a memory of its own."""
    monkeypatch.setattr(steering, "SLOW", 200)
    monkeypatch.setattr(steering, "PATIENCE", 16)
    monkeypatch.setattr(steering, "STILL", 0.5)
    monkeypatch.setattr(steering, "D_AHEAD", 0.1)

    def go(outdir: Path, resume: bool = False, until: int = 10**9) -> DCGANTask:
        if kind == "labelled":
            task = tiny.labelled_task(total=2000, decay=0.8, mirror=True)
        else:
            task = DCGANTask(tiny.CONFIG, DCGANOptions(batch=tiny.BATCH, lr=1e-3, steer=True, g_every=2), 0)
        seen = 0

        def feed(indices: np.ndarray) -> Any:
            nonlocal seen
            seen += len(indices)
            if seen > until:
                raise Cut
            return tiny.labelled(indices) if kind == "labelled" else tiny.pictures(indices)

        train(task, feed, 60, options(outdir, kimg=2.0), resume=resume, console=QUIET)
        return task

    whole = go(tmp_path / "whole")
    with pytest.raises(Cut):
        go(tmp_path / "cut", until=1400)
    resumed = go(tmp_path / "cut", resume=True)
    assert losses(tmp_path / "cut") == losses(tmp_path / "whole")
    for name, module in whole.modules.items():
        for key, value in module.state_dict().items():
            assert torch.equal(value, resumed.modules[name].state_dict()[key]), f"{name}.{key}"
    if kind == "steered":
        assert float(resumed.steering.factor) < 1.0


def test_a_run_whose_time_is_over_ends_with_a_snapshot_and_its_measures(tmp_path: Path):
    told: list[tuple[int, bool]] = []
    finish = train(
        tiny.task(), tiny.pictures, 60, options(tmp_path, kimg=900.0, seconds=0.0), console=QUIET,
        measure=lambda: {"distance": 1.0}, tell=lambda nimg, line: told.append((nimg, "distance" in line)),
    )  # fmt: skip
    assert (finish.nimg, finish.gave_up, finish.best) == (tiny.BATCH, False, tiny.BATCH)
    assert told == [(tiny.BATCH, False), (tiny.BATCH, True)]
    assert (loop.folder_of(tmp_path, tiny.BATCH) / "model.safetensors").exists()
    again = run(tmp_path, resume=True, kimg=900.0, seconds=0.0)  # its process died while it finished
    assert again.nimg == 2 * tiny.BATCH


def test_a_snapshot_takes_the_place_of_one_of_the_same_thousand_and_of_its_measures(tmp_path: Path):
    distances = iter((1.0, 2.0, 3.0))
    train(
        tiny.task(), tiny.pictures, 60, options(tmp_path, kimg=1.2), console=QUIET,
        measure=lambda: {"distance": next(distances)},
    )  # fmt: skip
    assert [(line["nimg"], line["distance"]) for line in read(tmp_path / "metrics.jsonl")] == [(1200, 2.0)]
    assert [folder.name for folder in (tmp_path / "snapshots").iterdir()] == ["000001"]
