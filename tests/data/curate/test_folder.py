import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data.curate import CurateError, Decision, write_folder
from data.curate.decisions import FILE, write
from data.curate.folder import check, counts
from data.dataset import index, pack, resolve
from data.dataset.reading import pictures_of
from data.labelled import has_labels
from data.labels import NAMES
from tests.data.dataset.pictures import fill, zipped
from tests.data.killing import killed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fill(tmp_path / "pictures", 4)


def decisions(*kept: bool) -> list[Decision]:
    return [Decision(f"{i:05d}.png", keep, "good" if keep else "blurred") for i, keep in enumerate(kept)]


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_what_is_kept_is_copied_and_the_source_stays_as_it_is(folder: Path, tmp_path: Path):
    before = {path: path.read_bytes() for path in folder.iterdir()}
    write_folder(resolve(str(folder)), decisions(True, False, True, False), tmp_path / "out")
    assert names(tmp_path / "out") == ["00000.png", "00002.png"]
    assert (tmp_path / "out" / "00002.png").read_bytes() == before[folder / "00002.png"]
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_a_second_run_adds_and_removes_what_has_changed(folder: Path, tmp_path: Path):
    write_folder(resolve(str(folder)), decisions(True, False, True, False), tmp_path / "out")
    (tmp_path / "out" / "mine.txt").write_text("a note")
    write_folder(resolve(str(folder)), decisions(False, True, True, False), tmp_path / "out")
    assert names(tmp_path / "out") == ["00001.png", "00002.png", "mine.txt"]


def test_the_labels_of_what_is_kept_come_along(folder: Path, tmp_path: Path):
    lines = [{"file": f"{i:05d}.png", "hair": "pink"} for i in range(4)]
    (folder / "labels.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    write_folder(resolve(str(folder)), decisions(True, False, True, False), tmp_path / "out")
    kept = [json.loads(line) for line in (tmp_path / "out" / "labels.jsonl").read_text().splitlines()]
    assert kept == [lines[0], lines[2]]
    (folder / "labels.jsonl").unlink()
    (folder / index.FILE).write_bytes(
        index.write([f"{i:05d}.png" for i in range(4)], np.zeros((4, len(NAMES)), np.float32), {})
    )
    write_folder(resolve(str(folder)), decisions(True, False, True, False), tmp_path / "other")
    assert has_labels(str(tmp_path / "other"))
    found = index.read(tmp_path / "other")
    assert found is not None
    assert found.vectors is not None
    assert list(found.vectors) == ["00000.png", "00002.png"]


def test_a_zip_is_unpacked_below_the_folder_and_nowhere_else(tmp_path: Path, folder: Path):
    content = (folder / "00000.png").read_bytes()
    archive = zipped(tmp_path / "set.zip", {"../evil.png": content, "a/b.png": content})
    kept = [Decision("../evil.png", False, "unreadable"), Decision("a/b.png", True, "good")]
    (tmp_path / "evil.png").write_bytes(b"somebody's")
    write_folder(resolve(str(archive)), kept, tmp_path / "out")
    assert names(tmp_path / "out") == ["a/b.png"]
    assert (tmp_path / "evil.png").read_bytes() == b"somebody's"
    with pytest.raises(CurateError, match="its path leads out of the archive"):
        write_folder(resolve(str(archive)), [replace(kept[0], keep=True)], tmp_path / "out")


def test_a_packed_folder_becomes_pictures(folder: Path, tmp_path: Path):
    packed = pack(resolve(str(folder)), 8, tmp_path / "cache")
    kept = [Decision("00000001.png", True, "good")]
    write_folder(pictures_of(str(packed.folder)), kept, tmp_path / "out")
    again = pack(resolve(str(tmp_path / "out")), 8, tmp_path / "cache")
    assert (again.images(np.array([0])) == packed.images(np.array([1]))).all()


def test_a_folder_that_is_no_place_for_copies_is_refused(folder: Path, tmp_path: Path):
    source = resolve(str(folder))
    for out in (folder, folder / "out"):
        with pytest.raises(CurateError, match="name another folder"):
            check(source, out)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("dear")
    with pytest.raises(CurateError, match="is not empty"):
        check(source, tmp_path / "full")
    write(tmp_path / "full" / FILE, [])
    check(source, tmp_path / "full")
    check(source, tmp_path / "new")


KILLED = """
from pathlib import Path
from data.curate import Decision, write_folder
from data.dataset import resolve
source = resolve(sys.argv[2])
write_folder(source, [Decision(name, True, "good") for name in source.names], Path(sys.argv[3]), report)
"""


def test_copying_that_was_killed_is_finished_by_the_next_run(folder: Path, tmp_path: Path):
    out = tmp_path / "out"
    killed(KILLED, 2, folder, out)
    assert names(out) == ["00000.png", "00001.png"]
    (out / "00001.png").write_bytes(b"torn")
    write_folder(resolve(str(folder)), decisions(True, True, True, True), out)
    assert {name: (out / name).read_bytes() for name in names(out)} == {
        path.name: path.read_bytes() for path in folder.iterdir()
    }


def test_reasons_are_counted():
    person = Decision("x", False, "good", person=True)
    assert counts([*decisions(True, False, True), person]) == {"kept": 2, "blurred": 1, "by a person": 1}
