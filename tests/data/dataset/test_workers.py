import os

import pytest

from data.dataset import DatasetError
from data.dataset.workers import AHEAD, in_order


def double(number: int) -> int:
    return 2 * number


def die(number: int) -> int:
    os._exit(1)


def test_results_come_in_the_order_of_their_tasks():
    assert list(in_order(double, range(40), processes=2)) == [2 * n for n in range(40)]


def test_no_more_is_begun_than_a_slow_reader_takes():
    taken: list[int] = []

    class Tasks(list[int]):
        def __iter__(self):
            for task in super().__iter__():
                taken.append(task)
                yield task

    results = in_order(double, Tasks(range(100)), processes=2)
    next(results)
    assert len(taken) == 2 * AHEAD
    results.close()


def test_a_process_that_dies_is_a_sentence():
    with pytest.raises(DatasetError, match="is there memory enough"):
        list(in_order(die, range(8), processes=2))
