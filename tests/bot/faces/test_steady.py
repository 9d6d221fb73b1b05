"""One head is followed through an animation, and its crop does not tremble."""

import numpy as np
import pytest

from bot.faces.steady import followed, looks
from data.vision.faces import Face


def face(x: float, y: float, side: float = 40.0, angle: float = 0.0) -> Face:
    """By its middle."""
    return Face((x - side / 2, y - side / 2, side, side), 0.9, angle=angle)


def middles(faces: list[Face] | None) -> np.ndarray:
    assert faces is not None
    return np.array([[f.box[0] + f.box[2] / 2, f.box[1] + f.box[3] / 2] for f in faces])


@pytest.mark.parametrize("frames", [1, 2, 3, 4, 24])
def test_some_frames_are_looked_at_the_first_and_the_last_among_them(frames: int) -> None:
    at = looks(frames)
    assert at[0] == 0
    assert at[-1] == frames - 1
    assert at == sorted(set(at))
    assert len(at) <= frames // 3 + 2


def test_a_head_that_moves_is_followed_without_trembling() -> None:
    chance = np.random.RandomState(0)
    at = list(range(24))
    true = np.stack([100 + 4.0 * np.arange(24), 100 + 10 * np.sin(np.arange(24) / 4)], axis=1)
    noisy = true + chance.uniform(-3, 3, true.shape)
    found = followed([[face(*place)] for place in noisy], at, 24)
    moves = np.abs(np.diff(middles(found), n=2, axis=0))
    assert moves.max() < 0.5 * np.abs(np.diff(noisy, n=2, axis=0)).max()
    assert np.abs(middles(found)[3:-3] - true[3:-3]).max() < 3


def test_one_that_stands_still_stays_where_it_is() -> None:
    found = followed([[face(70, 80, 40, 12)]] * 9, looks(24), 24)
    assert found is not None
    assert len(found) == 24
    assert np.allclose(middles(found), (70, 80))
    assert all(f.box[2:] == pytest.approx((40, 40)) and f.angle == pytest.approx(12) for f in found)


def test_frames_in_which_it_was_not_seen_are_filled_in() -> None:
    looked = [[face(100, 100)], [], [face(120, 100)], []]
    found = middles(followed(looked, [0, 3, 6, 9], 10))
    assert (np.diff(found[:, 0]) >= -1e-9).all()
    assert 105 < found[3, 0] < 115
    assert found[9, 0] == pytest.approx(120, abs=2)


def test_the_largest_is_followed_or_the_one_that_is_named_and_nobody_else() -> None:
    left, right = [face(60 + i, 100, 30) for i in range(4)], [face(200 - i, 100, 50) for i in range(4)]
    looked = [[a, b] if i % 2 else [b, a] for i, (a, b) in enumerate(zip(left, right, strict=True))]
    at = [0, 1, 2, 3]
    assert (middles(followed(looked, at, 4))[:, 0] > 150).all()
    assert (middles(followed(looked, at, 4, 1))[:, 0] < 100).all()
    assert (middles(followed(looked, at, 4, 2))[:, 0] > 150).all()
    assert followed(looked, at, 4, 3) is None


def test_who_comes_into_the_picture_later_is_found_before_as_well() -> None:
    looked = [[], [face(100, 100)], [face(104, 100)]]
    found = middles(followed(looked, [0, 3, 5], 6))
    assert found[0] == pytest.approx((100, 100), abs=2)


def test_a_stranger_at_the_other_end_of_the_picture_is_not_taken_for_the_same() -> None:
    looked = [[face(50, 50)], [face(300, 300)], [face(52, 50)], [face(54, 50)]]
    assert (middles(followed(looked, [0, 3, 6, 9], 10))[:, 0] < 60).all()


def test_what_was_seen_once_in_many_looks_is_nobody() -> None:
    looked = [[face(100, 100)], *[[]] * 8]
    assert followed(looked, looks(24), 24) is None
    assert followed([[], []], [0, 1], 2) is None
