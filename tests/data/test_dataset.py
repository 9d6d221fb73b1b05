import json
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from data.dataset import CHUNK, MAX_DRAWN, Dataset, DatasetError, find, is_packed, pack, resolve


def png(color: tuple[int, ...], size: tuple[int, int] = (40, 40)) -> bytes:
    buffer = BytesIO()
    Image.new("RGB" if len(color) == 3 else "RGBA", size, color).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "pictures"
    (root / "more").mkdir(parents=True)
    (root / "a.png").write_bytes(png((250, 0, 0)))
    (root / "b.png").write_bytes(png((0, 250, 0))[:60])
    (root / "c.txt").write_text("no picture")
    (root / "more" / "d.PNG").write_bytes(png((0, 0, 250)))
    (root / "e.jpg").write_bytes(b"")
    return root


def test_a_folder_is_packed_and_broken_files_are_named(folder: Path, tmp_path: Path):
    reports: list[tuple[int, int]] = []
    dataset = pack(resolve(str(folder)), 8, tmp_path / "cache", lambda done, total: reports.append((done, total)))
    assert len(dataset) == 2
    assert dataset.images(np.array([1, 0]))[:, 0, 0].tolist() == [[0, 0, 250], [250, 0, 0]]
    assert list(dataset.labels()) == [{"file": "a.png"}, {"file": "more/d.PNG"}]
    assert [entry["file"] for entry in dataset.manifest["skipped"]] == ["b.png", "e.jpg"]
    assert all(entry["error"] for entry in dataset.manifest["skipped"])
    assert reports[-1] == (4, 4)


def test_a_zip_gives_the_same_set_as_the_folder(folder: Path, tmp_path: Path):
    archive = tmp_path / "set.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in sorted(folder.rglob("*.*")):
            file.write(path, path.relative_to(folder).as_posix())
        file.writestr("__MACOSX/._a.png", b"resource fork")
    one = pack(resolve(str(folder)), 8, tmp_path / "cache")
    other = pack(resolve(str(archive)), 8, tmp_path / "cache")
    assert other.folder != one.folder
    assert other.manifest_hash == one.manifest_hash


def test_a_set_is_packed_once_and_again_when_a_file_changed(folder: Path, tmp_path: Path):
    first = pack(resolve(str(folder)), 8, tmp_path / "cache")
    again = pack(resolve(str(folder)), 8, tmp_path / "cache", lambda done, total: pytest.fail("packed again"))
    assert again.folder == first.folder
    (folder / "a.png").write_bytes(png((1, 2, 3)))
    changed = pack(resolve(str(folder)), 8, tmp_path / "cache")
    assert changed.manifest_hash != first.manifest_hash
    assert pack(resolve(str(folder)), 4, tmp_path / "cache").size == 4


