import json
from typing import Any

import numpy as np
import pytest

from data.vision.faces import Face
from data.vision.requests import MOST_FACES, Find, Rate, See, Seen, spoken, told


def seen(i: int) -> Seen:
    embedding = np.zeros(128, np.float32)
    embedding[i] = 1.0
    return Seen({"hair": {"pink": 0.25, "blue": 0.75}, "glasses": {"yes": 1.0, "no": 0.0}}, {"yaw": 0.5 * i}, embedding)


def see(n: int) -> See:
    return See(tuple(np.full((4 + i, 5, 3), i, np.uint8) for i in range(n)))


def test_a_request_is_cut_and_its_answers_are_put_together_in_order():
    whole = see(5)
    pieces = whole.split(2)
    assert [piece.cost for piece in pieces] == [2, 2, 1]
    assert pieces[2].pictures[0].shape == (8, 5, 3)
    answers = [piece.join([spoken([seen(2 * i + k) for k in range(piece.cost)])]) for i, piece in enumerate(pieces)]
    joined = whole.join(answers)
    assert [s.numbers["yaw"] for s in joined] == [0.0, 0.5, 1.0, 1.5, 2.0]
    assert joined[3].choices == seen(3).choices
    assert joined[3].likeness(seen(3)) == 1.0
    assert joined[3].likeness(seen(2)) == 0.0
    assert joined[0].word("hair") == "blue"


def test_all_requests_to_see_may_share_a_batch():
    assert see(1).batch_key == see(3).batch_key
    assert see(1).lane == "model"


def test_what_travels_is_strings_lists_and_arrays():
    answer = spoken([seen(0), seen(1)])
    arrays = [answer.pop("numbers"), answer.pop("embedding"), *answer.pop("choices").values()]
    assert all(isinstance(array, np.ndarray) and array.dtype == np.float32 for array in arrays)
    json.dumps(answer)


@pytest.mark.parametrize(
    "pictures", [(), (np.zeros((4, 4), np.uint8),), (np.zeros((4, 4, 3)),), (np.zeros((0, 4, 3), "u1"),)]
)
def test_what_is_no_picture_is_refused(pictures: tuple[np.ndarray, ...]):
    with pytest.raises(ValueError, match=r"no picture|nothing to look at"):
        See(pictures)
    with pytest.raises(ValueError, match=r"no picture|nothing to look at"):
        Find(pictures)


@pytest.mark.parametrize(
    "change",
    [
        {"embedding": np.zeros((1, 64), np.float32)},
        {"numbers": np.full((1, 1), np.nan, np.float32)},
        {"choices": {"hair": np.zeros((1, 3), np.float32), "glasses": np.zeros((1, 2), np.float32)}},
        {"words": {"hair": ["pink", "blue"]}},
        {"names": None},
        {"embedding": "none"},
    ],
)
def test_an_answer_that_is_none_is_refused(change: dict[str, Any]):
    with pytest.raises(ValueError, match=r"arrays|numbers|not what was seen"):
        see(1).join([spoken([seen(0)]) | change])
    with pytest.raises(ValueError, match="2 answers to 1 pictures"):
        see(1).join([spoken([seen(0), seen(1)])])


def face(i: int) -> Face:
    return Face((i, 1, 20, 21), 0.5, (i - 2, 0, 30, 25), 12.5, ((i + 5, 9), (i + 15, 9)), (i + 10, 22))


def find(n: int) -> Find:
    return Find(see(n).pictures)


def test_a_request_to_find_is_cut_and_its_answers_are_put_together_in_order():
    whole, faces = find(4), [(face(0), face(1)), (), (face(2),), (face(3),)]
    pieces = whole.split(3)
    assert [piece.cost for piece in pieces] == [3, 1]
    assert whole.join([pieces[0].join([told(faces[:3])]), told(faces[3:])]) == tuple(faces)
    assert (find(1).batch_key, find(1).lane) == (find(3).batch_key, "model")
    assert find(1).batch_key != see(1).batch_key


def test_what_a_finder_does_not_see_arrives_as_nothing():
    bare = Face((1.0, 2.0, 3.0, 4.0), 1.0)
    assert find(1).join([told([[bare]])]) == ((bare,),)


def test_no_more_faces_travel_than_are_promised():
    ((faces),) = find(1).join([told([[face(i) for i in range(MOST_FACES + 5)]])])
    assert len(faces) == MOST_FACES


@pytest.mark.parametrize(
    "change",
    [
        {"counts": np.array([2], np.int64)},
        {"counts": np.array([-1, 2], np.int64)},
        {"counts": np.array([1.0])},
        {"faces": np.zeros((1, 3), np.float32)},
        {"faces": np.full((1, 16), np.nan, np.float32)},
        {"faces": np.full((1, 16), np.inf, np.float32)},
        {"faces": None},
    ],
)
def test_an_answer_that_finds_nothing_sensible_is_refused(change: dict[str, Any]):
    with pytest.raises(ValueError, match=r"arrays|numbers|not what was found"):
        find(1).join([told([[face(0)]]) | change])
    with pytest.raises(ValueError, match="2 answers to 1 pictures"):
        find(1).join([told([[face(0)], []])])


def test_ratings_are_put_together_and_what_is_none_is_refused():
    request = Rate((np.zeros((8, 8, 3), np.uint8),) * 3)
    assert (request.lane, request.cost, [part.cost for part in request.split(2)]) == ("model", 3, [2, 1])
    parts = [np.array([0.1, 0.2], np.float32), np.array([0.3], np.float32)]
    assert request.join([request.join([parts[0], parts[1]])]) == pytest.approx([0.1, 0.2, 0.3])
    for wrong in (
        [parts[0]],
        [np.array([0.1, 0.2, 1.5], np.float32)],
        [np.array([0.1, 0.2, np.nan], np.float32)],
        [np.array([0.1, 0.2, 0.3])],
        [np.zeros((3, 1), np.float32)],
        ["no"],
    ):
        with pytest.raises(ValueError, match="Rate"):
            request.join(wrong)
    with pytest.raises(ValueError, match="nothing"):
        Rate(())
