"""The networks that see, one of each in every process that works on pictures, with one thread each.

Processes are as many as the cores. One thread says the same of a picture on every run, however many there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Literal

import torch

from data.vision.cascade import AnimeCascade
from data.vision.features import Features
from data.vision.finder import Finder
from data.vision.people import PeopleFinder
from data.vision.people.yunet import YuNet

Dtype = Literal["float32", "bfloat16"]
"""What a CPU computes in; `models.precision` says which is quick."""


@cache
def finder(dtype: Dtype = "float32") -> Finder:
    """Raises FinderUnavailable."""
    return Finder(dtype=getattr(torch, dtype))


@cache
def features() -> Features:
    """Raises FeaturesUnavailable."""
    return Features()


@cache
def people(yunet: Path | None) -> PeopleFinder | YuNet:
    """Raises PeopleUnavailable."""
    return PeopleFinder() if yunet is None else YuNet(yunet)


@cache
def cascade(file: Path) -> AnimeCascade:
    """Raises CascadeUnavailable."""
    return AnimeCascade(file)


@contextmanager
def one_thread() -> Iterator[None]:
    """For as long as it lasts, torch uses one thread in this process."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
