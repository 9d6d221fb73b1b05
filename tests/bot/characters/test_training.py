"""The trainer process itself, on a tiny network."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.characters.folders import PLAN
from bot.characters.order import LEARNING, LOG, MODULE, PAIRS, SET, Order, Result
from bot.pool.trainer import DONE, REFUSED, STOPPED, Trainer
from models.checkpoint import load_model, read_config
from models.training.statistics import read
from tests.bot.characters import tiny
from tests.bot.characters.house import Folder, house, settings_of

ROOT = Path(__file__).parents[3]
SHORT: dict[str, Any] = {"kimg": 2.0, "snap": 1, "micro_batch": 4, "batch": 8}


def order(folder: Path, count: int = 24, minutes: float = 10.0, **options: Any) -> Path:
    """A run's folder in a storage with a base; the trainer finds the storage by its environment."""
    tiny.store_base(folder / "models")
    run = folder / "runs" / "c-1"
    names = tiny.pictures(run / SET, count)
    Order(tiny.BASE, tiny.BASE, tuple(names[:8]), minutes, 1, threads=1, options=options).save(run)
    return run


async def train(run: Path, hear: Any = None, **how: Any) -> tuple[int, list[dict[str, Any]]]:
    said: list[dict[str, Any]] = []
    trainer: Trainer

    def heard(what: Any) -> None:
        said.append(what)
        if hear is not None:
            hear(trainer, what)

    env = {"STORAGE_DIR": str(run.parents[1]), "CUDA_VISIBLE_DEVICES": ""}
    trainer = Trainer(["-m", MODULE, str(run)], run / LOG, heard, env=env, **how)
    return await trainer.run(), said


@pytest.mark.slow
async def test_it_learns_is_killed_goes_on_and_compares(tmp_path: Path):
    run = order(tmp_path, **SHORT)

    def kill(trainer: Trainer, said: dict[str, Any]) -> None:
        if said["kind"] == "measured":  # and a moment later the state is saved
            asyncio.get_running_loop().call_later(0.5, trainer.kill)

    status, _ = await train(run, kill)
    assert status == -signal.SIGKILL
    assert Result.load(run) is None
    before = [line["nimg"] for line in read(run / LEARNING / "stats.jsonl")]

    status, said = await train(run)
    assert status == DONE, (run / LOG).read_text()
    assert [one["stage"] for one in said if one["kind"] == "stage"] == ["packing", "learning", "comparing"]
    lines = [line["nimg"] for line in read(run / LEARNING / "stats.jsonl")]
    assert lines == [504, 1000, 1504, 2000]
    assert lines[: len(before)] == before
    result = Result.load(run)
    assert result is not None
    for name in ("old", "new"):
        assert {"distance", "swd", "kernel", "copies", "diversity", "faces", "noise"} <= result.numbers[name].keys()
    model = run / LEARNING / "model"
    assert read_config(model)["parent"] == tiny.BASE
    assert set(load_model(model, ("G_ema", "D")).modules) == {"G_ema", "D"}  # the next run begins with it
    assert str(tmp_path) not in (model / "card.md").read_text()
    with Image.open(model / PAIRS) as pairs:
        assert pairs.size == (4 * (2 * 32 + 4) + 3 * 12, 4 * 32 + 3 * 12)
    assert (await train(run))[0] == DONE  # once more changes nothing
    assert Result.load(run) == result


@pytest.mark.slow
async def test_it_finds_out_how_much_there_is_time_for_and_ends_in_time(tmp_path: Path):
    run = order(tmp_path, minutes=0.02)
    status, said = await train(run)
    assert status == DONE, (run / LOG).read_text()
    plan = json.loads((run / PLAN).read_text())
    assert plan["kimg"] >= 1
    assert plan["micro_batch"] in (0, 4, 8)
    (measured,) = [one for one in said if one["kind"] == "measured"]
    assert measured["nimg"] < 1000 * plan["kimg"]


@pytest.mark.slow
async def test_told_to_stop_it_saves_and_the_bot_that_is_gone_is_the_same(tmp_path: Path):
    run = order(tmp_path, **{**SHORT, "kimg": 400.0})

    def stop(trainer: Trainer, said: dict[str, Any]) -> None:
        if said["kind"] == "progress":
            trainer.stop()

    assert (await train(run, stop))[0] == STOPPED
    assert (run / LEARNING / "state.safetensors").exists()
    assert Result.load(run) is None
    gone = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-m", MODULE, str(run)], cwd=ROOT, stdin=subprocess.DEVNULL,
        capture_output=True, timeout=300, env={**os.environ, "STORAGE_DIR": str(tmp_path)},
    )  # fmt: skip
    assert gone.returncode in (STOPPED, -signal.SIGTERM)


async def test_an_order_that_cannot_be_carried_out_is_refused_in_a_sentence(tmp_path: Path):
    run = order(tmp_path, count=0)
    status, said = await train(run)
    assert status == REFUSED
    assert "no picture" in said[-1]["sentence"]


@pytest.mark.slow
async def test_a_run_of_the_bot_with_the_real_trainer_is_in_use_or_says_why_not(tmp_path: Path):
    tiny.store_base(settings_of(tmp_path).storage_dir / "models")
    pictures = Folder(tmp_path / "pictures")
    pictures.add(20)
    async with house(tmp_path, pictures, toy=False, **{**SHORT, "kimg": 1.0}) as bot:
        await bot.trainings.start()
        run = await bot.until((await bot.trainings.ask(bot.her)).id, "done")
        assert run.version is not None
        version = await bot.store.versions.get(run.version)
        assert version is not None
        assert (version.state == "promoted") == (not version.reasons)
        assert {"strip", "losses", "sheet", "pairs"} <= (await bot.trainings.sheets(run)).keys()
        left = {path.suffix for path in (bot.run_folder(run.id) / SET).iterdir()}
        assert left == {".json"}
