from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from models.dcgan.learning import Kind
from models.dcgan.options import DCGANOptions
from models.dcgan.train import DCGANTask
from models.requests import Latent
from models.training.average import beta
from models.training.labelled import Batch, Labelled
from models.training.labelled import real as real_of
from tests.models import tiny


def test_a_step_moves_both_networks_and_the_average_follows():
    task = tiny.task()
    before = {name: m.state_dict()["main.0.weight"].clone() for name, m in task.modules.items()}
    losses = task.step(tiny.pictures(np.arange(tiny.BATCH)), 0)
    assert set(losses) == {"loss_D", "loss_G", "gap"}
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
        task._learner.average(torch.tensor(beta(10**6, 500, task.options.ema_kimg, task.options.ema_rampup)))
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


def real(task: DCGANTask, batch: Batch) -> tuple[torch.Tensor, torch.Tensor | None]:
    """The pictures as D sees them, but for the augmentation, and their labels."""
    x = task.inputs(Kind(True, True, False), batch, 0)
    return real_of(x["pixels"], x.get("flip")), x.get("c")


def test_mirror_flips_about_half_of_the_pictures_left_to_right():
    task = tiny.task(mirror=True)
    batch = np.zeros((400, 16, 16, 3), np.uint8)
    batch[:, :, :8] = 255
    left = real(task, batch)[0][:, 0, 0, 0] > 0
    assert 140 < int(left.sum()) < 260


def test_pictures_reach_the_network_between_minus_one_and_one():
    batch = np.zeros((1, 16, 16, 3), np.uint8)
    batch[0, 0, 0] = 255
    x, _ = real(tiny.task(mirror=False), batch)
    assert (float(x.min()), float(x.max())) == (-1.0, 1.0)
    assert x.is_contiguous(memory_format=torch.channels_last)


def weights(module: nn.Module) -> list[torch.Tensor]:
    return [p.clone() for p in module.parameters()]


def moved(before: list[torch.Tensor], module: nn.Module) -> bool:
    return any(not torch.equal(a, b) for a, b in zip(before, module.parameters(), strict=True))


def test_with_labels_everything_learns_the_embedding_and_the_head_too():
    task = tiny.labelled_task()
    before = {name: {k: p.clone() for k, p in m.named_parameters()} for name, m in task.modules.items()}
    losses = task.step(tiny.labelled(np.arange(tiny.BATCH)), 0)
    assert set(losses) == {"loss_D", "loss_G", "gap", "read"}
    for name in ("G", "D"):
        still = [k for k, p in task.modules[name].named_parameters() if torch.equal(before[name][k], p)]
        assert not still, name


def test_a_mirrored_picture_has_the_labels_of_a_mirrored_picture():
    task = tiny.labelled_task(mirror=True)
    images = np.zeros((400, 16, 16, 3), np.uint8)
    images[:, :, :8] = 255
    x, c = real(task, Labelled(images, np.ones((400, 3), np.float32)))
    assert c is not None
    turned = x[:, 0, 0, 0] < 0
    _, glasses, yaw = c.T
    assert 140 < int(turned.sum()) < 260
    assert torch.equal(yaw < 0, turned)
    assert bool((glasses == 1).all())


def test_the_bank_holds_label_vectors_of_the_training_set_chosen_by_the_seed():
    one, same, other = (tiny.labelled_task(seed).G_ema.c_bank for seed in (1, 1, 2))
    assert one.shape == (tiny.LABELLED.bank, 3)
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    known = {tuple(row) for row in tiny.vectors(np.arange(60)).tolist()}
    assert {tuple(row) for row in one.tolist()} <= known


def test_the_preview_shows_what_the_seeds_alone_ask_for():
    task = tiny.labelled_task()
    task.preview()
    bank = task.G_ema.c_bank.numpy()
    latent = Latent(5)
    with torch.inference_mode():
        x = task.G_ema(torch.from_numpy(latent.z(8))[None], torch.from_numpy(latent.c(8, tiny.NAMES, bank))[None])
    alone = (x[0].permute(1, 2, 0) * 127.5 + 128).clamp(0, 255).numpy()
    assert np.abs(task.preview()[5] - alone).max() < 4  # bfloat16


