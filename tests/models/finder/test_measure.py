import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from data.dataset import resolve
from data.pictures import Pixels
from data.vision.faces import Face
from data.vision.finder import Finder
from models.finder.heads import Heads, drawn_heads
from models.finder.measure import Unmeasurable, is_hit, matched, measure_pictures, measure_scenes
from models.finder.pasting import halved, paste, placed, similarity
from models.finder.scenes import Composer


@pytest.fixture(scope="module")
def unseen(tmp_path_factory: pytest.TempPathFactory) -> Heads:
    """Heads that no run has learnt from."""
    pytest.importorskip("skia")
    return drawn_heads(resolve("drawn:count=40,seed=3100000000"), tmp_path_factory.mktemp("unseen"))


@pytest.mark.parametrize(
    ("found", "hit"),
    [
        ((10, 10, 100, 100), True),
        ((60, 10, 100, 100), True),  # a third
        ((75, 10, 100, 100), False),
        ((0, 0, 190, 190), True),  # the middle within, at most four times as large
        ((-40, -40, 210, 210), False),
        ((45, 45, 58, 58), True),
        ((50, 50, 40, 40), False),
    ],
)
def test_what_is_a_hit(found: tuple[float, ...], hit: bool):
    assert is_hit(found, (10, 10, 100, 100)) is hit


def test_a_face_is_found_once_and_what_is_ignored_is_no_false_alarm():
    faces = [Face((0, 0, 10, 10), 0.9), Face((1, 0, 10, 10), 0.8), Face((50, 50, 5, 5), 0.7), Face((80, 0, 9, 9), 0.6)]
    hits, alarms = matched(faces, [(0, 0, 10, 10), (200, 200, 9, 9)], [(45, 45, 20, 20)])
    assert hits == [True, False]
    assert alarms == [faces[1], faces[3]]


def test_pictures_are_counted_in_all_and_by_tag(tmp_path: Path):
    def find(picture: Pixels) -> list[Face]:
        return [Face((2, 2, 10, 10), 0.9), Face((30, 30, 8, 8), 0.5)]

    for name in ("a.png", "b.png"):
        Image.new("RGB", (40, 40)).save(tmp_path / name)
    images = {
        "a.png": {"faces": [[2, 2, 10, 10]], "ignore": [[28, 28, 12, 12]], "tags": ["small"]},
        "b.png": {"faces": [[2, 2, 10, 10], [20, 0, 9, 9]], "ignore": [], "tags": ["small", "multi"]},
    }
    (tmp_path / "faces.json").write_text(json.dumps({"images": images}))
    report = measure_pictures(find, tmp_path, tmp_path / "faces.json")
    assert (report["faces"], report["found"], report["false_alarms"]) == (3, 2, 1)
    assert report["tags"]["multi"] == {"pictures": 1, "faces": 2, "found": 1, "recall": 0.5, "false_alarms": 1}
    assert report["missed"] == ["b.png [20.0, 0.0, 9.0, 9.0]"]


@pytest.mark.parametrize(
    "text", ["", "{}", '{"images": []}', '{"images": {"a.png": {"faces": [], "ignore": [], "tags": []}}}']
)
def test_what_cannot_be_measured_is_a_sentence(tmp_path: Path, text: str):
    (tmp_path / "faces.json").write_text(text)
    with pytest.raises(Unmeasurable):
        measure_pictures(lambda picture: [], tmp_path, tmp_path / "faces.json")


def test_a_finder_that_is_blind_finds_nothing_in_scenes(heads: Heads):
    report = measure_scenes(lambda picture: [], Composer(heads, 64), 8, 1)
    assert report["recall"] == 0
    assert (report["false_alarms"], report["angle_error"]) == (0, None)


@pytest.mark.parametrize(("degrade", "least"), [(False, 0.85), (True, 0.8)])
def test_the_shipped_finder_finds_the_faces_in_scenes_that_nobody_has_seen(unseen: Heads, degrade: bool, least: float):
    report = measure_scenes(Finder().find, Composer(unseen, 256), 60, 5, degrade)
    assert report["faces"] >= 100
    assert report["recall"] >= least
    assert report["false_alarms"] <= 6
    assert report["angle_error"] <= 7


def test_the_shipped_finder_finds_heads_of_any_size_on_a_plain_ground(unseen: Heads):
    finder, found, alarms = Finder(), 0, 0
    sizes = np.geomspace(24.0, 400.0, 60)
    for i, size in enumerate(sizes):
        labels = unseen.labels[i % len(unseen)]
        x, y, w, h = labels["face_box"]
        canvas = np.full((512, 512, 3), 150 + 2 * (i % 50), np.uint8)
        matrix = placed(similarity(size / w, 0.0, 1.0, 0.0, False), (x + w / 2, y + h / 2), (256.0, 256.0))
        paste(canvas, *halved(np.asarray(unseen.heads[i % len(unseen)]), matrix))
        true = [256 - size / 2, 256 - size * h / w / 2, size, size * h / w]
        hits, wrong = matched(finder.find(canvas), [true])
        found, alarms = found + sum(hits), alarms + len(wrong)
    assert found >= 0.9 * len(sizes)
    assert alarms <= 3


def test_leaning_faces_are_found_and_their_lean_is_told(heads: Heads):
    finder, found = Finder(), 0
    for index in range(len(heads)):
        labels = heads.labels[index]
        x, y, w, h = labels["face_box"]
        for turn in (-50.0, -25.0, 25.0, 50.0):
            canvas = np.full((300, 300, 3), 235, np.uint8)
            matrix = placed(similarity(80 / w, turn, 1.0, 0.0, False), (x + w / 2, y + h / 2), (150.0, 150.0))
            paste(canvas, np.asarray(heads.heads[index]), matrix)
            faces = finder.find(canvas)
            off = [abs(face.angle - turn - labels["roll"]) for face in faces if is_hit(face.box, (110, 110, 80, 80))]
            found += bool(off) and off[0] < 20
    assert found >= 0.9 * 4 * len(heads)
