"""Rating classifiers."""

import json
from pathlib import Path

import numpy as np
import pytest

from data.vision.onnx import OnnxUnavailable, Rater
from tests.data.vision.onnx.networks import constant, red_rater

pytest.importorskip("onnxruntime")

BLACK = np.zeros((20, 30, 3), np.uint8)


def labels(folder: Path, *words: str) -> None:
    (folder / "meta.json").write_text(json.dumps({"labels": words}))


def test_three_and_four_labels_are_danboorus_ratings(tmp_path: Path):
    labels(tmp_path, "safe", "r15", "r18")
    constant(tmp_path / "model.onnx", np.array([[0.1, 0.6, 0.3]]), [1, 3, 16, 16])
    assert Rater(tmp_path).ratings(BLACK) == pytest.approx({"g": 0.1, "q": 0.6, "e": 0.3})
    assert Rater(tmp_path / "model.onnx").rating(BLACK) == "q"
    labels(tmp_path, "general", "sensitive", "questionable", "explicit")
    constant(tmp_path / "model.onnx", np.array([[0.1, 0.6, 0.2, 0.1]]), ["batch", 3, "height", "width"])
    assert Rater(tmp_path).rating(BLACK) == "s"


def test_it_is_shown_rgb_from_minus_1_to_1(tmp_path: Path):
    """A network that answers how bright the first channel is, and the rest."""
    red_rater(tmp_path)
    red = BLACK.copy()
    red[..., 0] = 255
    assert Rater(tmp_path).ratings(red) == pytest.approx({"g": 1.0, "e": 0.0}, abs=1e-6)
    assert Rater(tmp_path).ratings(BLACK) == pytest.approx({"g": 0.0, "e": 1.0}, abs=1e-6)


@pytest.mark.parametrize(
    ("meta", "answer", "words"),
    [
        ("{", [[1.0]], "has no list of labels"),
        ("[]", [[1.0]], "has no list of labels"),
        ('{"labels": []}', [[1.0]], "labels that are no ratings: none"),
        ('{"labels": ["cat"]}', [[1.0]], "labels that are no ratings: cat"),
        ('{"labels": ["safe"]}', [[0.5, 0.5]], "does not answer a probability for each"),
        ('{"labels": ["safe", "r18"]}', [[3.0, 4.0]], "does not answer a probability for each"),
    ],
)
def test_what_does_not_fit_is_a_sentence(meta: str, answer: list[list[float]], words: str, tmp_path: Path):
    (tmp_path / "meta.json").write_text(meta)
    constant(tmp_path / "model.onnx", np.array(answer), [1, 3, 16, 16])
    with pytest.raises(OnnxUnavailable, match=words):
        Rater(tmp_path).rating(BLACK)
