"""What a worker may answer to a request to decode."""

from typing import Any

import numpy as np
import pytest

from data.pictures.requests import Decode


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
