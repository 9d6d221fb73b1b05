import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from data.dataset import Dataset, pack, resolve
from data.vision.features import Features
from data.vision.features.targets import CHOICES
from data.vision.perprocess import finder
from models.features.measure import (
    Unmeasurable,
    auc,
    measure_attributes,
    measure_characters,
    measure_labels,
    measure_real,
    retrieval,
)
from tests.models.features import tiny


@pytest.fixture
def features(tmp_path: Path) -> Features:
    return Features(tiny.store(tmp_path / "model"))


def test_characters_that_lie_apart_are_all_found():
    groups = np.repeat(np.arange(5), 3)
    embeddings = np.eye(128, dtype=np.float32)[groups]
    assert retrieval(embeddings, groups) | {"threshold": 0} == {
        "top1": 1.0, "auc": 1.0, "likeness_same": 1.0, "likeness_different": 0.0, "threshold": 0, "equal_error": 0.0,
    }  # fmt: skip


def test_characters_that_look_alike_are_found_by_chance_only():
    groups = np.repeat(np.arange(50), 4)
    chance = np.random.default_rng(0).normal(size=(200, 128)).astype(np.float32)
    found = retrieval(chance / np.linalg.norm(chance, axis=1, keepdims=True), groups)
    assert found["top1"] < 0.1
    assert 0.4 < found["auc"] < 0.6
    assert 0.4 < found["equal_error"] < 0.6


def test_the_auc_is_the_share_of_pairs_in_order():
    same, different = np.array([0.9, 0.5, 0.5]), np.array([0.1, 0.5, 0.7])
    expected = np.mean([[1.0 if s > d else 0.5 if s == d else 0.0 for d in different] for s in same])
    assert auc(same, different) == pytest.approx(expected)


def test_every_attribute_and_number_is_measured(features: Features, characters: Dataset):
    report = measure_attributes(features, characters)
    assert report["count"] == 48
    for attribute, figures in report["words"].items():
        assert 0 <= figures["accuracy"] <= 1
        assert set(figures["recall"]) <= set(CHOICES[attribute])
    assert {"hair", "eyes", "glasses"} <= set(report["words"])
    assert report["numbers"]["yaw"]["mean_error"] > 0
    json.dumps(report)


def test_characters_are_measured_as_they_are_and_augmented(features: Features, characters: Dataset):
    report = measure_characters(features, characters)
    assert (report["characters"], report["pictures"]) == (12, 48)
    assert report["plain"] != report["augmented"]
    assert measure_characters(features, characters) == report


def test_a_set_without_characters_cannot_tell_whether_they_are_found(features: Features, tmp_path: Path):
    pytest.importorskip("skia")
    with pytest.raises(Unmeasurable, match="several characters"):
        measure_characters(features, pack(resolve("drawn:count=2"), 16, tmp_path))


def test_real_drawings_are_measured_against_their_labels(features: Features, tmp_path: Path):
    Image.new("RGBA", (40, 40), (255, 0, 0, 0)).save(tmp_path / "a.png")
    Image.new("RGB", (60, 50), "pink").save(tmp_path / "b.jpg")
    faces = [
        {"file": "a.png", "box": [5, 5, 20, 20], "hair": list(CHOICES["hair"]), "eyes": ["blue"]},
        {"file": "b.jpg", "box": [30, 20, 20, 20], "hair": ["plaid"]},
        {"file": "gone.png", "box": [0, 0, 9, 9], "hair": ["red"]},
    ]
    (tmp_path / "labels.json").write_text(json.dumps({"faces": faces}))
    report = measure_real(features, tmp_path, tmp_path / "labels.json")
    assert (report["faces"], report["missing"]) == (2, 1)
    assert report["hair"]["fair"] == 0.5
    assert report["hair"]["wrong"][0].startswith("b.jpg: ")
    assert report["eyes"]["n"] == 1


def test_without_pictures_or_labels_nothing_is_measured(features: Features, tmp_path: Path):
    (tmp_path / "labels.json").write_text('{"faces": [{"file": "gone.png", "box": [0, 0, 9, 9]}]}')
    with pytest.raises(Unmeasurable, match="none of the pictures"):
        measure_real(features, tmp_path, tmp_path / "labels.json")
    with pytest.raises(Unmeasurable, match="cannot be read"):
        measure_real(features, tmp_path, tmp_path / "nothing.json")


def test_the_labels_of_the_real_faces_are_in_words_that_exist():
    faces = json.loads((Path(__file__).parents[3] / "benchmarks" / "real_faces.json").read_text())["faces"]
    for face in faces:
        assert len(face["box"]) == 4
        assert face["file"]
        for attribute in set(face) - {"file", "box"}:
            assert face[attribute]
            assert set(face[attribute]) <= set(CHOICES[attribute])


def test_the_words_that_a_label_would_get_are_measured_on_heads_as_they_are_cut_out(tmp_path: Path):
    pytest.importorskip("skia")
    from tests.data.scenes import encoded, scene

    pixels, tags = scene(3)
    (tmp_path / "a.png").write_bytes(encoded(pixels))
    (tmp_path / "flat.png").write_bytes(encoded(np.full((80, 80, 3), 200, np.uint8)))
    box = finder().find(pixels)[0].box
    (hair,) = (tag.removesuffix("_hair") for tag in tags.split() if tag.endswith("_hair"))
    faces = [
        {"file": "a.png", "box": box, "hair": [hair], "glasses": ["neither"]},
        {"file": "flat.png", "box": [20, 20, 40, 40], "hair": ["red"]},
    ]
    (tmp_path / "labels.json").write_text(json.dumps({"faces": faces}))
    report = measure_labels(tmp_path, tmp_path / "labels.json")
    assert (report["faces"], report["missing"]) == (1, 1)
    assert report["hair"] == {"first": 1.0, "fair": 1.0, "n": 1, "wrong": []}
    assert report["glasses"]["fair"] == 0.0
