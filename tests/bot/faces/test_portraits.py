"""Whose faces are in a picture: people's or drawn ones, and which of them."""

import pytest

from bot.faces.portraits import _of_one_kind, largest
from data.vision.faces import Face


def face(x: float, y: float, side: float, score: float = 0.95) -> Face:
    return Face((x, y, side, side), score)


def test_people_alone_are_people_and_drawings_drawn() -> None:
    assert _of_one_kind([face(9, 9, 40, 0.5)], []).domain == "photo"
    assert _of_one_kind([], [face(9, 9, 40)]).domain == "anime"
    assert _of_one_kind([], []).faces == ()


def test_a_face_that_both_see_is_drawn() -> None:
    found = _of_one_kind([face(10, 10, 50)], [face(12, 14, 44)])
    assert found.domain == "anime"
    assert found.faces == (face(12, 14, 44),)


def test_somebody_before_a_poster_is_a_person_and_a_poster_with_a_stain_a_drawing() -> None:
    me, girl = face(0, 0, 120), face(300, 20, 40)
    assert _of_one_kind([me], [girl]).faces == (me,)
    assert _of_one_kind([face(0, 0, 30)], [girl]).faces == (girl,)
    assert _of_one_kind([face(0, 0, 120, 0.6)], [girl]).faces == (girl,)  # hardly a face at all


def test_of_one_face_that_both_see_the_surer_says_what_it_is() -> None:
    blurred = _of_one_kind([face(10, 10, 50, 0.99), face(150, 0, 50, 0.9)], [face(12, 14, 44, 0.74)])
    assert blurred.domain == "photo"
    assert len(blurred.faces) == 2
    assert _of_one_kind([face(10, 10, 50, 0.87)], [face(12, 14, 44, 0.92)]).domain == "anime"


def test_they_are_counted_from_the_left_and_all_of_one_kind() -> None:
    people = [face(300, 0, 60), face(20, 90, 80)]
    assert _of_one_kind(people, [face(150, 0, 20)]).faces == (people[1], people[0])


@pytest.mark.parametrize("most", [1, 2, 5])
def test_the_largest_stay_in_their_order(most: int) -> None:
    faces = [face(10 * i, 0, side) for i, side in enumerate((5, 9, 7, 9))]
    expected = {1: [faces[1]], 2: [faces[1], faces[3]], 5: faces}[most]
    assert largest(faces, most) == expected
