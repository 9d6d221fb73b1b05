"""A run's batches in the order of its pictures, made by this process or by several ahead of need."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, overload

import numpy as np

from data.dataset.workers import in_order
from models.training.randomness import Order


class _Steps(Sequence[np.ndarray]):
    """The indices of every step from `nimg` images on."""

    def __init__(self, order: Order, nimg: int, total: int, batch: int) -> None:
        self._order, self._starts, self._batch = order, range(nimg, total, batch), batch

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, index: int) -> np.ndarray: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[np.ndarray]: ...
    def __getitem__(self, index: int | slice) -> np.ndarray | Sequence[np.ndarray]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        return self._order.batch(self._starts[index], self._batch)


@contextmanager
def batches(
    feed: Callable[[np.ndarray], Any], order: Order, nimg: int, total: int, batch: int, processes: int = 1
) -> Iterator[Iterator[Any]]:
    """What `feed` makes of the indices of each step from `nimg` to `total` images.

    With several `processes` a batch must follow from its indices alone, and `feed` must be picklable. Then how many
    there are changes nothing but the speed. Raises DatasetError where one of them dies.
    """
    made = in_order(feed, _Steps(order, nimg, total, batch), processes)
    try:
        yield made
    finally:
        made.close()
