import numpy as np
import pytest

from data.labels import NAMES
from models.twingan.measure import Agreement, agreeing
from tests.models.twingan import tiny_run


def labels(**values: list[float]) -> np.ndarray:
    found = np.zeros((len(next(iter(values.values()))), len(NAMES)), np.float32)
    for name, column in values.items():
        found[:, NAMES.index(name)] = column
    return found


def test_shares_are_of_what_is_known_alone():
    c = labels(yaw=[0.8, -0.8, 0.1, 0.9], glasses=[1, 0, 0, 1], mouth_opening=[0.6, 0, 0, 0.6], skin_tone=[0.1] * 4)
    read = labels(yaw=[0.5, 0.6, 0.9, 0.05], glasses=[1, 0, 1, 1], mouth_opening=[0.4, 0.5, 0, 0], skin_tone=[0.5] * 4)
    read[:, NAMES.index("hair_l")] = np.nan
    said = np.ones(c.shape, bool)
    said[3, NAMES.index("mouth_opening")] = False
    found = agreeing(read, c, said)
    assert found["look"] == pytest.approx(1 / 3)  # the third looks at us, so nobody asks
    assert found["glasses"] == 0.75
    assert found["mouth"] == pytest.approx(2 / 3)
    assert found["skin"] == 0
    assert "hair" not in found


def test_a_task_is_measured_by_photos_that_it_never_sees():
    task = tiny_run.task()
    seen: list[np.ndarray] = []

    def read(pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        seen.append(pictures)
        return np.zeros((len(pictures), len(NAMES)), np.float32), np.random.RandomState(0).rand(len(pictures), 6)

    found = Agreement(task, "anime", read).measure()
    assert {"distance", "skin", "glasses"} <= set(found)
    assert [len(one) for one in seen] == [tiny_run.COUNT, 4]
