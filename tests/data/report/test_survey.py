import json
from pathlib import Path

import pytest
from PIL import Image

from data.curate import measure
from data.dataset.reading import pictures_of
from data.report import Survey, survey
from tests.data.dataset.pictures import fill, zipped


def surveyed(path: Path, cache: Path) -> Survey:
    source = pictures_of(str(path))
    return survey(source, measure(source, cache, processes=1))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = fill(tmp_path / "pictures", 3)
    for name, color, side in (("red.png", "red", 100), ("copy.webp", "red", 70), ("blue.png", "#0000ff", 300)):
        image = Image.new("RGB", (side, side), color)
        image.paste("white", (side // 4, side // 3, side // 2, side // 2))
        image.save(root / name)
    (root / "torn.png").write_bytes(b"torn")
    return root


def test_a_set_is_counted(folder: Path, tmp_path: Path):
    found = surveyed(folder, tmp_path / "cache")
    assert (found.name, found.kind, found.count) == ("pictures", "folder", 7)
    assert found.unreadable == (("torn.png", "it is no picture of a known format"),)
    assert dict(found.sizes) == {
        "below 64": 3, "64–95": 1, "96–127": 1, "128–191": 0, "192–255": 0, "256–383": 1,
    }  # fmt: skip
    assert len(found.samples) == 6
    assert found.labels == ()
    assert found.labelled == 0


def test_copies_stand_behind_the_one_that_would_stay(folder: Path, tmp_path: Path):
    found = surveyed(folder, tmp_path / "cache")
    assert found.copies == 1
    assert [[shown.file for shown in group] for group in found.groups] == [["red.png", "copy.webp"]]


def test_the_commonest_colours_are_named_with_their_shares(tmp_path: Path):
    (tmp_path / "pictures").mkdir()
    image = Image.new("RGB", (32, 32), (0, 0, 255))
    image.paste((255, 255, 255), (0, 0, 32, 8))
    image.save(tmp_path / "pictures" / "a.png")
    (most, share), *_ = surveyed(tmp_path / "pictures", tmp_path / "cache").palette
    assert int(most[5:], 16) > 200 > 60 > int(most[1:3], 16)
    assert share > 0.6


def test_the_worst_come_first(folder: Path, tmp_path: Path):
    worst = dict(surveyed(folder, tmp_path / "cache").worst)
    assert [shown.caption for shown in worst["Smallest"]] == ["8", "8", "8", "70", "100", "300"]
    assert worst["Smallest"][0].file == "00000.png"


def test_labels_are_counted_by_the_word_that_is_nearest(folder: Path, tmp_path: Path):
    lines = [{"file": "red.png", "hair": "pink"}, {"file": "blue.png", "hair": "pink"}, {"file": "x", "hair": "blue"}]
    (folder / "labels.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    found = surveyed(folder, tmp_path / "cache")
    assert found.labelled == 3
    shares = dict(found.labels)
    assert set(shares) == {"hair"}  # all else is the same in all pictures
    assert dict(shares["hair"])["pink"] == pytest.approx(2 / 3)
    assert dict(shares["hair"])["blue"] == pytest.approx(1 / 3)


def test_somebody_elses_labels_are_mentioned_and_not_counted(folder: Path, tmp_path: Path):
    archive = zipped(
        tmp_path / "set.zip",
        {"a.png": (folder / "red.png").read_bytes(), "dataset.json": b'{"labels": [["a.png", 3]]}'},
    )
    found = surveyed(archive, tmp_path / "cache")
    assert found.labelled == 0
    assert "somebody else's" in found.labels_unused
