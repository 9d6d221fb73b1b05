import hashlib
import io
import json
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from data.dataset import CHUNK, Dataset, index, pack, resolve
from data.dataset.zipped import name_of, write_zip
from data.labelled import has_labels, vectors
from data.labels import NAMES
from tests.data.dataset.pictures import fill
from tests.data.killing import killed


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    return pack(resolve(str(fill(tmp_path / "pictures", 2 * CHUNK + 5))), 8, tmp_path / "cache")


def table(dataset: Dataset) -> np.ndarray:
    return np.random.default_rng(1).uniform(-1, 1, (len(dataset), len(NAMES))).astype(np.float32)


def as_stylegan_reads(path: Path) -> tuple[np.ndarray, np.ndarray | None]:
    """NVlabs' stylegan3, training/dataset.py, ImageFolderDataset: pictures (N, C, H, W) and labels."""
    with zipfile.ZipFile(path) as archive:
        names = sorted(name for name in archive.namelist() if os.path.splitext(name)[1].lower() in (".png", ".webp"))  # noqa: PTH122
        pictures = [np.array(Image.open(io.BytesIO(archive.read(name)))).transpose(2, 0, 1) for name in names]
        said = json.loads(archive.read("dataset.json"))["labels"]
    if said is None:
        return np.stack(pictures), None
    labels = np.array([dict(said)[name.replace("\\", "/")] for name in names])
    return np.stack(pictures), labels.astype({1: np.int64, 2: np.float32}[labels.ndim])


def test_the_stylegan_tools_read_pictures_and_labels(dataset: Dataset, tmp_path: Path):
    labels = table(dataset)
    write_zip(dataset, labels, tmp_path / "set.zip")
    pictures, read = as_stylegan_reads(tmp_path / "set.zip")
    assert (pictures.transpose(0, 2, 3, 1) == dataset.images(np.arange(len(dataset)))).all()
    np.testing.assert_array_equal(read, labels)
    assert name_of(12_345) == "00012/img00012345.png"


def test_a_set_without_labels_says_so_as_the_stylegan_tools_do(dataset: Dataset, tmp_path: Path):
    write_zip(dataset, None, tmp_path / "set.zip")
    assert as_stylegan_reads(tmp_path / "set.zip")[1] is None
    assert not has_labels(str(tmp_path / "set.zip"))


def test_the_archive_says_where_it_comes_from_and_what_was_left_out(tmp_path: Path):
    root = fill(tmp_path / "pictures", 3)
    (root / "torn.png").write_bytes(b"torn")
    dataset = pack(resolve(str(root)), 8, tmp_path / "cache")
    write_zip(dataset, table(dataset), tmp_path / "set.zip")
    with zipfile.ZipFile(tmp_path / "set.zip") as archive:
        said = json.loads(archive.read(index.FILE))
    assert said["label_names"] == list(NAMES)
    assert said["manifest"] == dataset.manifest_hash
    assert said["source"] == str(root.resolve())
    assert [entry["file"] for entry in said["skipped"]] == ["torn.png"]


def test_the_same_set_is_the_same_file_whoever_writes_it(dataset: Dataset, tmp_path: Path):
    write_zip(dataset, table(dataset), tmp_path / "one.zip", processes=1)
    write_zip(dataset, table(dataset), tmp_path / "other.zip", processes=2)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()


def test_what_was_packed_is_what_a_run_reads(dataset: Dataset, tmp_path: Path):
    labels = table(dataset)
    write_zip(dataset, labels, tmp_path / "set.zip")
    again = pack(resolve(str(tmp_path / "set.zip")), 8, tmp_path / "again")
    everything = np.arange(len(dataset))
    assert (again.images(everything) == dataset.images(everything)).all()
    assert has_labels(str(tmp_path / "set.zip"))
    np.testing.assert_array_equal(vectors(again, str(tmp_path / "set.zip")), labels)


KILLED = """
from pathlib import Path
from data.dataset import Dataset
from data.dataset.zipped import write_zip
write_zip(Dataset(Path(sys.argv[2])), None, Path(sys.argv[3]), report, processes=1)
"""


def test_a_killed_writer_leaves_no_half_archive_and_the_next_tidies_up(dataset: Dataset, tmp_path: Path):
    out = tmp_path / "out" / "set.zip"
    killed(KILLED, CHUNK, dataset.folder, out)
    assert [path.suffix for path in out.parent.iterdir()] == [".part"]
    write_zip(dataset, None, out)
    assert list(out.parent.iterdir()) == [out]
    write_zip(dataset, None, tmp_path / "whole.zip")
    assert hashlib.sha256(out.read_bytes()).digest() == hashlib.sha256((tmp_path / "whole.zip").read_bytes()).digest()
