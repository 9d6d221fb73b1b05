from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from models.checkpoint import load_model, save_model
from models.judging import logits
from models.requests import Latent
from models.stylegan.learning import Kind
from models.training import state
from models.training.labelled import Labelled, real
from models.training.state import Progress
from models.training.task import Task
from tests.models.stylegan import tiny


def step(task: Any, number: int) -> dict[str, float]:
    batch = tiny.labelled if task.config.c_dim else tiny.pictures
    found = task.step(batch(np.arange(tiny.BATCH) + number), number * tiny.BATCH)
    return {name: float(value) for name, value in found.items()}


def weights(module: nn.Module) -> dict[str, torch.Tensor]:
    return {name: p.clone() for name, p in module.named_parameters()}


def test_it_is_a_task():
    task: Task = tiny.task()
    assert set(task.optimizers) == {"G", "D"}


@pytest.mark.parametrize("aug", ["ada", "none", "color,translation,cutout"])
def test_a_step_moves_every_weight_and_the_average_follows(aug: str):
    task = tiny.task(aug=aug)
    before = {name: weights(task.modules[name]) for name in ("G", "D", "G_ema")}
    losses = step(task, 0)
    assert {"loss_D", "loss_G", "gap", "sign", "read", "r1", "path"} <= set(losses)
    for name, old in before.items():
        still = [key for key, value in weights(task.modules[name]).items() if torch.equal(old[key], value)]
        assert not still, name


def test_heads_that_see_through_the_features_network_learn_and_teach_g():
    task = tiny.task(aug="none", projected=1.0)
    before = weights(task.modules["projected"])
    assert "projected" in step(task, 0)
    assert all(not torch.equal(before[key], value) for key, value in weights(task.modules["projected"]).items())
    gradients = []
    for weight in (0.0, 5.0):
        task = tiny.task(aug="none", projected=weight)
        step(task, 1)  # a step without penalties
        gradients.append(task.G.synthesis.b4.conv1.weight.grad)
    assert not torch.allclose(*gradients)
    assert "projected" not in task.export()[0]


def test_penalties_come_on_every_so_many_batches():
    task = tiny.task(r1_every=3, path_every=2)
    found = [set(step(task, i)) & {"r1", "path"} for i in range(6)]
    assert found == [{"r1", "path"}, set(), {"path"}, {"r1"}, {"path"}, set()]
    assert "path" not in step(tiny.task(path_weight=0.0), 0)
    assert "r1" not in step(tiny.task(gamma=0.0), 0)


def test_the_same_seed_gives_the_same_losses():
    first, second, other = (step(tiny.task(seed), 0) for seed in (1, 1, 2))
    assert first == second
    assert first != other


@pytest.mark.parametrize("options", [{"aug": "ada"}, {"aug": "none"}, {"aug": "none", "projected": 1.0}])
def test_a_continued_run_has_the_losses_of_one_that_never_stopped(tmp_path: Any, options: dict[str, Any]):
    whole = tiny.task(**options)
    losses = [step(whole, i) for i in range(6)]
    half = tiny.task(**options)
    for i in range(3):
        step(half, i)
    state.save(tmp_path, half, Progress(3 * tiny.BATCH))
    continued = tiny.task(seed=0, **options)
    state.load(tmp_path, continued)
    assert [step(continued, i) for i in range(3, 6)] == losses[3:]
    for name in whole.modules:
        for key, value in whole.modules[name].state_dict().items():
            assert torch.equal(value, continued.modules[name].state_dict()[key]), f"{name}.{key}"


def test_micro_batches_learn_nearly_what_the_whole_batch_does():
    def moved(micro_batch: int) -> torch.Tensor:
        # Without what looks at a batch as a whole: D's spread.
        task = tiny.plain_task(micro_batch=micro_batch, r1_every=1, path_every=1)
        task.D.b4.spreads = 0
        task.D.b4.conv.weight = nn.Parameter(task.D.b4.conv.weight[:, :-1].clone())
        task._learner.dtype = torch.float32
        given = task.inputs([Kind.MAIN, Kind.PENALTY], tiny.pictures(np.arange(tiny.BATCH)), 0)
        for kind, inputs in given.items():
            task._learn(kind, inputs)
        return task.D.b32.conv0.weight.grad.clone()  # type: ignore[union-attr]

    whole, parts = moved(0), moved(4)
    torch.testing.assert_close(whole, parts, rtol=1e-3, atol=1e-5)


def test_out_of_memory_halves_the_micro_batch_and_says_so():
    said: list[str] = []
    task = tiny.plain_task()
    task._say = said.append
    learn = task._learner.learn

    def small_device(kind: Kind, x: Any) -> Any:
        if task._learner.micro_batch > 2:
            raise torch.OutOfMemoryError("a device with little room")
        return learn(kind, x)

    task._learner.learn = small_device  # type: ignore[method-assign]
    task._learn._work = small_device
    assert np.isfinite(step(task, 0)["loss_D"])
    assert task._learner.micro_batch == 2
    assert [sentence.split(":")[0] for sentence in said] == ["out of memory", "out of memory"]
    assert "2 images at a time" in said[1]


