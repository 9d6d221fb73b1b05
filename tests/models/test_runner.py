from pathlib import Path

import numpy as np
import pytest

from models.registry import UnknownModel
from models.requests import Draw, Latent
from models.runner import KEPT, Runner
from models.throughput import CANDIDATES, FILE
from tests.models import tiny

VERSION = "20260131T101500-1a2b3c"
MODEL = f"tiny@{VERSION}"


@pytest.fixture
def models_dir(tmp_path: Path) -> Path:
    tiny.store(tmp_path / "models" / "tiny" / VERSION)
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


def test_only_the_models_that_were_asked_for_last_stay_in_memory(models_dir: Path, tmp_path: Path):
    ids = [f"2026013{i}T101500-1a2b3c" for i in range(2, 2 + KEPT)]
    for version in ids:
        tiny.store(models_dir / "tiny" / version)
    runner = Runner(models_dir, cache_dir=tmp_path / "cache")
    for version in [VERSION, *ids[:-1], VERSION, ids[-1]]:
        runner.run([draw(1, model=f"tiny@{version}")])
    assert set(runner.loaded()) == {MODEL, *(f"tiny@{version}" for version in ids[1:])}
