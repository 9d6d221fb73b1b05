from pathlib import Path

import numpy as np
import pytest
import torch

from data.vision.finder import Finder
from models.checkpoint import save_model
from models.finder.feed import Feed
from models.finder.heads import Heads
from models.finder.scenes import Composer
from models.finder.train import FinderOptions
from models.training import state
from models.training.loop import LoopOptions, train
from tests.models.finder import tiny


def feed(heads: Heads) -> Feed:
    return Feed(Composer(heads, 64))


def test_the_same_indices_give_the_same_batch(heads: Heads):
    first, second = (feed(heads)(np.arange(4)) for _ in range(2))
    np.testing.assert_array_equal(first.images, second.images)
    assert all((a == b).all() for a, b in zip(first.maps, second.maps, strict=True))
    assert (feed(heads)(np.arange(4) + 4).images != first.images).any()


def test_it_learns(heads: Heads):
    task, batches = tiny.task(), [feed(heads)(np.random.default_rng(i).permutation(12)[:8]) for i in range(8)]
    losses = [task.step(batches[i % 8], 8 * i) for i in range(64)]
    for name in ("loss_score", "loss_box", "loss_points", "loss_angle"):
        early, late = (float(torch.stack([line[name] for line in part]).mean()) for part in (losses[:8], losses[-8:]))
        assert late < 0.9 * early, name


def test_scenes_without_faces_are_learnt_from_too(heads: Heads):
    task, batch = tiny.task(), feed(heads)(np.arange(4))
    for told in batch.maps:
        told[:] = 0
    losses = task.step(batch, 0)
    assert all(bool(torch.isfinite(value)) for value in losses.values())


def test_a_step_depends_on_nothing_but_seed_state_and_batch(heads: Heads):
    found = []
    for _ in range(2):
        task = tiny.task(seed=5)
        found.append(
            [float(v) for i in range(3) for v in task.step(feed(heads)(np.arange(8) % 12 + i), 8 * i).values()]
        )
        torch.rand(3)  # the process's own chance is nobody's
    assert found[0] == found[1]


@pytest.mark.slow
def test_a_run_that_was_cut_goes_on_as_if_it_had_not_been(heads: Heads, tmp_path: Path):
    def run(outdir: Path, kimg: float, resume: bool = False) -> dict[str, torch.Tensor]:
        task = tiny.task(seed=2)
        train(task, feed(heads), len(heads), LoopOptions(outdir, kimg, 8, seed=2), resume=resume)
        return task.export()[0]

    whole = run(tmp_path / "whole", 0.048)
    run(tmp_path / "cut", 0.024)
    again = run(tmp_path / "cut", 0.048, resume=True)
    assert all(torch.equal(whole[key], again[key]) for key in whole)
    assert state.load(tmp_path / "cut") is not None
    assert len(list((tmp_path / "cut" / "sheets").glob("*.png"))) >= 1


def test_what_is_exported_finds(tmp_path: Path):
    tensors, config = tiny.task().export()
    save_model(tmp_path / "model", tensors, config, half=True)
    finder = Finder(tmp_path / "model")
    assert finder.config == tiny.CONFIG
    assert finder.find(np.zeros((64, 64, 3), np.uint8)) == []


def test_the_learning_rate_rises_and_falls():
    options = FinderOptions(lr=1.0, batch=100, warmup_kimg=1.0, decay_kimg=10.0)
    rates = [options.lr_at(nimg) for nimg in range(0, 12_000, 100)]
    assert rates[0] == pytest.approx(0.1)
    assert max(rates) == max(rates[8:12])
    assert rates[-1] == pytest.approx(0.01)
