import json
from pathlib import Path

import pytest

from models import throughput
from models.throughput import CANDIDATES, FILE, choose, measure, remembered


def test_the_smallest_batch_that_is_nearly_the_best_is_chosen():
    assert choose({1: 300.0, 8: 1000.0, 16: 1290.0, 64: 1400.0}) == 16
    assert choose({1: 1400.0, 8: 1000.0}) == 1


class _Clock:
    """Both clocks of `time`, which stand still but for work."""

    def __init__(self) -> None:
        self.now = 0.0

    def process_time(self) -> float:
        return self.now

    perf_counter = process_time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> _Clock:
    clock = _Clock()
    monkeypatch.setattr(throughput, "time", clock)
    return clock


def test_where_a_batch_costs_what_one_picture_costs_every_candidate_is_measured(clock: _Clock):
    asked: list[int] = []

    def run(batch: int) -> None:
        asked.append(batch)
        clock.now += 0.002

    assert set(measure(run)) == set(asked) == set(CANDIDATES)


def test_where_larger_batches_gain_nothing_they_are_not_waited_for(clock: _Clock):
    def run(batch: int) -> None:
        clock.now += 0.0005 * batch

    found = measure(run)
    assert CANDIDATES[-1] not in found
    assert set(found) == set(CANDIDATES[: len(found)])


def test_a_measurement_is_remembered_for_its_key_only(tmp_path: Path):
    asked: list[int] = []
    first = remembered(tmp_path, "cpu, waifu@starter", asked.append)
    asked.clear()
    assert remembered(tmp_path, "cpu, waifu@starter", asked.append) == first
    assert asked == []
    remembered(tmp_path, "cpu, moe@starter", asked.append)
    assert asked
    assert set(json.loads((tmp_path / FILE).read_text())) == {"cpu, waifu@starter", "cpu, moe@starter"}


def test_a_broken_memory_is_measured_anew(tmp_path: Path):
    for text in ("{", "[]", '{"cpu": "many"}', '{"cpu": 10000000}'):
        (tmp_path / FILE).write_text(text)
        assert remembered(tmp_path, "cpu", lambda batch: None) in CANDIDATES
        assert json.loads((tmp_path / FILE).read_text())["cpu"] in CANDIDATES


def test_without_a_folder_nothing_is_written(tmp_path: Path):
    assert remembered(None, "cpu", lambda batch: None) in CANDIDATES
    assert list(tmp_path.iterdir()) == []
