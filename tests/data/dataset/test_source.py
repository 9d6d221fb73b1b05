import zipfile
from pathlib import Path

import pytest

from data.dataset import MAX_DRAWN, DatasetError, resolve
from tests.data.dataset.pictures import png, zipped


def test_what_a_drawn_source_shows_is_in_its_spec_and_its_key():
    specs = [
        "drawn:count=4,seed=0",
        "drawn:count=4,seed=0,views=2",
        "drawn:count=4,seed=0,views=4",
        "drawn:count=4,seed=0,character=biri",
    ]
    assert [resolve(spec).spec for spec in specs] == specs
    assert len({resolve(spec).key(16) for spec in specs}) == 4


def test_no_more_faces_are_drawn_than_the_run_looks_at():
    assert resolve("drawn:", looked_at=2000).spec == "drawn:count=2000,seed=0"
    assert resolve("drawn:", looked_at=10**9).count == MAX_DRAWN
    assert resolve("drawn:seed=3,count=70000", looked_at=1).spec == "drawn:count=70000,seed=3"


def test_hidden_files_and_what_lies_in_hidden_folders_are_none_of_a_folders_pictures(tmp_path: Path):
    root = tmp_path / ".storage" / "crawl"  # which may be hidden itself
    for name in ("local/1.png", ".gallery-dl/0123/site/2.png", "local/.thumbnails/1.png", ".3.png"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(png((1, 2, 3)))
    assert resolve(str(root)).names == ("local/1.png",)


@pytest.mark.parametrize(
    "text",
    ["drawn:size=3", "drawn:count", "drawn:count=0", "drawn:count=-1", "drawn:seed=4294967296", "drawn:count=1e9"],
)
def test_a_drawn_set_that_cannot_be_is_refused(text: str):
    with pytest.raises(DatasetError, match="drawn: takes"):
        resolve(text)


@pytest.mark.parametrize("text", ["drawn:character=nemo", "drawn:views=2,character=biri", "drawn:views=two"])
def test_views_of_nobody_are_refused(text: str):
    with pytest.raises(DatasetError, match=r"drawn: (knows no character|takes)"):
        resolve(text)


def test_an_archive_is_known_by_its_content_and_not_by_its_name(tmp_path: Path):
    assert resolve(str(zipped(tmp_path / "set.cbz", {"b.png": b"", "a.PNG": b"", "c.txt": b""}))).names == (
        "a.PNG",
        "b.png",
    )
    (tmp_path / "set.zip").write_bytes(b"PK but no archive")
    with pytest.raises(DatasetError, match="no folder, no zip file"):
        resolve(str(tmp_path / "set.zip"))


def test_an_archive_whose_list_of_files_is_damaged_is_refused(tmp_path: Path):
    path = zipped(tmp_path / "set.zip", {"a.png": png((1, 2, 3))})
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\1\2")] = 0
    path.write_bytes(content)
    with pytest.raises(DatasetError, match="damaged zip file"):
        resolve(str(path))


def test_a_files_stamp_changes_with_the_file(tmp_path: Path):
    (tmp_path / "a.png").write_bytes(b"one")
    first = resolve(str(tmp_path)).stamps()
    assert first == resolve(str(tmp_path)).stamps()
    (tmp_path / "a.png").write_bytes(b"other")
    assert resolve(str(tmp_path)).stamps() != first
    path = zipped(tmp_path / "set.zip", {"a.png": b"one"})
    packed = resolve(str(path)).stamps()
    zipped(path, {"a.png": b"two"}, zipfile.ZIP_DEFLATED)
    assert resolve(str(path)).stamps() != packed
