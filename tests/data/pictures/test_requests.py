"""What a worker may answer, and what may be asked of it."""

from typing import Any

import numpy as np
import pytest

from data.pictures.requests import MOST_HEADS_CUT, Decode, FrameHeads
from data.vision.faces import Face


@pytest.mark.parametrize(
    "answer",
    [
        {"refused": "because"},
        {"pixels": np.zeros((4, 4), np.uint8), "size": [4, 4], "media_type": "", "frames": 1, "recipe": ""},
        {"pixels": np.zeros((4, 4, 3), np.float32), "size": [4, 4], "media_type": "", "frames": 1, "recipe": ""},
        {"pixels": np.zeros((4, 2000, 3), np.uint8), "size": [4, 4], "media_type": "", "frames": 1, "recipe": ""},
        {"pixels": np.zeros((0, 4, 3), np.uint8), "size": [4, 4], "media_type": "", "frames": 1, "recipe": ""},
        {"pixels": np.zeros((4, 4, 3), np.uint8), "size": ["4", 4], "media_type": "", "frames": 1, "recipe": ""},
        None,
    ],
)
def test_a_worker_that_lost_its_mind_is_not_believed(answer: Any) -> None:
    with pytest.raises(ValueError, match="not the answer"):
        Decode(b"").join([answer])


PICTURE, FACE = np.zeros((8, 8, 3), np.uint8), Face((1.0, 1.0, 4.0, 4.0), 1.0)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {"pixels": np.zeros((2, 16, 16, 3), np.uint8)},
        np.zeros((1, 16, 16, 3), np.uint8),
        np.zeros((2, 16, 16), np.uint8),
        np.zeros((2, 16, 16, 3), np.float32),
    ],
)
def test_heads_are_as_many_and_as_large_as_were_asked_for(answer: Any) -> None:
    request = FrameHeads((PICTURE, PICTURE), ((FACE,), ()), 16)
    assert request.join([np.zeros((2, 16, 16, 3), np.uint8)]).shape == (2, 16, 16, 3)
    with pytest.raises(ValueError, match="not the answer"):
        request.join([answer])


def test_more_heads_than_can_be_shown_are_not_cut_out() -> None:
    with pytest.raises(ValueError, match="at most"):
        FrameHeads((PICTURE,), ((FACE,) * (MOST_HEADS_CUT + 1),))
    with pytest.raises(ValueError, match="no heads"):
        FrameHeads((PICTURE,), ())
    with pytest.raises(ValueError, match="no heads"):
        FrameHeads((PICTURE,), ((FACE,),), 0)
