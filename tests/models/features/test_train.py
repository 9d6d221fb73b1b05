import dataclasses
import itertools
from pathlib import Path

import numpy as np
import pytest
import torch

from data.dataset import Dataset
from data.vision.features import Features
from data.vision.features.targets import CHOICES, NUMBERS
from models.checkpoint import save_model
from models.features.augment import Strength
from models.features.feed import Feed
from models.features.train import FeaturesOptions, FeaturesTask, config
from models.training import state
from models.training.loop import LoopOptions, train
from tests.models.features import tiny


def test_the_network_that_ships_is_small_enough(tmp_path: Path):
    task = FeaturesTask(config(), FeaturesOptions(), 0, np.zeros((9, 96, 96, 3), np.uint8))
    tensors, description = task.export()
    save_model(tmp_path / "model", tensors, description, half=True)
    assert (tmp_path / "model" / "model.safetensors").stat().st_size <= 2_000_000
    assert Features(tmp_path / "model").config == config()


def test_it_learns(characters: Dataset):
    task, feed = tiny.task(), Feed(characters, 2)
    losses = [task.step(feed(np.random.default_rng(i).permutation(48)[:16]), 16 * i) for i in range(60)]
    for name in losses[0]:
        early, late = (float(torch.stack([line[name] for line in part]).mean()) for part in (losses[:5], losses[-5:]))
        assert late < 0.9 * early, name


def test_a_step_depends_on_nothing_but_seed_state_and_batch(characters: Dataset):
    feed, found = Feed(characters, 2), []
    for _ in range(2):
        task = tiny.task(seed=5)
        found.append([float(v) for i in range(3) for v in task.step(feed(np.arange(16) + i), 16 * i).values()])
        torch.rand(3)  # the process's own chance is nobody's
    assert found[0] == found[1]


@pytest.mark.slow
def test_a_run_that_was_cut_goes_on_as_if_it_had_not_been(characters: Dataset, tmp_path: Path):
    feed = Feed(characters, 2)

    def run(outdir: Path, kimg: float, resume: bool = False) -> dict[str, torch.Tensor]:
        task = tiny.task(seed=2)
        train(task, feed, len(characters), LoopOptions(outdir, kimg, tiny.OPTIONS.batch, seed=2), resume=resume)
        return task.export()[0]

    whole = run(tmp_path / "whole", 0.096)
    run(tmp_path / "cut", 0.048)
    again = run(tmp_path / "cut", 0.096, resume=True)
    assert all(torch.equal(whole[key], again[key]) for key in whole)
    assert state.load(tmp_path / "cut") is not None
    assert len(list((tmp_path / "cut" / "sheets").glob("*.png"))) >= 1


def test_labels_turn_with_the_picture(characters: Dataset):
    task, feed = tiny.task(), Feed(characters, 2)
    batch = feed.batch(np.arange(8))
    flip, degrees = np.arange(8) % 2 == 0, np.linspace(-10, 10, 8, dtype=np.float32)
    chosen, numbers = task._turned(batch, flip, degrees)
    yaw, roll = NUMBERS.index("yaw"), NUMBERS.index("roll")
    sign = np.where(flip, -1, 1)
    assert numbers[:, yaw].numpy() == pytest.approx(sign * batch.numbers[:, yaw])
    assert numbers[:, roll].numpy() == pytest.approx(sign * batch.numbers[:, roll] + degrees / 20, abs=1e-6)
    hair = list(CHOICES).index("hair")
    assert chosen[:, hair].tolist() == batch.chosen[:, hair].tolist()


def test_the_learning_rate_rises_and_falls():
    options = FeaturesOptions(lr=1.0, batch=100, warmup_kimg=1.0, decay_kimg=10.0)
    rates = [options.lr_at(nimg) for nimg in range(0, 12_000, 100)]
    assert rates[0] == pytest.approx(0.1)
    assert max(rates) == max(rates[8:12])
    assert rates[-1] == pytest.approx(0.01)
    assert all(a >= b for a, b in itertools.pairwise(rates[10:]))


def test_the_preview_puts_the_picture_itself_first(characters: Dataset):
    gallery = characters.images(np.arange(48))
    task = FeaturesTask(tiny.CONFIG, tiny.OPTIONS, 0, gallery)
    sheet = task.preview()
    assert sheet.shape == (64, 32, 32, 3)
    assert (sheet[::8] == gallery[:8]).all()


def test_options_go_through_json():
    options = FeaturesOptions(batch=4)
    assert FeaturesOptions(**options.to_json()) == options
    assert dataclasses.asdict(Strength())
