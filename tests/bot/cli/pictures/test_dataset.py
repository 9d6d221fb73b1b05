import json
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from bot.cli.pictures.dataset import pack, report
from bot.cli.refusal import Refusal
from data.dataset import index
from data.labelled import has_labels
from data.labels import NAMES


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for i in range(3):
        Image.new("RGB", (20, 20), (90 * i, 0, 99)).save(folder / f"{i}.png")
    lines = [{"file": f"{i}.png", "hair": "pink"} for i in range(3)]
    (folder / "labels.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def test_a_folder_with_labels_becomes_a_zip_with_vectors(pictures: Path, tmp_path: Path):
    pack(str(pictures), tmp_path / "set.zip", resolution=16)
    assert has_labels(str(tmp_path / "set.zip"))
    found = index.read(tmp_path / "set.zip")
    assert found is not None
    assert found.vectors is not None
    assert len(found.vectors) == 3


def test_a_zip_is_packed_again_at_another_size_with_its_labels(pictures: Path, tmp_path: Path):
    pack(str(pictures), tmp_path / "one.zip", resolution=16)
    pack(str(tmp_path / "one.zip"), tmp_path / "other.zip", resolution=8)
    one, other = index.read(tmp_path / "one.zip"), index.read(tmp_path / "other.zip")
    assert one is not None
    assert other is not None
    assert one.vectors is not None
    assert other.vectors is not None
    assert [v.tolist() for v in one.vectors.values()] == [v.tolist() for v in other.vectors.values()]


def test_labels_for_some_of_the_pictures_are_refused_unless_they_are_left_out(pictures: Path, tmp_path: Path):
    Image.new("RGB", (20, 20)).save(pictures / "more.png")
    with pytest.raises(Refusal, match=r"says nothing of picture 4 of 4; --no-labels packs the pictures alone"):
        pack(str(pictures), tmp_path / "set.zip", resolution=16)
    pack(str(pictures), tmp_path / "set.zip", resolution=16, labels=False)
    assert not has_labels(str(tmp_path / "set.zip"))


@pytest.mark.parametrize("out", ["set.zip", "set"])
def test_what_is_packed_already_is_left_as_it_is(
    out: str, pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    place = tmp_path / out
    pack(str(pictures), place, resolution=16)
    before = {path: path.stat().st_mtime_ns for path in (place, *place.glob("*"))}
    pack(str(pictures), place, resolution=16)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert capsys.readouterr().out.splitlines() == [
        f"3 pictures, 16 px: {place}", f"3 pictures, 16 px: {place} holds them already",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("out", "change"),
    [("set.zip", "size"), ("set.zip", "picture"), ("set.zip", "labels"), ("set", "size"), ("set", "picture")],
)
def test_another_set_in_its_place_is_refused(out: str, change: str, pictures: Path, tmp_path: Path):
    pack(str(pictures), tmp_path / out, resolution=16)
    if change == "picture":
        Image.new("RGB", (21, 21), "white").save(pictures / "1.png")
    if change == "labels":
        (pictures / "labels.jsonl").write_text((pictures / "labels.jsonl").read_text().replace("pink", "blue", 1))
    with pytest.raises(Refusal, match="exists already and holds other pictures, another size or other labels"):
        pack(str(pictures), tmp_path / out, resolution=8 if change == "size" else 16)


def test_what_stands_in_the_way_is_refused(pictures: Path, tmp_path: Path):
    (tmp_path / "set.zip").write_bytes(b"somebody's")
    (tmp_path / "taken").mkdir()
    with zipfile.ZipFile(tmp_path / "damaged.zip", "w") as archive:
        archive.writestr("dataset.json", json.dumps({"labels": [["a.png", [9]]], "label_names": list(NAMES)}))
    with pytest.raises(Refusal, match="is no vector of"):
        pack(str(pictures), tmp_path / "damaged.zip", resolution=16)
    for out, kind in (("set.zip", "file"), ("taken", "folder"), ("pictures", "folder")):
        with pytest.raises(Refusal, match=f"exists already and is no packed set; name a new {kind}"):
            pack(str(pictures), tmp_path / out, resolution=16)
    assert (tmp_path / "set.zip").read_bytes() == b"somebody's"
    with pytest.raises(Refusal, match="cannot be written"):
        report(str(pictures), tmp_path / "set.zip" / "report.html")