def test_a_mirrored_picture_has_the_labels_of_a_mirrored_picture():
    task = tiny.task()
    images = np.zeros((400, 32, 32, 3), np.uint8)
    images[:, :, :16] = 255
    x = task.inputs([Kind.MAIN], Labelled(images, np.ones((400, 3), np.float32)), 0)[Kind.MAIN]
    turned = real(x["pixels"], x["flip"])[:, 0, 0, 0] < 0
    assert 140 < int(turned.sum()) < 260
    assert torch.equal(x["c"][:, 2] < 0, turned)


def test_style_mixing_crosses_over_at_any_place_as_often_as_it_should():
    task = tiny.plain_task(batch=1000, style_mixing=0.9)
    x = task._latents(1000, torch.Generator().manual_seed(0))
    crossing = x["crossing"][:, 0]
    whole = float((crossing == task.config.num_ws).float().mean())
    assert whole == pytest.approx(0.1, abs=0.03)
    assert set(crossing.tolist()) == set(range(1, task.config.num_ws + 1))


def test_frozen_layers_of_d_stay_as_they_are():
    task = tiny.task(freezed=4)
    before = weights(task.D)
    for i in range(2):
        step(task, i)
    still = {key.partition(".")[0] for key, value in weights(task.D).items() if torch.equal(before[key], value)}
    assert still == {"b32"}


def test_the_probability_of_augmentation_is_steered_and_saved(tmp_path: Any):
    task = tiny.task(target=0.0, ada_kimg=0.01)
    task.modules["ada"].signs.fill_(1000.0)  # type: ignore[union-attr]
    found = [step(task, i)["ada_p"] for i in range(4)]
    assert found[:3] == [0.0, 0.0, 0.0]
    assert found[3] > 0
    state.save(tmp_path, task, Progress(4 * tiny.BATCH))
    other = tiny.task()
    state.load(tmp_path, other)
    assert float(other.modules["ada"].p) == pytest.approx(found[3])  # type: ignore[arg-type]


def test_the_preview_shows_what_the_seeds_alone_ask_for():
    task = tiny.task()
    step(task, 0)
    sheet = task.preview()
    assert (sheet.shape, sheet.dtype) == ((64, 32, 32, 3), np.uint8)
    np.testing.assert_array_equal(sheet, task.preview())
    latent, bank = Latent(5), task.G_ema.c_bank.numpy()
    with torch.inference_mode():
        z, c = torch.from_numpy(latent.z(6))[None], torch.from_numpy(latent.c(6, tiny.NAMES, bank))[None]
        alone = (task.G_ema(z, c, 0.7)[0].permute(1, 2, 0) * 127.5 + 128).clamp(0, 255).numpy()
    assert np.abs(sheet[5] - alone).mean() < 4  # bfloat16


def test_its_model_can_be_loaded_and_keeps_what_it_should(tmp_path: Any):
    task = tiny.task()
    tensors, config = task.export()
    save_model(tmp_path / "both", tensors, config)
    assert set(load_model(tmp_path / "both", ("G_ema", "D")).modules) == {"G_ema", "D"}
    task.keep = ()
    tensors, config = task.export()
    save_model(tmp_path / "one", tensors, config, half=True)
    assert set(load_model(tmp_path / "one", ("G_ema", "D")).modules) == {"G_ema"}
    assert task.calibration(tiny.labelled, 60) == {}


def test_starting_from_a_model_keeps_the_bank_of_the_new_pictures():
    first, second = tiny.task(1), tiny.task(2)
    bank = second.G_ema.c_bank.clone()
    second.start_from({"G_ema": first.G_ema, "D": first.D})
    assert torch.equal(second.G.c_bank, bank)
    assert torch.equal(second.G.synthesis.b4.const, first.G_ema.synthesis.b4.const)  # type: ignore[union-attr]
    assert torch.equal(second.D.b4.out.weight, first.D.b4.out.weight)


def test_calibration_says_what_logits_mean_and_how_real_pictures_differ():
    task = tiny.task()
    known = task.calibration(tiny.labelled, 60, 64)["logits"]
    assert len(known["real"]) == len(known["fake"]) == 101
    assert len(known["favours"]) == len(tiny.NAMES)
    assert len(known["spread"]) == 1
    assert task.D.b4.company is None
    assert logits(task.D, torch.randn(4, 3, 32, 32)).shape == (4,)


def test_names_and_vectors_must_fit_the_network():
    from models.stylegan.options import StyleGANOptions
    from models.stylegan.train import StyleGANTask

    with pytest.raises(ValueError, match="names"):
        StyleGANTask(tiny.labelled_config(), StyleGANOptions(), 0)
