from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from data.labels import NAMES, mirrored
from models.checkpoint import load_model, save_model
from models.training import state
from models.training.state import Progress
from models.training.task import Task, Translates
from models.twingan.growth import Grown
from models.twingan.learning import Piece
from models.twingan.scenes import lenders, lent
from models.twingan.wishes import OF_LOOK
from tests.models.twingan import tiny_run
from tests.models.twingan.tiny_run import BATCH, EACH, SIDE, step


def weights(module: nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in module.state_dict().items()}


def given(learner: Any, number: int = 0, count: int = BATCH) -> tuple[Piece, Mapping[str, torch.Tensor]]:
    return learner.feed.pieces(np.arange(count), number * BATCH)[0]


def test_it_is_a_task_that_translates():
    task: Task = tiny_run.task()
    assert isinstance(task, Translates)
    assert set(task.optimizers) == {"G", "D_photo", "D_anime", "D_cat"}


def test_before_the_first_step_it_has_grown_as_far_as_the_run_begins():
    assert tiny_run.task(grow=0.5).progress.grown == Grown(4, 1.0)
    whole = tiny_run.task(grow=0.0)  # what begins as another model is shown as it draws
    assert whole.progress.grown == Grown(SIDE, 1.0)
    assert int(np.ptp(whole.preview()[0].reshape(-1, 3), 0).max()) > 0


def test_every_ordered_pair_of_domains_is_learnt_and_those_from_the_first_oftener():
    learner = tiny_run.task(back=0.5)
    found = [learner.feed.way(number) for number in range(400)]
    counts = {way: found.count(way) for way in learner.feed.ways}
    assert len(counts) == 6
    for way, count in counts.items():
        assert count == pytest.approx(100 if way[0] == "photo" else 50, abs=3), way
    assert tiny_run.task(domains=("photo", "anime"), back=0.0).feed.way(7) == ("photo", "anime")


def test_the_way_to_the_second_domain_can_be_learnt_oftener_than_that_to_others():
    learner = tiny_run.task(back=0.0, forth=3.0)
    found = [learner.feed.way(number) for number in range(400)]
    assert found.count(("photo", "anime")) == pytest.approx(300, abs=3)
    assert found.count(("photo", "cat")) == pytest.approx(100, abs=3)


def test_all_losses_are_there_and_every_weight_moves():
    learner = tiny_run.task()
    before = {name: weights(module) for name, module in learner.modules.items()}
    losses: dict[str, float] = {}
    for number in range(12):
        losses |= step(learner, number)
    expected = {
        "loss_D",
        "loss_G",
        "gap",
        "rec",
        "rec_gan",
        "cycle",
        "pixel_cycle",
        "goal",
        "read",
        "mirrored",
        "style",
    }
    assert expected | {"twin", "penalty"} <= set(losses)
    assert all(np.isfinite(value) for value in losses.values())
    unused = ("center_", ".mean", ".std", "fromrgb4.", "fromrgb8.", "torgb4.", "torgb8.")
    for name, old in before.items():
        now = weights(learner.modules[name])
        still = [key for key in old if torch.equal(old[key], now[key]) and not any(part in key for part in unused)]
        assert not still or name == "progress", (name, still)


def test_at_first_goals_can_teach_alone_where_there_are_some():
    learner = tiny_run.task(alone=0.5, total=20 * BATCH, rec=0.0, rec_gan=0.0)
    for number in range(20):
        losses = set(step(learner, number))
        if learner.feed.way(number)[0] == "photo" and number < 10:
            assert "goal" in losses
            assert not {"loss_D", "loss_G", "penalty", "read"} & losses
        else:
            assert {"loss_D", "loss_G"} <= losses
    assert learner.feed.pieces(np.arange(BATCH), 0)[0][1]["plain"].all()  # nobody is asked for anything then


