"""What a run has measured, as lines to be drawn: few enough points for a browser that asks every two seconds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

POINTS = 240  # of a line
LEARNING = ("loss_G", "loss_D", "s/kimg")
MEASURED = ("distance", "copies")

Line = list[tuple[float, float]]  # kimg, value


def lines(curves: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Line]:
    """Of `Trainings.curves`, by what they show; a line without a point is left out."""
    found = {name: _line(curves.get("measured", ()), name) for name in MEASURED}
    found |= {name: _line(curves.get("learning", ()), name) for name in LEARNING}
    return {name: line for name, line in found.items() if line}


def _line(rows: Iterable[Mapping[str, Any]], name: str) -> Line:
    points = [
        (round(row["nimg"] / 1000, 3), float(f"{row[name]:.5g}"))
        for row in rows
        if _is_number(row.get("nimg")) and _is_number(row.get(name))
    ]
    return _thinned(points)


def _thinned(points: Line) -> Line:
    """Means of neighbours, and the last point as it is."""
    size = math.ceil(len(points) / POINTS)
    if size <= 1:
        return points
    parts = [points[start : start + size] for start in range(0, len(points) - 1, size)]
    means = [(part[-1][0], float(f"{sum(value for _, value in part) / len(part):.5g}")) for part in parts]
    return [*means, points[-1]]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
