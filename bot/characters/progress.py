"""How far a run is, as its trainer says."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

Stage = Literal["waiting", "packing", "planning", "learning", "comparing"]
STAGES: tuple[Stage, ...] = get_args(Stage)


@dataclass(slots=True)
class Progress:
    """Of one run; as JSON it is `Run.progress`."""

    minutes: float  # that it may learn for
    stage: Stage = "waiting"
    kimg: float = 0.0
    of: float = 0.0  # kimg, at most
    numbers: dict[str, float] = field(default_factory=dict)  # the last losses and speeds
    measured: list[dict[str, float]] = field(default_factory=list)  # at snapshots: kimg, distance, copies …
    began: float | None = None  # by the clock of who hears

    def hear(self, said: Mapping[str, Any], now: float) -> bool:
        """Take note of what a trainer says; whether anything has changed. What no trainer says is passed over."""
        match said:
            case {"kind": "stage", "stage": str(stage)} if stage in STAGES:
                self.stage = stage
                if stage == "learning":
                    self.began = now
                return True
            case {"kind": "progress" | "measured" as kind, "kimg": kimg, "of": of, "numbers": dict(found)}:
                if not (_is_number(kimg) and _is_number(of)):
                    return False
                numbers = {str(name): float(value) for name, value in found.items() if _is_number(value)}
                self.kimg, self.of = float(kimg), float(of)
                if kind == "progress":
                    self.numbers = numbers
                else:
                    self.measured = [*self.measured[-99:], {"kimg": self.kimg, **numbers}]
                return True
        return False

    def share(self, now: float) -> float:
        """0…1 of the learning."""
        spent = 0.0 if self.began is None else (now - self.began) / (60 * self.minutes)
        return min(1.0, max(spent, self.kimg / self.of if self.of else 0.0))

    def to_json(self, now: float) -> dict[str, Any]:
        """`stage`, `kimg`, `share`, `eta` (seconds of learning that are left, None where nobody knows), `numbers`,
        `measured`."""
        share, eta = self.share(now), None
        if self.began is not None and self.stage == "learning":
            spent = now - self.began
            eta = max(0.0, 60 * self.minutes - spent)
            if share > 0:
                eta = min(eta, spent * (1 - share) / share)
        return {
            "stage": self.stage, "kimg": self.kimg, "share": round(share, 4), "eta": eta and round(eta),
            "numbers": self.numbers, "measured": self.measured,
        }  # fmt: skip


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
