import numpy as np
import torch
from torch import nn

from models.dcgan.train import DCGANOptions, DCGANTask
from tests.models import tiny


def test_a_step_moves_both_networks_and_the_average_follows():
    task = tiny.task()
    before = {name: m.state_dict()["main.0.weight"].clone() for name, m in task.modules.items()}
    losses = task.step(tiny.pictures(np.arange(tiny.BATCH)), 0)
    assert set(losses) == {"loss_D", "loss_G"}
    assert all(loss.requires_grad is False and loss.ndim == 0 for loss in losses.values())
    for name, module in task.modules.items():
        assert not torch.equal(before[name], module.state_dict()["main.0.weight"]), name


def test_the_same_seed_gives_the_same_losses():
    batch = tiny.pictures(np.arange(tiny.BATCH))
    first, second, other = (tiny.task(seed).step(batch, 0) for seed in (1, 1, 2))
    assert first == second
    assert first != other


def test_the_average_halves_its_distance_in_its_half_life():
    task = DCGANTask(tiny.CONFIG, DCGANOptions(batch=500, ema_kimg=1.0), 0)
    for p in task.G.parameters():
        nn.init.ones_(p)
    for p in task.G_ema.parameters():
        nn.init.zeros_(p)
    for _ in range(2):  # two steps of 500 images are one half-life of 1 kimg
        task._average(nimg=10**6, batch=500)
    assert {round(float(p.flatten()[0]), 5) for p in task.G_ema.parameters()} == {0.5}


def test_exported_batchnorm_statistics_are_those_of_the_averaged_weights():
    task = tiny.trained_a_little()
    task.export()
    task.G_ema.train()
    with torch.no_grad():
        batch_wise = task.G_ema(torch.randn(4096, tiny.CONFIG.z_dim, generator=torch.Generator().manual_seed(1)))
        task.G_ema.eval()
        task._calibrated = False
        task.export()
        measured = task.G_ema(torch.randn(4096, tiny.CONFIG.z_dim, generator=torch.Generator().manual_seed(1)))
    assert float((batch_wise - measured).abs().mean()) < 0.01


def test_preview_is_the_same_until_something_was_learnt():
    task = tiny.trained_a_little()
    first = task.preview()
    assert first.shape == (64, 16, 16, 3)
    assert first.dtype == np.uint8
    np.testing.assert_array_equal(first, task.preview())


def test_looking_at_a_preview_does_not_change_what_is_learnt():
    looked, blind = tiny.task(), tiny.task()
    for i in range(3):
        batch = tiny.pictures(np.arange(tiny.BATCH) + i)
        a, b = looked.step(batch, i * tiny.BATCH), blind.step(batch, i * tiny.BATCH)
        looked.preview()
        assert a == b


def test_mirror_flips_about_half_of_the_pictures_left_to_right():
    task = tiny.task(mirror=True)
    batch = np.zeros((400, 16, 16, 3), np.uint8)
    batch[:, :, :8] = 255
    left = task._real(batch, torch.Generator().manual_seed(0))[:, 0, 0, 0] > 0
    assert 140 < int(left.sum()) < 260


def test_pictures_reach_the_network_between_minus_one_and_one():
    batch = np.zeros((1, 16, 16, 3), np.uint8)
    batch[0, 0, 0] = 255
    x = tiny.task(mirror=False)._real(batch, torch.Generator())
    assert (float(x.min()), float(x.max())) == (-1.0, 1.0)
    assert x.is_contiguous(memory_format=torch.channels_last)