def test_a_weight_of_zero_is_a_loss_that_is_not_there():
    names = ("cycle", "pixel_cycle", "goal", "goal_end", "read", "style", "kin", "twin")
    none: dict[str, Any] = dict.fromkeys(names, 0.0)
    losses: dict[str, float] = {}
    learner = tiny_run.task(**none, rec=0.0, rec_gan=0.0, mirrored=0.0, mismatch=0.0, gamma=0.0)
    for number in range(4):
        losses |= step(learner, number)
    assert set(losses) == {"loss_D", "loss_G", "gap"}


@pytest.mark.parametrize("norm", ["group", "batch_renorm"])
@pytest.mark.parametrize("penalty", ["r1", "dragan"])
def test_a_continued_run_has_the_losses_of_one_that_never_stopped(tmp_path: Path, norm: str, penalty: str):
    def begun(seed: int) -> Any:  # it grows on the way: 4, 8 and 16 px, faded in and not
        return tiny_run.task(seed, network=tiny_run.config(norm=norm), penalty=penalty, grow=0.9, total=10 * BATCH)

    whole = begun(1)
    losses = [step(whole, number) for number in range(10)]
    half = begun(1)
    for number in range(5):
        step(half, number)
    state.save(tmp_path, half, Progress(5 * BATCH))
    continued = begun(1)
    with torch.no_grad():
        for module in continued.modules.values():
            for value in module.state_dict().values():
                value.zero_()
    state.load(tmp_path, continued)
    assert [step(continued, number) for number in range(5, 10)] == losses[5:]
    for name, module in whole.modules.items():
        for key, value in module.state_dict().items():
            assert torch.equal(value, continued.modules[name].state_dict()[key]), f"{name}.{key}"
    assert np.array_equal(whole.preview(), continued.preview())


def test_the_features_network_says_what_it_sees_and_its_judges_are_part_of_the_state(tmp_path: Path):
    def begun() -> Any:
        return tiny_run.task(network=tiny_run.config(("photo", "anime"), resolution=32), domains=("photo", "anime"))

    whole = begun()
    losses = [step(whole, number) for number in range(4)]
    to_anime = [found for number, found in enumerate(losses) if whole.feed.way(number)[1] == "anime"]
    to_photo = [found for number, found in enumerate(losses) if whole.feed.way(number)[1] == "photo"]
    assert all({"seen", "alike", "projected"} <= set(found) for found in to_anime)
    assert not any({"seen", "alike", "projected"} & set(found) for found in to_photo)
    assert to_anime
    assert to_photo
    state.save(tmp_path, whole, Progress(4 * BATCH))
    continued = begun()
    state.load(tmp_path, continued)
    assert step(continued, 4) == step(whole, 4)
    assert not any(name.startswith("heads") for name in whole.export()[0])


def test_the_same_seed_gives_the_same_losses():
    first, second, other = (step(tiny_run.task(seed), 0) for seed in (1, 1, 2))
    assert first == second
    assert first != other


def test_micro_batches_learn_nearly_what_the_whole_batch_does():
    def moved(micro_batch: int) -> torch.Tensor:
        # Without what looks at a batch as a whole: D's spread, and who is told from whom.
        network = tiny_run.config(mbstd_group=1)
        alone = dict.fromkeys(("twin", "style", "wish", "like", "vary", "mismatch", "drawn"), 0.0)
        learner = tiny_run.task(network=network, micro_batch=micro_batch, **alone)
        learner._learner.dtype = torch.float32
        piece, x = given(learner)
        own = {"behind": torch.zeros_like(x["s.behind"])}  # and no other's background
        learner._learner.learn(piece, {**x, **{f"s.{name}": value for name, value in own.items()}})
        return learner.G.b16.conv0.conv.weight.grad.clone()  # type: ignore[union-attr]

    whole, parts = moved(0), moved(4)
    torch.testing.assert_close(whole, parts, rtol=2e-2, atol=1e-4)