def test_g_and_d_learn_as_often_as_they_are_told_to():
    task = DCGANTask(tiny.CONFIG, DCGANOptions(batch=tiny.BATCH, d_every=2, g_every=3), 0)
    learnt = []
    for i in range(6):
        before = {name: weights(task.modules[name]) for name in ("D", "G")}
        losses = task.step(tiny.pictures(np.arange(tiny.BATCH)), i * tiny.BATCH)
        assert {"loss_D", "loss_G"} <= set(losses)
        learnt.append("".join(name for name in ("D", "G") if moved(before[name], task.modules[name])))
    assert learnt == ["DG", "", "D", "G", "D", ""]


def test_the_penalty_comes_on_every_so_many_batches_and_flattens_d():
    def slope(gamma: float) -> float:
        task = tiny.labelled_task(gamma=gamma, aug="none", r1_every=4, lr=1e-3)
        for i in range(40):
            task.step(tiny.labelled(np.arange(tiny.BATCH) + i), i * tiny.BATCH)
        batch = tiny.labelled(np.arange(32))
        x, c = real(task, batch)
        x.requires_grad_(True)
        task.D(x, c).sum().backward()
        assert x.grad is not None
        return float(x.grad.square().sum([1, 2, 3]).mean())

    assert slope(100.0) < 0.5 * slope(0.0)


def test_the_rate_falls_along_the_run():
    task = tiny.labelled_task(total=1000, lr=1e-3, decay=0.5, lr_end=0.1)
    rates = []
    for nimg in (0, 496, 752, 992):
        task.step(tiny.labelled(np.arange(tiny.BATCH)), nimg)
        rates.append(task.optimizers["G"].param_groups[0]["lr"])
    assert rates[0] == rates[1] == 1e-3
    assert rates[2] == pytest.approx(0.55e-3, rel=0.02)
    assert rates[3] == pytest.approx(1e-4, rel=0.02)


def test_without_an_average_the_average_is_the_network():
    task = DCGANTask(tiny.CONFIG, DCGANOptions(batch=tiny.BATCH, ema_kimg=0.0), 0)
    task.step(tiny.pictures(np.arange(tiny.BATCH)), 0)
    assert not moved(weights(task.G), task.G_ema)


def test_who_is_held_back_does_not_learn():
    for waiting, gap in (("D", 0.99), ("G", 0.0)):
        task = DCGANTask(tiny.CONFIG, DCGANOptions(batch=tiny.BATCH, steer=True), 0)
        task.steering.gap.fill_(gap)
        before = {name: weights(task.modules[name]) for name in ("D", "G")}
        task.step(tiny.pictures(np.arange(tiny.BATCH)), 0)
        assert {name for name in before if moved(before[name], task.modules[name])} == {"D", "G"} - {waiting}


def test_starting_from_a_model_keeps_the_bank_of_the_new_pictures():
    first, second = tiny.labelled_task(1), tiny.labelled_task(2)
    bank = second.G_ema.c_bank.clone()
    second.start_from({"G_ema": first.G_ema, "D": first.D})
    assert torch.equal(second.G_ema.c_bank, bank)
    assert torch.equal(second.G.c_bank, bank)
    assert torch.equal(second.G.state_dict()["main.0.weight"], first.G_ema.state_dict()["main.0.weight"])


def test_calibration_keeps_percentiles_of_real_and_drawn_logits():
    logits = tiny.labelled_task().calibration(tiny.labelled, 60, 64)["logits"]
    for kind in ("real", "fake"):
        assert len(logits[kind]) == 101
        assert logits[kind] == sorted(logits[kind])
    assert len(logits["favours"]) == len(tiny.NAMES)


def test_names_and_vectors_must_fit_the_network():
    with pytest.raises(ValueError, match="names"):
        DCGANTask(tiny.LABELLED, DCGANOptions(d_norm="none"), 0)
    with pytest.raises(ValueError, match="names"):
        DCGANTask(replace(tiny.LABELLED, c_dim=0), DCGANOptions(d_norm="none"), 0, names=("a",))
