from pathlib import Path

import numpy as np
import pytest

from data.vision.features import Features
from data.vision.requests import See
from models.seeing import see
from tests.models.features import tiny


def test_requests_of_one_batch_each_get_their_own_answer(tmp_path: Path):
    features = Features(tiny.store(tmp_path / "model"))
    pictures = [np.full((20 + i, 24, 3), 40 * i, np.uint8) for i in range(5)]
    requests = [See(tuple(pictures[:2])), See(tuple(pictures[2:3])), See(tuple(pictures[3:]))]
    answers = [r.join([answer]) for r, answer in zip(requests, see(features, requests), strict=True)]
    assert [len(answer) for answer in answers] == [2, 1, 2]
    for found, expected in zip([s for answer in answers for s in answer], features.see(pictures), strict=True):
        assert found.embedding == pytest.approx(expected.embedding, abs=1e-6)
        assert found.numbers == pytest.approx(expected.numbers, abs=1e-6)
