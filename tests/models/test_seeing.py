from pathlib import Path

import numpy as np
import pytest

from data.vision.features import Features, FeaturesUnavailable
from data.vision.finder import Finder, FinderUnavailable
from data.vision.onnx import OnnxUnavailable
from data.vision.requests import Find, Rate, See
from models.runner import Runner
from models.seeing import find, see
from tests.models.features import tiny
from tests.models.finder import tiny as tiny_finder


def test_requests_of_one_batch_each_get_their_own_answer(tmp_path: Path):
    features = Features(tiny.store(tmp_path / "model"))
    pictures = [np.full((20 + i, 24, 3), 40 * i, np.uint8) for i in range(5)]
    requests = [See(tuple(pictures[:2])), See(tuple(pictures[2:3])), See(tuple(pictures[3:]))]
    answers = [r.join([answer]) for r, answer in zip(requests, see(features, requests), strict=True)]
    assert [len(answer) for answer in answers] == [2, 1, 2]
    for found, expected in zip([s for answer in answers for s in answer], features.see(pictures), strict=True):
        assert found.embedding == pytest.approx(expected.embedding, abs=1e-6)
        assert found.numbers == pytest.approx(expected.numbers, abs=1e-6)


def test_the_model_lane_sees(tmp_path: Path):
    runner = Runner(tmp_path / "models", features_dir=tiny.store(tmp_path / "features"))
    request = See((np.zeros((30, 30, 3), np.uint8),))
    assert runner.best_batch(request) > 1
    (seen,) = request.join(runner.run([request]))
    assert seen.embedding.shape == (128,)


def test_without_weights_the_lane_says_so(tmp_path: Path):
    with pytest.raises(FeaturesUnavailable, match="cannot be read"):
        Runner(tmp_path, features_dir=tmp_path).run([See((np.zeros((30, 30, 3), np.uint8),))])


def test_requests_to_find_each_get_their_own_faces(tmp_path: Path):
    finder = Finder(tiny_finder.store(tmp_path / "model", believing=True))
    pictures = [np.random.default_rng(i).integers(0, 255, (40 + 20 * i, 64, 3), np.uint8) for i in range(3)]
    requests = [Find(tuple(pictures[:2])), Find(tuple(pictures[2:]))]
    answers = [r.join([answer]) for r, answer in zip(requests, find(finder, requests), strict=True)]
    assert [len(answer) for answer in answers] == [2, 1]
    for picture, faces in zip(pictures, [faces for answer in answers for faces in answer], strict=True):
        alone = finder.find(picture)
        assert len(faces) == len(alone) > 0
        for face, expected in zip(faces, alone, strict=True):
            assert face.box == pytest.approx(expected.box, abs=1e-3)
            assert face.chin == pytest.approx(expected.chin, abs=1e-3)


def test_the_model_lane_finds(tmp_path: Path):
    runner = Runner(tmp_path / "models", finder_dir=tiny_finder.store(tmp_path / "finder"))
    request = Find((np.zeros((30, 30, 3), np.uint8), np.zeros((90, 40, 3), np.uint8)))
    assert runner.best_batch(request) > 1
    assert request.join(runner.run([request])) == ((), ())


def test_without_a_finder_the_lane_says_so(tmp_path: Path):
    with pytest.raises(FinderUnavailable, match="cannot be read"):
        Runner(tmp_path, finder_dir=tmp_path).run([Find((np.zeros((30, 30, 3), np.uint8),))])


def test_the_model_lane_rates_each_picture_as_the_classifier_sees_it(tmp_path: Path):
    pytest.importorskip("onnxruntime")
    from tests.data.vision.onnx.networks import red_rater

    runner = Runner(tmp_path / "models", rater=red_rater(tmp_path / "rater"))
    red, black = np.zeros((2, 20, 30, 3), np.uint8)
    red[..., 0] = 255
    requests = [Rate((red, black)), Rate((black,))]
    assert runner.best_batch(requests[0]) > 1
    answers = [r.join([answer]) for r, answer in zip(requests, runner.run(requests), strict=True)]
    assert answers[0] == pytest.approx([0, 1], abs=1e-6)
    assert answers[1] == pytest.approx([1], abs=1e-6)


def test_without_a_classifier_the_lane_says_so(tmp_path: Path):
    request = Rate((np.zeros((20, 30, 3), np.uint8),))
    with pytest.raises(OnnxUnavailable, match="RATER_ONNX"):
        Runner(tmp_path).run([request])
    with pytest.raises(OnnxUnavailable):
        Runner(tmp_path, rater=tmp_path / "nowhere").run([request])
