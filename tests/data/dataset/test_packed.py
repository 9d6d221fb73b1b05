import json
from pathlib import Path

import pytest

from data.dataset import Dataset, DatasetError, find, is_packed, pack, resolve
from tests.data.dataset.pictures import fill


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fill(tmp_path / "pictures", 2)


def test_a_damaged_set_is_refused(folder: Path, tmp_path: Path):
    dataset = pack(resolve(str(folder)), 8, tmp_path / "cache")
    assert is_packed(str(dataset.folder))
    manifest = dataset.folder / "manifest.json"
    manifest.write_text(json.dumps({**dataset.manifest, "count": 3}))
    with pytest.raises(DatasetError, match="is no packed set"):
        Dataset(dataset.folder)
    (dataset.folder / "images.npy").write_bytes(b"")
    with pytest.raises(DatasetError, match="is no packed set"):
        Dataset(dataset.folder)


def test_a_set_is_found_by_its_content(folder: Path, tmp_path: Path):
    dataset = pack(resolve(str(folder)), 8, tmp_path / "cache")
    (tmp_path / "cache" / "broken").mkdir()
    (tmp_path / "cache" / "broken" / "manifest.json").write_text("{")
    found = find(tmp_path / "cache", dataset.manifest_hash)
    assert found is not None
    assert found.folder == dataset.folder
    assert find(tmp_path / "cache", "0" * 64) is None
