from pathlib import Path

import numpy as np
import pytest

from models.checkpoint import CheckpointError, load_model, save_model
from models.latent.points import Between, Crossed
from models.loaded import Drawing
from models.registry import UnknownModel
from models.requests import BadRequest, Best, Draw, Judge, Latent, Ranked, Verdict
from models.runner import Runner
from models.throughput import CANDIDATES, FILE
from tests.models import tiny
from tests.models.stylegan import tiny as tiny_stylegan

VERSION = "20260131T101500-1a2b3c"
MODEL = f"tiny@{VERSION}"


TOLD = f"told@{VERSION}"


@pytest.fixture
def models_dir(tmp_path: Path) -> Path:
    tiny.store(tmp_path / "models" / "tiny" / VERSION)
    tiny.store_labelled(tmp_path / "models" / "told" / VERSION)
    return tmp_path / "models"


def draw(*seeds: int, trunc: float = 1.0, model: str = MODEL) -> Draw:
    return Draw(model, tuple(Latent(seed) for seed in seeds), trunc)


def test_requests_that_share_a_batch_get_what_each_gets_alone(models_dir: Path):
    runner = Runner(models_dir)
    requests = [draw(1, 2, 3), draw(4, trunc=0.5), draw(5, 1, trunc=0.0)]
    together = runner.run(requests)
    assert [answer.shape for answer in together] == [(3, 16, 16, 3), (1, 16, 16, 3), (2, 16, 16, 3)]
    for request, answer in zip(requests, together, strict=True):
        (alone,) = runner.run([request])
        assert answer.dtype == np.uint8
        assert np.abs(answer.astype(int) - alone.astype(int)).max() <= 1


