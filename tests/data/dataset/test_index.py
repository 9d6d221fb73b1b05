import json
from pathlib import Path

import numpy as np
import pytest

from data.dataset import DatasetError, index
from data.labels import NAMES
from tests.data.dataset.pictures import zipped


def said(path: Path, content: bytes | dict) -> Path:
    content = content if isinstance(content, bytes) else json.dumps(content).encode()
    return zipped(path / "set.zip", {index.FILE: content})


def test_vectors_come_back_to_the_last_bit(tmp_path: Path):
    vectors = np.random.default_rng(0).uniform(-3, 3, (5, len(NAMES))).astype(np.float32)
    found = index.read(said(tmp_path, index.write([f"{i}.png" for i in range(5)], vectors, {"source": "x"})))
    assert found is not None
    assert found.vectors is not None
    assert list(found.vectors) == [f"{i}.png" for i in range(5)]
    np.testing.assert_array_equal(list(found.vectors.values()), vectors)


def test_a_folder_is_read_like_a_zip(tmp_path: Path):
    (tmp_path / index.FILE).write_bytes(index.write(["a.png"], np.zeros((1, len(NAMES)), np.float32), {}))
    found = index.read(tmp_path)
    assert found is not None
    assert found.vectors is not None
    assert list(found.vectors) == ["a.png"]


@pytest.mark.parametrize(
    "labels",
    [[["a.png", 3]], [["a.png", [0.0] * len(NAMES)]], [["a.png", [1, 0, 0]]]],
    ids=["class", "same", "one-hot"],
)
def test_somebody_elses_labels_are_not_taken_for_ours(labels: list, tmp_path: Path):
    found = index.read(said(tmp_path, {"labels": labels}))
    assert found is not None
    assert found.vectors is None
    assert "somebody else's classes or numbers: they are left out" in found.unused


def test_a_set_without_labels_has_nothing_to_say_about_them(tmp_path: Path):
    assert index.read(said(tmp_path, index.write(["a.png"], None, {}))) == index.Index(None)
    assert index.read(zipped(tmp_path / "other.zip", {"a.png": b""})) is None
    assert index.read(tmp_path / "nowhere") is None


@pytest.mark.parametrize("content", [b"{", b"[]", b"{}", b"[" * 100_000, b"\xff\xfe"])
def test_a_file_of_the_same_name_that_is_no_index_is_passed_over(content: bytes, tmp_path: Path):
    found = index.read(said(tmp_path, content))
    assert found is not None
    assert found.vectors is None
    assert "is none of a training set" in found.unused


@pytest.mark.parametrize(
    "labels",
    [
        [["a.png", [0.0] * 31]],
        [["a.png", [5.0] + [0.0] * 31]],
        [["a.png", [float("nan")] + [0.0] * 31]],
        [["a.png", ["red"] * 32]],
        [["a.png"]],
        {"a.png": []},
        7,
    ],
)
def test_labels_of_ours_that_are_damaged_are_refused(labels: object, tmp_path: Path):
    with pytest.raises(DatasetError, match=r"dataset\.json of .*: |are damaged: "):
        index.read(said(tmp_path, {"labels": labels, "label_names": list(NAMES)}))


def test_an_index_that_would_fill_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(index, "MAX_BYTES", 1000)
    with pytest.raises(DatasetError, match="is larger than"):
        index.read(said(tmp_path, b" " * 2000))
    with pytest.raises(DatasetError, match="pack them in parts"):
        index.write(["a.png"] * 1000, None, {"skipped": ["x" * 2000]})
