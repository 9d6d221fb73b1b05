"""The plan of a fringe: where its locks part and where their tips hang. No drawing here.

Coordinates are those of a frontal face; locks.py turns them with the head.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from data.drawn.chance import Dice
from data.drawn.geometry import Point, lerp
from data.drawn.parameters import Parameters


@dataclass(frozen=True)
class Fringe:
    """n locks: lock i hangs from between notches i and i+1 down to tip i."""

    notches: list[Point]  # n + 1, from the viewer's left to right
    tips: list[Point]  # n
    blunt: float = 0.0  # width of the cut ends as a share of the lock, 0 pointed


EDGE = 0.97  # |x| of the outermost notches; side locks go on from there


def _even(n: int, dice: Dice, wobble: float) -> list[float]:
    """n + 1 places from edge to edge, the inner ones shaken by a share of the step."""
    step = 2 * EDGE / n
    inner = [-EDGE + step * (i + wobble * (dice.unit(f"notch.{i}") - 0.5)) for i in range(1, n)]
    return [-EDGE, *inner, EDGE]


def _shake(dice: Dice, i: int, size: float) -> float:
    return size * (2 * dice.unit(f"tip.{i}") - 1)


def _hime(p: Parameters, dice: Dice) -> Fringe:
    n = 4 + round(4 * p.strands)
    low = lerp(-0.40, -0.16, p.fringe_length)
    xs = _even(n, dice, 0.3)
    notches = [(x, low - 0.06 - 0.12 * dice.unit(f"deep.{i}")) for i, x in enumerate(xs)]
    tips = [
        ((a + b) / 2, low + 0.04 * (a + b) ** 2 / 4 + _shake(dice, i, 0.03)) for i, (a, b) in enumerate(pairwise(xs))
    ]
    return Fringe(notches, tips, 0.55)


def _swept(p: Parameters, dice: Dice, way: float) -> Fringe:
    n = 5 + round(4 * p.strands)
    start = -way * 0.42  # the parting, on the side the hair is swept away from
    notches, tips = [], []
    xs = _even(n, dice, 0.35)
    for x in xs:
        near = abs(x - start)
        notches.append((x, -0.62 + 0.16 * min(near, 1.0)))
    for i, (a, b) in enumerate(pairwise(xs)):
        x = (a + b) / 2
        along = (x - start) * way  # positive on the long side
        if along > -0.12:
            y = lerp(-0.46, -0.02, min(1.0, max(0.0, along) / 1.1)) + lerp(-0.05, 0.14, p.fringe_length)
            tips.append((x + way * (0.20 + 0.10 * along), y + _shake(dice, i, 0.05)))
        else:
            y = lerp(-0.40, 0.10, min(1.0, -along / 0.6)) + lerp(-0.06, 0.06, p.fringe_length)
            tips.append((x - way * 0.14, y + _shake(dice, i, 0.05)))
    return Fringe(notches, tips)


def _swept_left(p: Parameters, dice: Dice) -> Fringe:
    return _swept(p, dice, -1.0)


def _swept_right(p: Parameters, dice: Dice) -> Fringe:
    return _swept(p, dice, 1.0)


def _parted(p: Parameters, dice: Dice) -> Fringe:
    half = 3 + round(2 * p.strands)
    middle = 0.35 * p.part
    left = [lerp(-EDGE, middle, (i / half) ** 0.9) for i in range(half + 1)]
    right = [lerp(middle, EDGE, 1 - (1 - i / half) ** 0.9) for i in range(1, half + 1)]
    xs = left + right
    notches = [(x, -0.50 - 0.42 * max(0.0, 1 - abs(x - middle) / 0.5)) for x in xs]
    tips = []
    for i, (a, b) in enumerate(pairwise(xs)):
        x = (a + b) / 2
        way = -1.0 if i < half else 1.0
        out = min(1.0, abs(x - middle) / 0.9)
        y = lerp(-0.34, 0.22, out) + lerp(-0.10, 0.12, p.fringe_length)
        tips.append((x + way * lerp(0.22, 0.04, out), y + _shake(dice, i, 0.05)))
    return Fringe(notches, tips)


def _messy(p: Parameters, dice: Dice) -> Fringe:
    n = 5 + round(4 * p.strands)
    xs = _even(n, dice, 0.5)
    notches = [(x, -0.48 - 0.16 * dice.unit(f"deep.{i}")) for i, x in enumerate(xs)]
    tips = []
    for i, (a, b) in enumerate(pairwise(xs)):
        long = 0.13 if i % 2 else -0.08
        y = lerp(-0.30, 0.0, p.fringe_length) + long + _shake(dice, i, 0.08)
        tips.append(((a + b) / 2 + 0.16 * (2 * dice.unit(f"lean.{i}") - 1) + 0.10 * p.part, y))
    return Fringe(notches, tips)


def _lock(p: Parameters, dice: Dice) -> Fringe:
    half = 2 + round(2 * p.strands)
    xs = [lerp(-EDGE, -0.20, i / half) for i in range(half + 1)]
    xs += [-x for x in xs[::-1]]
    notches = [(x, -0.52) for x in xs]
    tips = []
    for i, (a, b) in enumerate(pairwise(xs)):
        x = (a + b) / 2
        if i == half:
            tips.append((0.05 * (1 if p.part > 0 else -1), lerp(0.06, 0.34, p.fringe_length)))
        else:
            tips.append((x * 1.06, lerp(-0.34, 0.06, (abs(x) - 0.2) / 0.8) + _shake(dice, i, 0.04)))
    return Fringe(notches, tips)


def _wispy(p: Parameters, dice: Dice) -> Fringe:
    n = 7 + round(4 * p.strands)
    xs = _even(n, dice, 0.6)
    notches = [(x, -0.60 + 0.10 * abs(x)) for x in xs]
    tips = []
    for i, (a, b) in enumerate(pairwise(xs)):
        low = lerp(-0.36, -0.04, p.fringe_length) + _shake(dice, i, 0.10)
        tips.append(((a + b) / 2 + 0.12 * p.part, low + 0.10 * ((a + b) / 2) ** 2))
    return Fringe(notches, tips)


_FRINGES: dict[str, Callable[[Parameters, Dice], Fringe]] = {
    "hime": _hime, "swept_left": _swept_left, "swept_right": _swept_right, "parted": _parted, "messy": _messy,
    "lock": _lock, "wispy": _wispy,
}  # fmt: skip


def plan_fringe(parameters: Parameters, dice: Dice) -> Fringe:
    """The fringe that the parameters name."""
    return _FRINGES[parameters.fringe](parameters, dice)