def test_the_same_request_gives_the_same_bytes_from_another_runner(models_dir: Path):
    (first,), (second,) = (Runner(models_dir).run([draw(7, 8)]) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_truncation_scales_z_so_that_zero_gives_one_face_for_all_seeds(models_dir: Path):
    runner = Runner(models_dir, precision="float32")
    (average,) = runner.run([draw(1, 2, trunc=0.0)])
    np.testing.assert_array_equal(average[0], average[1])
    (drawn,) = runner.run([draw(1, 2)])
    assert (drawn[0] != drawn[1]).any()


def test_a_walk_in_latent_space_draws_another_face(models_dir: Path):
    start = Latent(1)
    request = Draw(MODEL, (start, start.step(9, 0.0), start.step(9, 0.5)))
    (faces,) = Runner(models_dir).run([request])
    np.testing.assert_array_equal(faces[0], faces[1])
    assert (faces[0] != faces[2]).any()


def test_requests_of_two_models_never_share_a_batch(models_dir: Path):
    with pytest.raises(ValueError, match="one batch_key"):
        Runner(models_dir).run([draw(1), draw(1, model="tiny@starter")])


def test_an_unknown_model_is_refused(models_dir: Path):
    with pytest.raises(UnknownModel, match=r"there is no model 'rei@starter'; there is .*tiny"):
        Runner(models_dir).run([draw(1, model="rei@starter")])


def test_the_best_batch_is_remembered_between_runners(
    models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    best = Runner(models_dir, cache_dir=tmp_path / "cache").best_batch(draw(1))
    assert best in CANDIDATES
    assert (tmp_path / "cache" / FILE).is_file()
    monkeypatch.setattr("models.throughput.measure", lambda run: pytest.fail("measured again"))
    assert Runner(models_dir, cache_dir=tmp_path / "cache").best_batch(draw(2)) == best


def test_warming_up_a_bare_name_loads_the_version_that_requests_will_name(models_dir: Path):
    runner = Runner(models_dir)
    runner.warm_up("tiny")
    assert list(runner.loaded()) == [MODEL]
    assert runner.loaded()[MODEL] == runner.best_batch(draw(1))


def test_only_the_models_that_were_asked_for_last_stay_in_memory(
    models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    ids = [f"2026013{i}T101500-1a2b3c" for i in range(2, 6)]
    for version in ids:
        tiny.store(models_dir / "tiny" / version)
    runner = Runner(models_dir, cache_dir=tmp_path / "cache")
    monkeypatch.setattr(Drawing, "nbytes", 300_000)
    runner.memory = 1  # MB: three of them
    for version in [VERSION, *ids[:-1], VERSION, ids[-1]]:
        runner.run([draw(1, model=f"tiny@{version}")])
    assert set(runner.loaded()) == {MODEL, *(f"tiny@{version}" for version in ids[-2:])}


def test_a_model_that_is_larger_than_the_memory_is_drawn_with_all_the_same(models_dir: Path, tmp_path: Path):
    other = tiny.store(models_dir / "tiny" / "20260132T101500-1a2b3c").name
    runner = Runner(models_dir, cache_dir=tmp_path / "cache", memory=0)
    for model in (MODEL, f"tiny@{other}", MODEL):
        (pixels,) = runner.run([draw(1, model=model)])
        assert pixels.shape[0] == 1
        assert list(runner.loaded()) == [model]


def test_a_model_counts_with_all_that_it_keeps_in_memory(models_dir: Path, tmp_path: Path):
    runner = Runner(models_dir, cache_dir=tmp_path / "cache")
    model = runner.model(MODEL)
    weights = sum(t.numel() for t in load_model(model.folder).modules["G_ema"].state_dict().values())
    drawing = model.nbytes
    assert weights < drawing < 8 * weights  # two or four bytes each, BatchNorm's folded into their neighbours
    assert model.discriminator is not None
    assert model.nbytes > drawing


def test_faces_between_others_and_of_several_are_drawn_by_a_network_with_styles(tmp_path: Path):
    tiny_stylegan.store(tmp_path / "moe" / VERSION)
    runner, model = Runner(tmp_path, precision="float32"), f"moe@{VERSION}"
    a, b = Latent(1), Latent(2)
    points = (a, Between(a, b, 0.5, "w"), Between(a, b, 1.0, "w"), Crossed(a, b, a), Crossed(b, b, b), b)
    (drawn,) = runner.run([Draw(model, points, 0.7)])
    assert drawn.shape == (6, 32, 32, 3)
    # A way's ends, and a face all of whose styles are one seed's, are that seed's face.
    assert np.abs(drawn[2].astype(int) - drawn[5]).max() <= 1
    assert np.abs(drawn[4].astype(int) - drawn[5]).max() <= 1
    assert len({picture.tobytes() for picture in drawn[[0, 1, 3, 5]]}) == 4
    # In one batch with what anybody else asks for, too.
    alone, beside = runner.run([Draw(model, (a, b), 0.7), Draw(model, points[3:4], 0.7)])
    assert np.abs(alone.astype(int) - drawn[[0, 5]]).max() <= 1
    assert np.abs(beside[0].astype(int) - drawn[3]).max() <= 1


def test_without_styles_a_way_leads_through_z_only(models_dir: Path):
    runner, a, b = Runner(models_dir, precision="float32"), Latent(1), Latent(2)
    ways = [Draw(MODEL, (Between(a, b, 0.5, space),), 1.0) for space in ("z", "w")]
    through_z, through_w = runner.run(ways)
    assert through_z.shape == (1, 16, 16, 3)
    assert isinstance(through_w, BadRequest)
    (crossed, plain) = runner.run([Draw(MODEL, (Crossed(a, b, a),)), draw(1)])
    assert isinstance(crossed, BadRequest)
    assert plain.shape == (1, 16, 16, 3)


def told(seed: int, **labels: float) -> Latent:
    return Latent(seed).labelled(labels)


def test_what_is_asked_for_changes_the_picture_and_truncation_does_not_touch_it(models_dir: Path):
    runner = Runner(models_dir, precision="float32")
    latents = (
        told(1),
        told(1, age=2.0),
        told(2, age=2.0, glasses=1.0, yaw=0.0),
        told(3, age=2.0, glasses=1.0, yaw=0.0),
    )
    (faces,) = runner.run([Draw(TOLD, latents)])
    assert (faces[0] != faces[1]).any()
    assert (faces[2] != faces[3]).any()
    (average,) = runner.run([Draw(TOLD, latents, trunc=0.0)])
    np.testing.assert_array_equal(average[2], average[3])
    assert (average[0] != average[1]).any()


def test_a_label_that_the_model_does_not_have_refuses_its_own_request_alone(models_dir: Path):
    runner = Runner(models_dir)
    good, wings, plain = Draw(TOLD, (told(1),)), Draw(TOLD, (told(1, wings=1.0),)), Draw(MODEL, (told(1, age=1.0),))
    answers = runner.run([good, wings, good])
    assert isinstance(answers[1], BadRequest)
    np.testing.assert_array_equal(answers[0], answers[2])
    assert isinstance(runner.run([wings])[0], BadRequest)
    assert "cannot be told" in str(runner.run([plain])[0])


def test_the_best_are_the_same_however_a_request_was_cut(models_dir: Path):
    runner = Runner(models_dir, precision="float32")
    for model in (MODEL, TOLD):
        whole = Best(model, tuple(Latent(seed) for seed in range(20)), keep=4)
        at_once = whole.join(runner.run([whole]))
        in_pieces = whole.join([runner.run([piece])[0] for piece in whole.split(6)])
        together = whole.join(runner.run(whole.split(6)))
        assert isinstance(at_once, Ranked)
        assert len(at_once.indices) == 4
        assert at_once.indices == in_pieces.indices == together.indices
        assert list(at_once.scores) == sorted(at_once.scores, reverse=True)
        drawn = runner.run([Draw(model, whole.latents)])[0]
        assert np.abs(at_once.pixels.astype(int) - drawn[list(at_once.indices)]).max() <= 1


def test_a_picture_is_judged_alone_as_in_company(models_dir: Path):
    runner = Runner(models_dir)
    chance = np.random.RandomState(0)
    requests = [Judge(TOLD, chance.randint(0, 256, (h, w, 3), np.uint8)) for h, w in ((16, 16), (40, 20), (7, 90))]
    together = [r.join([a]) for r, a in zip(requests, runner.run(requests), strict=True)]
    for request, verdict in zip(requests, together, strict=True):
        assert 0.0 <= verdict.score <= 1.0
        alone = request.join(runner.run([request]))
        assert isinstance(alone, Verdict)
        assert alone.logit == pytest.approx(verdict.logit, abs=1e-4)
    assert runner.best_batch(requests[0]) >= 1


def test_a_model_without_a_discriminator_ranks_and_judges_nothing(tmp_path: Path, models_dir: Path):
    tensors, config = tiny.labelled_task().export()
    only = {key: value for key, value in tensors.items() if key.startswith("G_ema.")}
    save_model(models_dir / "mute" / VERSION, only, config)
    runner = Runner(models_dir)
    judge = Judge(f"mute@{VERSION}", np.zeros((16, 16, 3), np.uint8))
    assert isinstance(runner.run([judge])[0], BadRequest)
    assert isinstance(runner.run([Best(f"mute@{VERSION}", (Latent(1),), 1)])[0], BadRequest)


def test_labels_without_names_are_no_model(models_dir: Path):
    tiny.store_labelled(models_dir / "nameless" / VERSION, labels=["age"])
    with pytest.raises(CheckpointError, match="1 labels have names, the network has 3"):
        Runner(models_dir).run([draw(1, model=f"nameless@{VERSION}")])


def test_a_request_of_an_unknown_kind_is_refused(models_dir: Path):
    class Other:
        batch_key = "other"

    with pytest.raises(TypeError, match="no answer to Other"):
        Runner(models_dir).run([Other()])


@pytest.fixture
def styled(tmp_path: Path) -> Path:
    """A StyleGAN, its D calibrated."""
    task = tiny_stylegan.task()
    tensors, config = task.export()
    config |= task.calibration(tiny_stylegan.labelled, 60, 64)
    save_model(tmp_path / "models" / "styled" / VERSION, tensors, {**config, "kimg": 0, "parent": None, "data": ""})
    return tmp_path / "models"


def test_requests_to_a_stylegan_are_truncated_each_by_its_own_amount(styled: Path):
    runner = Runner(styled, precision="float32")
    model = f"styled@{VERSION}"
    requests = [draw(1, 2, model=model), draw(1, 2, trunc=0.0, model=model)]
    whole, average = runner.run(requests)
    assert whole.shape == (2, 32, 32, 3)
    assert (whole[0] != whole[1]).any()
    np.testing.assert_array_equal(average[0], average[1])
    for request, answer in zip(requests, (whole, average), strict=True):
        assert np.abs(runner.run([request])[0].astype(int) - answer.astype(int)).max() <= 1


def test_a_stylegan_ranks_and_judges_whatever_the_company(styled: Path):
    runner, model = Runner(styled), f"styled@{VERSION}"
    one, other = (np.full((40, 40, 3), grey, np.uint8) for grey in (10, 240))
    together = runner.run([Judge(model, one), Judge(model, other)])
    for picture, verdict in zip((one, other), together, strict=True):
        alone = Verdict.of(runner.run([Judge(model, picture)])[0])
        assert Verdict.of(verdict).logit == pytest.approx(alone.logit, abs=1e-4)
    (ranked,) = runner.run([Best(model, tuple(Latent(seed) for seed in range(8)), keep=3)])
    assert len(Ranked.of(ranked).indices) == 3