def test_every_second_photo_is_its_neighbour_in_a_mirror_and_labelled_so():
    learner = tiny_run.task(domains=("photo", "anime"), back=0.0)
    piece, x = given(learner)
    assert piece.mirrored
    pictures, corners = learner._learner._pictures("s", True, x)
    torch.testing.assert_close(pictures[0::2], pictures[1::2].flip(3), atol=1e-4, rtol=0)
    torch.testing.assert_close(corners[0::2], corners[1::2].flip(3))
    yaw = NAMES.index("yaw")
    assert torch.equal(x["c"][0::2, yaw], -x["c"][1::2, yaw])
    assert bool(x["plain"].all())
    assert not given(learner, 1)[0].mirrored


def test_nobody_held_out_is_seen_in_a_step():
    learner = tiny_run.task(domains=("photo", "anime"))
    held = learner.domains["photo"].pixels(learner.domains["photo"].held)
    for number in range(12):
        _, x = learner.feed.pieces(np.arange(BATCH) + BATCH * number, number * BATCH)[0]
        for use in ("s.pixels", "t.pixels"):
            seen = x[use].numpy()
            assert not any(np.array_equal(one, other) for one in seen for other in held)
    assert np.array_equal(learner.photos(), held[..., :3])


def test_who_wears_glasses_is_shown_oftener():
    learner = tiny_run.task(domains=("photo", "anime"), back=0.0, glasses=3, mirror=False, mirrored_every=1000)
    photo, at = learner.domains["photo"], NAMES.index("glasses")
    wears = (photo.c[photo.learnt, at] > 0.5) & (photo.said[photo.learnt, at] > 0)
    assert 0 < wears.sum() < len(wears)
    _, x = given(learner, 1, len(wears) + 2 * int(wears.sum()))
    shown = x["s.pixels"].numpy()
    times = [sum(np.array_equal(one, mine) for one in shown) for mine in photo.pixels(photo.learnt)]
    assert times == np.where(wears, 3, 1).tolist()


def test_what_is_asked_for_is_what_the_translation_should_have():
    learner = tiny_run.task(domains=("cat", "anime"), back=0.0, wish=0.5, like=0.5, vary=0.0, mirrored_every=1000)
    piece, x = given(learner, 1, 64)
    assert not piece.mirrored
    asked, liked = x["asked"] > 0, x["like"][:, 0] > 0
    assert 10 < int(liked.sum()) < 54
    assert bool(asked[~liked].any())
    assert not bool(asked[liked].any())
    others = lent(x["t.c"])
    assert torch.equal(x["c"][asked], others[asked])
    hair, yaw = NAMES.index("hair_l"), NAMES.index("yaw")
    assert torch.equal(x["c"][liked, hair], others[liked, hair])
    assert not torch.equal(x["c"][liked, yaw], others[liked, yaw])  # whose look is taken does not say where to look
    assert bool((x["said"][asked] == 1).all())


@pytest.mark.parametrize("alone", [0.0, 1.0])
def test_of_people_there_are_drawings_of_what_is_asked_and_of_the_look_that_is_lent(alone: float):
    learner = tiny_run.task(
        domains=("photo", "anime"), back=0.0, wish=0.4, like=0.4, mirrored_every=1000, alone=alone, told=0.0
    )
    photo = learner.domains["photo"]
    assert photo.wished is not None
    assert photo.lent is not None
    piece, x = given(learner, 2, 64)
    assert piece.lends
    other, without = given(learner, 1, 64)
    assert not other.lends
    assert not without["like"].any()
    asked, liked = x["asked"] > 0, x["like"][:, 0] > 0
    mine = photo.learnt[np.arange(64) % len(photo.learnt)]
    goal, shown = x["goal"].numpy(), x["t.pixels"].numpy()
    wished = 0
    for row in np.flatnonzero(asked.any(1).numpy()):
        (which,) = [n for n in range(EACH) if np.array_equal(goal[row], photo.wished.pixels[mine[row], n])]
        assert np.array_equal(asked[row].numpy(), photo.wished.asked[mine[row], which] > 0)
        there = photo.wished.c[mine[row], which]
        there = mirrored(there) if x["s.flip"][row] else there
        assert torch.equal(x["c"][row][asked[row]], torch.from_numpy(there)[asked[row]])
        wished += 1
    for row in np.flatnonzero(liked.numpy()):
        (which,) = [n for n in range(EACH) if np.array_equal(goal[row], photo.lent.pixels[mine[row], n])]
        assert np.array_equal(shown[int(lenders(64)[row])], photo.lent.lenders[mine[row], which])
    assert wished > 5
    assert int(liked.sum()) > 5
    plain = x["plain"] > 0
    assert np.array_equal(goal[plain.numpy()], photo.drawn["portrait"].pixels[mine[plain.numpy()], 0])
    assert bool((x["aimed"] > 0)[plain | liked | asked.any(1)].all())
    assert not bool((x["kin"] * x["like"][lenders(64), 0]).any())  # who lends a look is nobody of the photos


