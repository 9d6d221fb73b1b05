"""What a trainer is told to do, and what came of it: two files in the folder of a run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from data import durable

MODULE = "bot.characters.training"  # what `python -m` runs
SET = "set"  # the folder of the frozen pictures, with their manifest
LEARNING = "learning"  # the folder of the training itself, as `python -m bot finetune` has it
LOG = "log.txt"
PAIRS = "pairs.jpg"  # old beside new, in the model's folder


@dataclass(frozen=True, slots=True)
class Order:
    """One training."""

    base: str  # the version to begin with, `moe@starter`
    against: str  # the version to be compared with
    held: tuple[str, ...]  # files of the set that are not to be learnt from
    minutes: float  # of learning
    seed: int
    data: str = ""  # hash of the frozen set's manifest
    learnt: tuple[int, ...] = ()  # contributions that are learnt from
    held_out: tuple[int, ...] = ()  # and that are not
    threads: int = 0  # of the CPU; 0: as many as torch takes
    options: Mapping[str, Any] = field(default_factory=dict)  # of `finetune`, where they are not left to the machine

    FILE = "order.json"

    def save(self, folder: Path) -> None:
        durable.write_text(folder / self.FILE, json.dumps(asdict(self), indent=1) + "\n")

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """None where there is none yet. Raises OSError, ValueError."""
        value = _read(folder / cls.FILE)
        if value is None:
            return None
        return cls(**{**value, **{name: tuple(value[name]) for name in ("held", "learnt", "held_out")}})


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it. It is written last of all: where it is, the model is whole."""

    version: str  # `20260131T101500-1a2b3c`
    kimg: float
    numbers: Mapping[str, Any]  # as `models.stylegan.comparing.compare` has them, "new" and "old"

    FILE = "result.json"

    def save(self, folder: Path) -> None:
        durable.write_text(folder / self.FILE, json.dumps(asdict(self), indent=1) + "\n")

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """As `Order.load`."""
        value = _read(folder / cls.FILE)
        return None if value is None else cls(**value)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        return dict(json.loads(text))
    except TypeError as error:
        raise ValueError(f"{path} is damaged") from error
