"""Statistics as JSON lines: one object every `TICK` images, the mean of each loss since the line before."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from data import durable

TICK = 500  # images between lines


class Tick:
    """Sums of the losses since the last line, each over the steps that had it; `to_json` and back is exact."""

    def __init__(
        self,
        sums: Mapping[str, float] | None = None,
        counts: Mapping[str, int] | None = None,
        seconds: float = 0.0,
        nimg: int = 0,
    ) -> None:
        self.sums = dict(sums or {})
        self.counts = dict(counts or {})
        self.seconds = seconds  # since the last line; whoever adds losses counts them
        self.nimg = nimg  # images since the last line

    def add(self, losses: Mapping[str, float], batch: int) -> None:
        for name, value in losses.items():
            self.sums[name] = self.sums.get(name, 0.0) + value
            self.counts[name] = self.counts.get(name, 0) + 1
        self.nimg += batch

    def line(self, nimg: int) -> dict[str, Any]:
        """What goes into the file: `nimg`, the losses' means, `s/kimg`, `time` (seconds since 1970)."""
        means = {name: value / self.counts[name] for name, value in self.sums.items()}
        return {
            "nimg": nimg,
            **means,
            "s/kimg": round(1000 * self.seconds / self.nimg, 3),
            "time": round(time.time(), 1),
        }

    def to_json(self) -> dict[str, Any]:
        return {"sums": self.sums, "counts": self.counts, "seconds": self.seconds, "nimg": self.nimg}


def append(path: Path, line: Mapping[str, Any]) -> None:
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(line) + "\n")


def read(path: Path) -> list[dict[str, Any]]:
    """All whole lines; a line that a kill cut off is left out."""
    lines = []
    for text in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            lines.append(json.loads(text))
        except ValueError:
            break
    return lines


def truncate(path: Path, nimg: int) -> None:
    """Forget what came after `nimg` images: the run continues from there and will write it again."""
    kept = [line for line in read(path) if line["nimg"] <= nimg]
    durable.write_text(path, "".join(json.dumps(line) + "\n" for line in kept))