def test_what_is_seen_of_people_is_told_unless_somebody_lends_the_look():
    learner = tiny_run.task(
        domains=("photo", "anime"), back=0.0, told=1.0, wish=0.0, like=0.5, vary=0.0, mirrored_every=1000
    )
    photo = learner.domains["photo"]
    _, x = given(learner, 2, 64)
    mine = photo.learnt[np.arange(64) % len(photo.learnt)]
    asked, said, liked = x["asked"].numpy() > 0, photo.said[mine] > 0, x["like"][:, 0].numpy() > 0
    assert not asked[~said].any()
    assert 0.8 < asked[~liked][said[~liked]].mean() < 0.97  # now and then some is held back
    c = np.where(x["s.flip"].numpy()[:, None], mirrored(photo.c[mine]), photo.c[mine])
    c[:, NAMES.index("roll")] = x["c"][:, NAMES.index("roll")]  # which is turned besides
    np.testing.assert_array_equal(x["c"].numpy()[asked], c[asked])
    assert not asked[liked][:, OF_LOOK > 0].any()
    assert asked[liked][:, NAMES.index("yaw")].any()
    piece, both = given(tiny_run.task(told=1.0, mirrored_every=1), 2)
    assert piece.mirrored
    np.testing.assert_array_equal(both["asked"][0::2], both["asked"][1::2])
    assert not given(tiny_run.task(domains=("cat", "anime"), told=1.0, wish=0.0), 1)[1]["asked"].any()


def test_previews_are_told_what_is_seen_and_the_model_says_that_it_wants_to_be():
    learner = tiny_run.task(told=1.0)
    with torch.no_grad():
        for value in learner.G_ema.state_dict().values():
            value.add_(0.1 * torch.randn(value.shape, generator=torch.Generator().manual_seed(1)))
    plain = learner.preview()
    learner.domains["photo"].c[:] += 1.0
    assert not np.array_equal(learner.preview(), plain)
    assert learner.export()[1]["seen"] == ["photo"]
    deaf = tiny_run.task(told=0.0)
    assert deaf.export()[1]["seen"] == []


def test_goals_alone_teach_to_take_a_look_and_to_do_what_is_asked():
    learner = tiny_run.task(domains=("photo", "anime"), back=0.0, wish=0.3, like=0.5, alone=1.0, mirrored=0.0, kin=0.0)
    style = weights(learner.E.style)
    step(learner, 1)  # in which no look is lent
    assert all(torch.equal(value, style[name]) for name, value in weights(learner.E.style).items())
    step(learner, 2)
    assert any(not torch.equal(value, style[name]) for name, value in weights(learner.E.style).items())


def test_pictures_of_the_drawn_domain_are_partly_those_of_the_photos():
    learner = tiny_run.task(domains=("photo", "anime"), back=0.0, drawn=0.5)
    photo, anime = learner.domains["photo"], learner.domains["anime"]
    _, x = given(learner, 1)
    ours = [bool((photo.drawn["portrait"].pixels == one).all((2, 3, 4)).any()) for one in x["t.pixels"].numpy()]
    theirs = [bool((anime.pixels(anime.learnt) == one).all((1, 2, 3)).any()) for one in x["t.pixels"].numpy()]
    assert [not one for one in ours] == theirs
    assert any(ours)
    assert any(theirs)


