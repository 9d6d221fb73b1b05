from pathlib import Path

import pytest
import torch

from models.dcgan.network import DCGANConfig
from models.dcgan.train import DCGANOptions, DCGANTask
from models.training import state
from tests.models import tiny


def test_weights_moments_and_progress_come_back(tmp_path: Path):
    task, fresh = tiny.trained_a_little(), tiny.task(seed=9)
    progress = state.Progress(24, 1.25, {"network": {"widths": [8, 8]}}, {"sums": {"loss_D": 0.1 + 0.2}})
    state.save(tmp_path, task, progress)
    assert state.load(tmp_path, fresh) == progress
    for name, module in task.modules.items():
        for key, value in module.state_dict().items():
            assert torch.equal(fresh.modules[name].state_dict()[key], value), (name, key)
    for name, optimizer in task.optimizers.items():
        pairs = zip(optimizer.param_groups[0]["params"], fresh.optimizers[name].param_groups[0]["params"], strict=True)
        for mine, theirs in pairs:
            for moment, value in optimizer.state[mine].items():
                assert torch.equal(fresh.optimizers[name].state[theirs][moment], value)
                assert fresh.optimizers[name].state[theirs][moment].stride() == value.stride()


def test_a_folder_without_a_state_has_none(tmp_path: Path):
    assert state.load(tmp_path) is None


def test_the_state_of_another_network_is_refused(tmp_path: Path):
    state.save(tmp_path, tiny.trained_a_little(), state.Progress(24))
    other = DCGANTask(DCGANConfig(16, 8, (8, 4)), DCGANOptions(), 0)
    with pytest.raises(state.StateError, match="is not of this network"):
        state.load(tmp_path, other)


def test_the_state_before_is_kept(tmp_path: Path):
    task = tiny.trained_a_little()
    for nimg in (8, 16, 24):
        state.save(tmp_path, task, state.Progress(nimg))
    (tmp_path / state.FILE).unlink()
    progress = state.load(tmp_path)
    assert progress is not None
    assert progress.nimg == 16
