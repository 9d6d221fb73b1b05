from pathlib import Path

import pytest
from PIL import Image

from data.curate import Measured, opinions
from data.dataset import resolve

pytest.importorskip("onnxruntime")
from data.vision.onnx import OnnxUnavailable
from tests.data.vision.onnx.networks import colours_tagger, red_rater

COLOURS = {"blue.png": "#0000ff", "dull.png": "#0a0a80", "red.png": "#ff0000"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "pictures"
    root.mkdir()
    for name, colour in COLOURS.items():
        Image.new("RGB", (16, 16), colour).save(root / name)
    return root


def measured(folder: Path) -> list[Measured]:
    source = resolve(str(folder))
    return [Measured(name, stamp) for name, stamp in zip(source.names, source.stamps(), strict=True)]


def tagged(folder: Path, cache: Path, tagger: Path, asked: list[int] | None = None) -> dict[str, Measured]:
    """By file; `asked` is told how many pictures were looked at."""
    count = [] if asked is None else asked
    found = opinions.tagged(
        resolve(str(folder)), measured(folder), cache, tagger, lambda done, total: count.append(total)
    )
    return {one.file: one for one in found}


@pytest.fixture
def tagger(tmp_path: Path) -> Path:
    return colours_tagger(tmp_path / "tagger", ["blue_hair", "green_hair", "red_hair"])


def test_tags_are_kept_with_their_confidence_and_faint_ones_are_not(folder: Path, tagger: Path, tmp_path: Path):
    found = tagged(folder, tmp_path / "cache", tagger)
    assert found["blue.png"].tags == {"blue_hair": 1.0}
    assert found["dull.png"].tags == {"blue_hair": pytest.approx(0.502)}
    assert found["red.png"].tags == {"red_hair": 1.0}
    assert found["red.png"].nsfw is None
    assert found["red.png"].rating == ""


def test_a_classifiers_ratings_take_the_place_of_a_taggers(folder: Path, tmp_path: Path):
    tagger = colours_tagger(tmp_path / "tagger", ["a", "b", "c"], ["explicit", "sensitive", "general"])
    found = tagged(folder, tmp_path / "cache", tagger)
    assert found["blue.png"].ratings == {"e": 1.0, "s": 0.0, "g": 0.0}
    assert found["dull.png"].nsfw == pytest.approx(128 / 148, abs=1e-3)
    rater = red_rater(tmp_path / "rater", ("r15", "safe"))
    both = opinions.rated(resolve(str(folder)), list(found.values()), tmp_path / "cache", rater)
    assert [(one.rating, one.tags.keys()) for one in both] == [("g", {"a"}), ("g", {"a"}), ("q", {"c"})]
    assert both[2].nsfw == pytest.approx(1)


def test_only_new_pictures_are_looked_at_until_the_networks_file_is_another(folder: Path, tagger: Path, tmp_path: Path):
    cache, asked = tmp_path / "cache", list[int]()
    tagged(folder, cache, tagger, asked)
    tagged(folder, cache, tagger, asked)
    Image.new("RGB", (16, 16), "#00ff00").save(folder / "green.png")
    assert tagged(folder, cache, tagger, asked)["green.png"].tags == {"green_hair": 1.0}
    assert asked == [3, 3, 3, 1]
    colours_tagger(tagger, ["blue_eyes", "green_eyes", "red_eyes"])
    assert tagged(folder, cache, tagger)["red.png"].tags == {"red_eyes": 1.0}


def test_what_is_known_needs_no_network_and_a_kill_costs_the_last_picture(folder: Path, tagger: Path, tmp_path: Path):
    before = tagged(folder, tmp_path / "cache", tagger)
    (journal,) = (tmp_path / "cache").glob("*.jsonl")
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:2]) + lines[2][:9])
    asked = list[int]()
    assert tagged(folder, tmp_path / "cache", tagger, asked) == before
    assert asked == [1]
    assert journal.read_bytes() == b"".join(lines)


def test_a_network_that_is_not_there_or_does_not_answer_is_a_sentence(folder: Path, tagger: Path, tmp_path: Path):
    with pytest.raises(OnnxUnavailable, match="cannot be read: No such file"):
        tagged(folder, tmp_path / "cache", tmp_path / "none")
    (tagger / "selected_tags.csv").write_text("tag_id,name,category\n1,solo,0\n")
    with pytest.raises(OnnxUnavailable, match="has 1 tags"):
        tagged(folder, tmp_path / "cache", tagger)


def test_pictures_that_cannot_be_read_stay_what_they_are(folder: Path, tagger: Path, tmp_path: Path):
    broken = [Measured(one.file, one.stamp, "damaged" if one.file == "red.png" else "") for one in measured(folder)]
    (folder / "dull.png").write_bytes(b"<html>")  # since it was measured
    found = opinions.tagged(resolve(str(folder)), broken, tmp_path / "cache", tagger)
    assert [bool(one.tags) for one in found] == [True, False, False]
    assert found[2] == broken[2]