def test_it_grows_and_what_it_draws_is_as_large_as_it_will_be():
    learner = tiny_run.task(grow=0.8, total=20 * BATCH)
    found = []
    for number in range(20):
        step(learner, number)
        found.append(learner.progress.grown)
        assert learner.preview().shape == learner.given().shape == (8, SIDE, SIDE, 3)
    sides = [grown.side for grown in found]
    assert sides == sorted(sides)
    assert {*sides} == {4, 8, 16}
    assert found[-1] == Grown(16, 1.0)
    assert any(grown.fades for grown in found)


def test_a_model_that_has_not_grown_up_is_one_of_its_size(tmp_path: Path):
    learner = tiny_run.task(grow=1.0, total=100 * BATCH, keep=True)
    step(learner, 20)
    side = int(learner.progress.side)
    assert side < SIDE
    tensors, config = learner.export()
    save_model(tmp_path / "model", tensors, config)
    model = load_model(tmp_path / "model", ("E_ema", "G_ema", "D_cat"))
    assert set(model.modules) == {"E_ema", "G_ema", "D_cat"}
    assert model.config["network"]["resolution"] == side
    assert model.config["domains"] == ["photo", "anime", "cat"]
    assert not any(name.startswith("D_") for name in tiny_run.task(keep=False).export()[0])


@pytest.mark.parametrize("norm", ["group", "batch_renorm"])
def test_a_domain_is_added_without_touching_the_others(norm: str):
    network = tiny_run.config(("photo", "anime"), norm=norm)
    old = tiny_run.task(network=network, domains=("photo", "anime"))
    step(old, 0)
    modules = dict(old.modules)
    for name in ("E_ema", "G_ema"):
        modules[name].add_domain("cat", "anime")  # type: ignore[operator]
    learner = tiny_run.task(network=network.with_domain("cat"), domains=("photo", "anime", "cat"), fresh=("cat",))
    learner.start_from(modules)
    before = {name: weights(learner.modules[name]) for name in ("E", "G", "E_ema", "G_ema", "D_photo", "D_anime")}
    for number in range(8):
        assert "cat" in learner.feed.way(number)
        step(learner, number)
    learner.export()
    for name, kept in before.items():
        for key, value in weights(learner.modules[name]).items():
            fresh = ".in_cat." in key or "center_cat" in key or (name == "D_photo" or name == "D_anime")
            assert fresh or torch.equal(value, kept[key]), f"{name}.{key}"
    for name in ("E", "G", "E_ema", "G_ema"):
        now = weights(learner.modules[name])
        assert any(not torch.equal(now[key], before[name][key]) for key in now if ".in_cat." in key), name


def test_out_of_memory_makes_micro_batches_smaller_and_says_so():
    said: list[str] = []
    learner = tiny_run.task(say=said.append)
    learn = learner._learner.learn

    def small_device(piece: Piece, x: Any) -> Any:
        if learner._learner.micro_batch > 4:
            raise torch.OutOfMemoryError("a device with little room")
        return learn(piece, x)

    learner._learner.learn = small_device  # type: ignore[method-assign]
    learner._graphed()
    assert np.isfinite(step(learner, 0)["loss_D"])
    assert learner._learner.micro_batch == 4
    assert [sentence.split(":")[0] for sentence in said] == ["out of memory"]


def test_domains_that_are_not_of_the_config_are_refused():
    with pytest.raises(ValueError, match="two domains or more"):
        tiny_run.task(network=tiny_run.config(("photo", "dog")), domains=("photo", "anime"))
    with pytest.raises(ValueError, match="two domains or more"):
        tiny_run.task(network=tiny_run.config(), domains=("photo",))
