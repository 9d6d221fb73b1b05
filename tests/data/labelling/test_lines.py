import numpy as np
import pytest

from data.curate import Measured
from data.labelling import labelled, of_booru
from data.labelling.tags import VOCABULARY
from data.labels import NAMES, encode, values

PICTURE = Measured(
    "a.png", "", width=9, height=9, hair=(60, 90, 200),
    numbers={"yaw": 0.4, "mouth_opening": 9.0, "left_eye_open": 1.0},
    choices={"hair": [0.9 if w == "blue" else 0.01 for w in VOCABULARY["hair"]], "glasses": [0.1, 0.9]},
)  # fmt: skip


def test_a_line_says_words_numbers_and_whence_they_are():
    line = labelled(PICTURE, of_booru(["glasses", "1girl"]))
    assert (line["file"], line["hair"], line["glasses"], line["gender"]) == ("a.png", "blue", "yes", "feminine")
    assert line["by"]["hair"][:2] == ["blue", "seen"]
    assert line["by"]["glasses"][:2] == ["yes", "tags"]
    assert line["numbers"]["yaw"] == 0.4
    assert line["numbers"]["mouth_opening"] == 2.5
    assert "left_eye_open" not in line["numbers"]


def test_the_exact_colour_is_learnt_where_it_is_what_the_word_means():
    vector = dict(zip(NAMES, encode(labelled(PICTURE)).tolist(), strict=True))
    canonical = values("hair", "blue")
    assert vector["hair_l"] != pytest.approx(canonical["hair_l"], abs=0.01)
    tagged = dict(zip(NAMES, encode(labelled(PICTURE, of_booru(["red_hair"]))).tolist(), strict=True))
    assert tagged["hair_a"] == pytest.approx(values("hair", "red")["hair_a"])
    assert np.isfinite(list(vector.values())).all()


def test_a_word_that_a_person_changed_or_added_stays_whatever_is_seen_later():
    line = labelled(PICTURE)
    line["hair"] = "purple"  # while `by` says blue
    line["ears"] = "elf"  # of which nothing was known
    again = labelled(PICTURE, of_booru(["green_hair", "cat_ears"]), 1, line)
    assert (again["hair"], again["ears"]) == ("purple", "elf")
    assert "hair" not in again["by"]
    third = labelled(PICTURE, of_booru(["green_hair"]), 1, again)
    assert third["hair"] == "purple"


def test_a_word_that_was_ours_follows_what_is_known_now():
    line = labelled(PICTURE)
    assert labelled(PICTURE, of_booru(["green_hair"]), 1, line)["hair"] == "green"


def test_what_was_written_by_hand_is_completed_and_the_first_line_goes_first():
    line = labelled(PICTURE, (), 1, {"file": "a.png", "hair": "red"}, {"file": "a.png", "hair": "black", "ears": "cat"})
    assert (line["hair"], line["ears"], line["glasses"]) == ("red", "cat", "no")


def test_a_drawn_pictures_labels_are_all_there_is_to_say():
    drawn = {"file": "x.png", "hair_rgb": [1, 2, 3], "glasses": "round"}
    assert labelled(PICTURE, of_booru(["pink_hair"]), 1, drawn) == {**drawn, "file": "a.png"}
