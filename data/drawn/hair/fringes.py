"""The hair over the forehead: twelve ways to cut it.

A strand is planned for a frontal face: where it lies on the forehead, where its tip hangs, how wide it is. `fringe`
turns plans into locks on the round of the head.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from data.drawn.chance import Dice
from data.drawn.figure import Figure
from data.drawn.geometry import DEPTH, lerp
from data.drawn.hair.lock import Lock, lock
from data.drawn.parameters import Parameters


@dataclass(frozen=True)
class Strand:
    """One lock of a fringe, face units; y from the line of the eyes."""

    x: float  # on the forehead, -1..1
    tip_x: float
    tip_y: float
    width: float  # half width
    order: float  # larger is nearer the viewer
    profile: str = "point"
    bend: float = 0.0  # sideways bulge of the lower half
    part: float | None = None  # where on the crown it starts, -1..1; None: above its place on the forehead


def _shake(dice: Dice, name: str, size: float) -> float:
    return size * (2 * dice.unit(name) - 1)


def _count(p: Parameters, low: int, high: int) -> int:
    return low + round((high - low) * p.strands)


def _row(n: int, dice: Dice, name: str, edge: float = 0.88) -> list[tuple[float, float]]:
    """n places on the forehead from side to side with uneven steps, and their half widths."""
    steps = [0.65 + 0.7 * dice.unit(f"{name}.{i}") for i in range(n)]
    total, x, places = sum(steps), -edge, []
    for step in steps:
        wide = 2 * edge * step / total
        places.append((x + wide / 2, wide / 2))
        x += wide
    return places


def _blunt(p: Parameters, d: Dice, profile: str, ragged: float) -> list[Strand]:
    low = lerp(-0.46, -0.20, p.fringe_length)
    found = []
    for i, (x, w) in enumerate(_row(_count(p, 5, 8), d, "row", 0.86)):
        y = low + 0.05 * x * x + _shake(d, f"tip.{i}", ragged)
        found.append(Strand(x, x * 1.03 + _shake(d, f"sway.{i}", 0.03), y, w * 1.22, d.unit(f"order.{i}"), profile))
    return found


def _hime(p: Parameters, d: Dice) -> list[Strand]:
    return _blunt(p, d, "blunt", 0.012)


def _ragged(p: Parameters, d: Dice) -> list[Strand]:
    return _blunt(p, d, "round", 0.05)


def _wispy(p: Parameters, d: Dice) -> list[Strand]:
    low = lerp(-0.34, -0.02, p.fringe_length)
    found = []
    for i, (x, w) in enumerate(_row(_count(p, 6, 9), d, "row")):
        long = 0.10 if i % 2 else -0.07
        y = low + long + 0.10 * x * x + _shake(d, f"tip.{i}", 0.06)
        tip = x * 1.0 + 0.10 * p.part + _shake(d, f"sway.{i}", 0.07)
        found.append(
            Strand(
                x,
                tip,
                y,
                w * (1.25 if i % 2 else 1.0),
                i % 2 + d.unit(f"order.{i}"),
                "point",
                _shake(d, f"bend.{i}", 0.05),
            )
        )
    return found


def _messy(p: Parameters, d: Dice) -> list[Strand]:
    low = lerp(-0.34, 0.0, p.fringe_length)
    found = []
    for i, (x, w) in enumerate(_row(_count(p, 6, 9), d, "row")):
        lean = 0.22 * (1 if d.chance(f"lean.{i}", 0.5 + 0.3 * p.part) else -1) + _shake(d, f"sway.{i}", 0.08)
        y = low + (0.12 if i % 2 else -0.10) + 0.08 * x * x + _shake(d, f"tip.{i}", 0.09)
        found.append(
            Strand(x, x * 0.95 + lean, y, w * 1.2, d.unit(f"order.{i}"), "leaf" if i % 3 else "point", lean * 0.4)
        )
    return found


def _spiky(p: Parameters, d: Dice) -> list[Strand]:
    low = lerp(-0.42, -0.08, p.fringe_length)
    found = []
    for i, (x, w) in enumerate(_row(_count(p, 5, 7), d, "row")):
        y = low + (0.16 if i % 2 else -0.06) + _shake(d, f"tip.{i}", 0.07)
        found.append(
            Strand(
                x,
                x * 1.10 + 0.14 * p.part + _shake(d, f"sway.{i}", 0.12),
                y,
                w * 1.28,
                i % 2 + d.unit(f"order.{i}"),
                "blade",
            )
        )
    return found


def _swept(p: Parameters, d: Dice, way: float) -> list[Strand]:
    start = -way * lerp(0.35, 0.55, 0.5 + 0.5 * p.part)  # the parting, on the side the hair is swept away from
    found = []
    n = _count(p, 4, 6)
    for i in range(n):
        t = (i + 0.5) / n
        x = start + way * t * (0.92 + abs(start)) * 0.98
        along = abs(x - start)
        y = (
            lerp(-0.50, 0.02, min(1.0, along / 1.25) ** 1.2)
            + lerp(-0.08, 0.12, p.fringe_length)
            + _shake(d, f"tip.{i}", 0.04)
        )
        tip = x + way * (0.24 + 0.12 * t) * (1 - 0.55 * t)
        found.append(Strand(x, tip, y, 0.235 + 0.03 * t, n - i, "leaf", way * 0.10, start * 0.6))
    m = 3
    for i in range(m):
        t = (i + 0.6) / m
        x = start - way * t * (0.92 - abs(start))
        y = lerp(-0.42, 0.12, t) + lerp(-0.05, 0.06, p.fringe_length) + _shake(d, f"short.{i}", 0.04)
        found.append(Strand(x, x - way * 0.12, y, 0.17, m - i + 0.5, "leaf", -way * 0.06, start * 0.6))
    return found


def _swept_left(p: Parameters, d: Dice) -> list[Strand]:
    return _swept(p, d, -1.0)


def _swept_right(p: Parameters, d: Dice) -> list[Strand]:
    return _swept(p, d, 1.0)


def _opened(p: Parameters, d: Dice, gap: float, low: float, bow: float) -> list[Strand]:
    middle = 0.30 * p.part
    found = []
    for side in (-1.0, 1.0):
        n = _count(p, 3, 5)
        for i in range(n):
            t = (i + 0.5) / n
            x = middle + side * (0.10 + t * (0.80 - side * middle))
            y = lerp(-0.30, low, t) + lerp(-0.12, 0.10, p.fringe_length) + _shake(d, f"tip.{side}.{i}", 0.05)
            tip = x + side * gap * (1 - 0.75 * t)
            found.append(Strand(x, tip, y, 0.20, n - i + 0.1 * side, "leaf", side * bow, middle))
    return found


def _parted(p: Parameters, d: Dice) -> list[Strand]:
    return _opened(p, d, 0.34, 0.20, 0.10)


def _curtain(p: Parameters, d: Dice) -> list[Strand]:
    return _opened(p, d, 0.50, 0.46, 0.16)


def _center(p: Parameters, d: Dice) -> list[Strand]:
    found = [
        Strand(0.0, 0.06 * (1 if p.part > 0 else -1), lerp(-0.04, 0.24, p.fringe_length), 0.20, 9.0, "point", 0.05)
    ]
    for side in (-1.0, 1.0):
        n = _count(p, 3, 4)
        for i in range(n):
            t = (i + 0.5) / n
            x = side * (0.16 + 0.74 * t)
            y = lerp(-0.30, 0.02, t) + lerp(-0.08, 0.08, p.fringe_length) + _shake(d, f"tip.{side}.{i}", 0.06)
            found.append(Strand(x, x + side * 0.13 * (1 - t), y, 0.205, n - i, "point", side * 0.07))
    return found


def _asymmetric(p: Parameters, d: Dice) -> list[Strand]:
    way = 1.0 if p.part >= 0 else -1.0
    found = []
    n = _count(p, 4, 6)
    for i in range(n):
        t = (i + 0.5) / n
        x = way * lerp(-0.35, 0.88, t)
        y = lerp(-0.34, 0.44, t**1.3) + lerp(-0.12, 0.14, p.fringe_length) + _shake(d, f"tip.{i}", 0.05)
        found.append(
            Strand(x, x + way * 0.12 * (1 - t), y, 0.24, i if t < 0.6 else n - i, "leaf", way * 0.08, -way * 0.4)
        )
    for i in range(2):
        x = -way * (0.50 + 0.3 * i)
        found.append(Strand(x, x - way * 0.10, -0.36 + 0.22 * i, 0.18, 1 - i, "leaf", -way * 0.05, -way * 0.4))
    return found


def _slicked(p: Parameters, d: Dice) -> list[Strand]:
    found = []
    for i, side in enumerate((-1.0, 1.0)):
        found.append(Strand(side * 0.80, side * 0.98, lerp(-0.3, 0.1, p.fringe_length), 0.13, 1, "leaf", side * 0.04))
        if d.chance(f"stray.{i}", 0.6):
            found.append(
                Strand(side * 0.22, side * 0.46, lerp(-0.55, -0.2, p.fringe_length), 0.07, 2, "strand", side * 0.12)
            )
    return found


_PLANS: dict[str, Callable[[Parameters, Dice], list[Strand]]] = {
    "hime": _hime,
    "blunt": _ragged,
    "swept_left": _swept_left,
    "swept_right": _swept_right,
    "parted": _parted,
    "curtain": _curtain,
    "messy": _messy,
    "lock": _center,
    "wispy": _wispy,
    "spiky": _spiky,
    "asymmetric": _asymmetric,
    "slicked": _slicked,
}


def fringe(figure: Figure) -> list[Lock]:
    """The locks of the fringe, farthest first."""
    p, d = figure.parameters, figure.dice
    strands = sorted(_PLANS[p.fringe](p, d), key=lambda s: s.order)
    lift = 0.10 * figure.youth  # eyes of the young lie lower, and so does what hangs over them
    found = []
    for i, s in enumerate(strands):
        azimuth = math.degrees(math.asin(max(-0.98, min(0.98, s.x / 1.04))))
        root = figure.scalp((azimuth if s.part is None else 55 * s.part), 80 if s.part is None else 72, 0.9)
        front = DEPTH * math.sqrt(max(0.05, 1 - 0.62 * min(1.3, s.tip_x**2))) + 0.13
        rise = figure.scalp(azimuth, 50, 1.03)
        brow = (lerp(s.x, s.tip_x, 0.35) + s.bend, -0.52, 0.5 * (front + rise[2]) + 0.06)
        tip = (s.tip_x, s.tip_y + lift, front)
        found.append(
            lock(
                figure,
                (root, rise, brow, tip),
                s.width,
                s.profile,
                tone=_shake(d, f"tone.{i}", 1.0),
                fade=0.42,
                wave=0.045 * max(0.0, p.hair_wave - 0.35),
                phase=d.unit(f"phase.{i}"),
                turns=1.0,
                dyed=p.dye == "streak" and d.chance(f"streak.{i}", 0.3),
            )
        )
    return found
