import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from data.dataset import CHUNK, DatasetError, pack, resolve
from data.dataset.packing import SAVED
from tests.data.dataset.pictures import fill, png
from tests.data.killing import killed


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


def test_a_source_without_pictures_is_refused(tmp_path: Path):
    with pytest.raises(DatasetError, match="no folder, no zip file"):
        resolve(str(tmp_path / "nothing"))
    with pytest.raises(DatasetError, match="no pictures"):
        resolve(str(tmp_path))
    (tmp_path / "a.png").write_bytes(b"broken")
    with pytest.raises(DatasetError, match=r"no picture in .* can be read; the first one is a\.png"):
        pack(resolve(str(tmp_path)), 8, tmp_path / "cache")
    assert not any(path.is_dir() for path in (tmp_path / "cache").iterdir())


KILLED = """
from pathlib import Path
from data.dataset import pack, resolve
pack(resolve(sys.argv[2]), 8, Path(sys.argv[3]), report, processes=1)
"""


def test_a_packing_that_was_killed_goes_on_where_it_was(tmp_path: Path):
    saved = SAVED * CHUNK
    root = fill(tmp_path / "pictures", saved + 3 * CHUNK)
    (root / "00009.png").write_bytes(b"broken")
    killed(KILLED, saved + CHUNK, root, tmp_path / "killed")
    reports: list[int] = []
    again = pack(resolve(str(root)), 8, tmp_path / "killed", lambda done, total: reports.append(done), processes=1)
    assert reports[0] == saved
    whole = pack(resolve(str(root)), 8, tmp_path / "whole", processes=1)
    assert again.manifest == whole.manifest
    assert (again.folder / "images.npy").read_bytes() == (whole.folder / "images.npy").read_bytes()
    assert (again.folder / "labels.jsonl").read_bytes() == (whole.folder / "labels.jsonl").read_bytes()
    assert not [path for path in (tmp_path / "killed").iterdir() if path.suffix == ".part"]


def test_what_a_kill_left_and_a_disk_lost_is_packed_from_the_beginning(tmp_path: Path):
    root = fill(tmp_path / "pictures", SAVED * CHUNK + CHUNK)
    killed(KILLED, SAVED * CHUNK, root, tmp_path / "killed")
    (part,) = (tmp_path / "killed").glob(".*.part")
    (part / "images.npy").write_bytes((part / "images.npy").read_bytes()[:5000])
    reports: list[int] = []
    again = pack(resolve(str(root)), 8, tmp_path / "killed", lambda done, total: reports.append(done), processes=1)
    assert reports[0] == 0
    assert again.manifest_hash == pack(resolve(str(root)), 8, tmp_path / "whole", processes=1).manifest_hash
