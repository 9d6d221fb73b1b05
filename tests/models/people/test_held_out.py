import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from data.vision.people.looking import Look
from data.vision.requests import Seen
from models.people.held_out import ATTRIBUTES, HELD_OUT, NoLabels, agreement, held_out, names, of_look, of_seen
from models.people.photos import LABELS


def test_those_that_ship_are_many_of_each_kind_and_in_order():
    entries = json.loads(HELD_OUT.read_text(encoding="utf-8"))["photos"]
    files = [entry["file"] for entry in entries]
    assert len(entries) == 60
    assert files == sorted(set(files))
    count = lambda attribute, word: sum(entry.get(attribute) == word for entry in entries)
    assert min(count("glasses", "yes"), count("mouth", "open"), count("look", "left"), count("look", "right")) >= 12
    assert count("skin", "dark") >= 12
    assert all(count("hair", family) >= 5 for family in ATTRIBUTES["hair"])
    assert all(entry[name] in words for entry in entries for name, words in ATTRIBUTES.items() if name in entry)
    assert {file.partition("/")[0] for file in files} == {"sfhq", "sfhq_t2i"}


def test_nothing_is_fitted_to_them():
    fitted_to = {entry["file"] for entry in json.loads(LABELS.read_text(encoding="utf-8"))["photos"]}
    assert len(fitted_to) > 1000
    assert not fitted_to & names()


def test_a_photograph_is_known_by_its_content_and_not_by_its_name(tmp_path: Path):
    (tmp_path / "a.jpg").write_bytes(b"one")
    (tmp_path / "b.jpg").write_bytes(b"another")
    entry = lambda file, content: {"file": file, "sha256": hashlib.sha256(content).hexdigest(), "mouth": "open", "x": 1}
    labels = tmp_path / "labels.json"
    labels.write_text(json.dumps({"photos": [entry("a.jpg", b"one"), entry("b.jpg", b"x"), entry("c.jpg", b"")]}))
    found, missing = held_out(tmp_path, labels)
    assert [(photo.name, photo.content, dict(photo.said)) for photo in found] == [("a.jpg", b"one", {"mouth": "open"})]
    assert missing == ["b.jpg", "c.jpg"]


@pytest.mark.parametrize("content", ["{", "[]", '{"photos": [{"file": "a"}]}', '{"photos": 3}'])
def test_labels_that_are_none_are_refused(tmp_path: Path, content: str):
    (tmp_path / "labels.json").write_text(content)
    with pytest.raises(NoLabels, match="describes no photographs"):
        names(tmp_path / "labels.json")


def test_agreement_counts_what_both_speak_of():
    said = [{"mouth": "open", "look": "left"}, {"mouth": "open"}, {"mouth": "closed", "look": "right"}]
    seen = [{"mouth": "open", "look": "right"}, {"mouth": "closed"}, {"look": "right"}]
    report = agreement(said, seen)
    assert report["mouth"] == {"agree": 0.5, "of": 2, "taken": {"open": {"closed": 1, "open": 1}}}
    assert report["look"]["agree"] == 0.5
    assert report["skin"] == {"agree": None, "of": 0, "taken": {}}


def test_photographs_and_drawings_are_told_in_the_same_words():
    mask = np.zeros((2, 2), np.uint8)
    look = Look({"hair_l": 1.2}, {"hair": "silver", "skin": "tan", "look": "left", "mouth": "open"}, {}, mask)
    assert of_look(look) == {
        "hair": "grey", "lightness": "light", "skin": "medium", "look": "left", "mouth": "open",
    }  # fmt: skip
    choices = {
        "hair": {"teal": 0.9, "red": 0.1},
        "look": {"front": 1.0},
        "glasses": {"yes": 1.0},
        "skin": {"dark": 1.0},
    }
    seen = Seen(choices, {"hair_l": -1.0, "mouth_opening": 0.4}, np.zeros(4, np.float32))
    assert of_seen(seen) == {
        "hair": "other", "lightness": "dark", "look": "front", "mouth": "open", "glasses": "yes", "skin": "dark",
    }  # fmt: skip
