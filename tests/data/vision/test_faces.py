import json

import pytest

from data.vision.faces import Face, in_reading_order

FACE = Face((1.0, 2.0, 3.04, 4.0), 0.98765, (0.0, 0.0, 6.0, 8.0), 12.34, ((2.0, 3.0), (3.0, 3.0)), (2.5, 6.0))


def test_a_face_follows_its_picture_when_that_is_scaled():
    large = FACE.scaled(2.0, 10.0)
    assert large.box == pytest.approx((2.0, 20.0, 6.08, 40.0))
    assert large.head_box == (0.0, 0.0, 12.0, 80.0)
    assert (large.eyes, large.chin) == (((4.0, 30.0), (6.0, 30.0)), (5.0, 60.0))
    assert (large.score, large.angle) == (FACE.score, FACE.angle)


def test_what_is_printed_has_the_names_that_others_rely_on():
    assert json.loads(json.dumps(FACE.to_json())) == {
        "box": [1.0, 2.0, 3.0, 4.0],
        "head_box": [0.0, 0.0, 6.0, 8.0],
        "score": 0.9877,
        "angle": 12.3,
        "eyes": [[2.0, 3.0], [3.0, 3.0]],
        "chin": [2.5, 6.0],
    }


def test_what_a_finder_does_not_see_is_null_and_stays_so():
    told = Face((0, 0, 5, 5), 1.0).scaled(2, 2).to_json()
    assert (told["head_box"], told["eyes"], told["chin"], told["angle"]) == (None, None, None, 0.0)


def at(x: float, y: float, side: float = 40.0) -> Face:
    return Face((x - side / 2, y - side / 2, side, side), 1.0)


def test_faces_are_read_row_by_row_though_nobody_stands_in_line():
    rows = [at(50, 110), at(150, 95), at(260, 104), at(40, 200), at(120, 215), at(300, 310)]
    assert in_reading_order([rows[i] for i in (3, 5, 2, 0, 4, 1)]) == rows
    assert in_reading_order([]) == []


def test_a_child_in_front_of_the_row_behind_is_in_a_row_of_its_own():
    parents = [at(100, 100, 60), at(200, 108, 60)]
    child = at(150, 190, 30)
    assert in_reading_order([child, *reversed(parents)]) == [*parents, child]
