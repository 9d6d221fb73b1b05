import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from data.dataset import DatasetError, pack, resolve
from data.labelled import has_labels, vectors
from data.labels import NAMES, encode


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "pictures"
    (root / "more").mkdir(parents=True)
    for i, name in enumerate(("b.png", "a.png", "more/c.png")):
        Image.new("RGB", (8, 8), (90 * i, 0, 0)).save(root / name)
    return root


def write(folder: Path, *entries: dict) -> None:
    (folder / "labels.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in entries))


FULL = ({"file": "more/c.png", "hair": "red"}, {"file": "a.png", "glasses": "yes"}, {"file": "b.png", "yaw": 35})


def test_labels_beside_the_pictures_are_found_by_the_pictures_names(folder: Path, tmp_path: Path):
    write(folder, *FULL)
    dataset = pack(resolve(str(folder)), 8, tmp_path / "cache")
    assert has_labels(str(folder))
    found = vectors(dataset, str(folder))
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, [encode(FULL[1]), encode(FULL[2]), encode(FULL[0])])


def test_a_zip_brings_its_labels_along(folder: Path, tmp_path: Path):
    write(folder, *FULL)
    archive = tmp_path / "set.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in sorted(folder.rglob("*.*")):
            file.write(path, path.relative_to(folder).as_posix())
    assert has_labels(str(archive))
    dataset = pack(resolve(str(archive)), 8, tmp_path / "cache")
    assert vectors(dataset, str(archive))[0, NAMES.index("glasses")] == 1


def test_drawn_faces_have_labels_and_plain_pictures_none(folder: Path, tmp_path: Path):
    assert has_labels("drawn:count=4")
    assert not has_labels(str(folder))
    assert not has_labels(str(tmp_path / "nowhere"))
    packed = pack(resolve(str(folder)), 8, tmp_path / "cache").folder
    assert not has_labels(str(packed))  # its labels.jsonl knows the files' names alone


def test_a_packed_set_of_drawn_faces_keeps_its_labels(folder: Path, tmp_path: Path):
    dataset = pack(resolve(str(folder)), 8, tmp_path / "cache")
    write(dataset.folder, *({"yaw": 35.0 * i, "hair_rgb": [10, 20, 30]} for i in (-1, 0, 1)))
    assert has_labels(str(dataset.folder))
    np.testing.assert_array_equal(vectors(dataset, str(dataset.folder))[:, NAMES.index("yaw")], [-1, 0, 1])


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        (FULL[:2], "says nothing of picture 2 of 3"),
        ((*FULL[:2], {"file": "b.png", "yaw": 9000}), "picture 2: labels out of range"),
        (([1],), "not made of objects"),
    ],
)
def test_labels_that_are_missing_or_wrong_are_refused(folder: Path, tmp_path: Path, entries: tuple, sentence: str):
    write(folder, *entries)
    dataset = pack(resolve(str(folder)), 8, tmp_path / "cache")
    with pytest.raises(DatasetError, match=sentence):
        vectors(dataset, str(folder))
