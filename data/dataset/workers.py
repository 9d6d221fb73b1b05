"""Work on chunks of pictures by as many processes as there are cores, its results in order and few of them waiting."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from data.dataset.packed import DatasetError

T = TypeVar("T")
R = TypeVar("R")

AHEAD = 3  # tasks a process that are under way or done before their turn: a slow writer must not fill the memory

_told: list[Callable[[Any], Any]] = []  # in a worker process, what it does


def in_order(work: Callable[[T], R], tasks: Sequence[T], processes: int | None = None) -> Generator[R, None, None]:
    """`work` of every task: by several processes (the cores unless given), or by this one where there is little to do.

    Raises DatasetError where one of them dies, and what `work` raises.
    """
    processes = processes or os.cpu_count() or 1
    if len(tasks) < 4 or processes == 1:
        yield from map(work, tasks)
        return
    # The processes are as many as the cores: numpy's own threads would only spin in each other's way.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    # What they do may bring a long list of names along: they are told it once, and not with every task.
    with ProcessPoolExecutor(
        processes, multiprocessing.get_context(method), initializer=_tell, initargs=(work,)
    ) as pool:
        waiting: deque[Future[R]] = deque()
        try:
            for task in tasks:
                waiting.append(pool.submit(_do, task))
                if len(waiting) >= AHEAD * processes:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool as error:
            raise DatasetError("a process that read the pictures died; is there memory enough?") from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _tell(work: Callable[[Any], Any]) -> None:
    _told[:] = [work]
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # torch is imported later, if at all
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches them, too, but is their parent's affair
    threading.Thread(target=_follow, daemon=True).start()


def _follow() -> None:
    """A worker of a process that was killed would wait for its next task for ever."""
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(1)


def _do(task: Any) -> Any:
    return _told[0](task)
