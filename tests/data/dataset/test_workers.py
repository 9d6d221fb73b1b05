import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from filelock import FileLock

from data.dataset import DatasetError
from data.dataset.workers import AHEAD, in_order
from tests.data.killing import ROOT


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


KILLED = """
import sys
from data.dataset.workers import in_order
from tests.data.dataset.test_workers import tell_and_wait
list(in_order(tell_and_wait, [sys.argv[1]] * 8, processes=2))
"""


def tell_and_wait(folder: str) -> None:
    """Says in a file's name which process this is, which holds the file locked for as long as it lives."""
    lock = FileLock(Path(folder, f"{os.getpid()}.lock"))
    lock.acquire()
    Path(folder, f"{os.getpid()}.here").touch()
    threading.Event().wait()


def test_workers_end_with_the_process_that_was_killed(tmp_path: Path):
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], cwd=ROOT, stdout=subprocess.DEVNULL)
    while len(list(tmp_path.glob("*.here"))) < 2:
        assert process.poll() is None
        time.sleep(0.05)
    process.kill()
    process.wait()
    for here in tmp_path.glob("*.here"):
        with FileLock(here.with_suffix(".lock"), timeout=60):  # had only when its holder is gone
            pass