def test_many_pictures_are_packed_by_several_processes_in_order(tmp_path: Path):
    root = tmp_path / "pictures"
    root.mkdir()
    for i in range(4 * CHUNK + 3):
        (root / f"{i:05d}.png").write_bytes(png((i % 256, i // 256, 0), (8, 8)))
    (root / "00007.png").write_bytes(b"broken")
    parallel = pack(resolve(str(root)), 8, tmp_path / "parallel", processes=2)
    serial = pack(resolve(str(root)), 8, tmp_path / "serial", processes=1)
    assert len(parallel) == 4 * CHUNK + 2
    assert parallel.manifest_hash == serial.manifest_hash
    assert parallel.images(np.array([7]))[0, 0, 0].tolist() == [8, 0, 0]


def test_pictures_are_turned_cropped_to_their_middle_and_put_on_white(tmp_path: Path):
    root = tmp_path / "pictures"
    root.mkdir()
    wide = np.zeros((20, 60, 3), np.uint8)
    wide[:, 20:40] = (0, 255, 0)
    Image.fromarray(wide).save(root / "a_wide.png")
    (root / "b_clear.png").write_bytes(png((255, 0, 0, 0)))
    half = np.zeros((40, 40, 3), np.uint8)
    half[:, :20] = 255
    exif = Image.Exif()
    exif[0x0112] = 6  # shown turned by 90 degrees clockwise: left becomes top
    Image.fromarray(half).save(root / "c_turned.jpg", exif=exif, quality=95)
    palette = Image.new("P", (8, 8), 0)
    palette.putpalette([255, 0, 0, 0, 0, 255])
    palette.save(root / "d_palette.gif", transparency=0)
    images = pack(resolve(str(root)), 10, tmp_path / "cache").images(np.arange(4))
    assert np.abs(images[0].astype(int) - [0, 255, 0]).max() < 16  # Lanczos looks a little beyond the cut
    assert (images[1] == 255).all()
    assert images[2, :4].mean() > 240
    assert images[2, 6:].mean() < 15
    assert (images[3] == 255).all()


def test_a_picture_that_claims_to_be_enormous_is_left_out(tmp_path: Path):
    root = tmp_path / "pictures"
    root.mkdir()
    (root / "fine.png").write_bytes(png((1, 1, 1)))
    huge = bytearray(png((0, 0, 0)))
    huge[16:24] = (60_000).to_bytes(4, "big") * 2
    (root / "huge.png").write_bytes(huge)
    dataset = pack(resolve(str(root)), 8, tmp_path / "cache")
    assert [entry["file"] for entry in dataset.manifest["skipped"]] == ["huge.png"]


def test_drawn_faces_come_with_their_labels(tmp_path: Path):
    pytest.importorskip("skia")
    dataset = pack(resolve("drawn:count=3,seed=5"), 32, tmp_path / "cache")
    assert dataset.images(np.arange(3)).shape == (3, 32, 32, 3)
    assert [label["seed"] for label in dataset.labels()] == [5, 6, 7]
    assert pack(resolve("drawn:count=3,seed=5"), 32, tmp_path / "other").manifest_hash == dataset.manifest_hash


def test_a_set_of_views_shows_each_character_several_times_whoever_packs_it(tmp_path: Path):
    pytest.importorskip("skia")
    spec = f"drawn:count={4 * CHUNK + 2},seed=30,views=4"
    parallel = pack(resolve(spec), 16, tmp_path / "parallel", processes=2)
    assert parallel.manifest_hash == pack(resolve(spec), 16, tmp_path / "serial", processes=1).manifest_hash
    labels = list(parallel.labels())
    assert [label["character"] for label in labels] == [30 + i // 4 for i in range(len(labels))]
    assert len({tuple(label["hair_rgb"]) for label in labels[:4]}) == 1
    assert len({label["yaw"] for label in labels[:4]}) == 4
    # A character looks the same in every set that it is in.
    later = pack(resolve("drawn:count=2,seed=31,views=2"), 16, tmp_path / "later")
    assert (later.images(np.arange(2)) == parallel.images(np.array([4, 5]))).all()


def test_a_set_of_one_character_goes_on_where_its_seed_says(tmp_path: Path):
    pytest.importorskip("skia")
    first = pack(resolve("drawn:count=3,character=biri"), 16, tmp_path / "cache")
    second = pack(resolve("drawn:count=2,seed=1,character=biri"), 16, tmp_path / "cache")
    assert {label["character"] for label in first.labels()} == {"biri"}
    assert (second.images(np.arange(2)) == first.images(np.array([1, 2]))).all()


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


def test_a_source_without_pictures_is_refused(tmp_path: Path):
    with pytest.raises(DatasetError, match="no folder, no zip file"):
        resolve(str(tmp_path / "nothing"))
    with pytest.raises(DatasetError, match="no pictures"):
        resolve(str(tmp_path))
    (tmp_path / "a.png").write_bytes(b"broken")
    with pytest.raises(DatasetError, match=r"no picture in .* can be read; the first one is a\.png"):
        pack(resolve(str(tmp_path)), 8, tmp_path / "cache")
    assert not any(path.is_dir() for path in (tmp_path / "cache").iterdir())


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
