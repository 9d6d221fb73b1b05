"""The hair behind the head: thirteen ways to wear it.

What a back is made of: `mass`, a shape without lines that fills the room between locks, locks `behind` the body, and
locks `before` it, such as tails that fall over a shoulder.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import skia

from data.drawn.figure import Figure
from data.drawn.geometry import Point, Point3, lerp
from data.drawn.hair.lock import Lock, lock
from data.drawn.ink import smooth
from data.drawn.parameters import COVERING


@dataclass
class Back:
    """The parts of one back, farthest first."""

    mass: list[skia.Path] = field(default_factory=list)
    behind: list[Lock] = field(default_factory=list)
    before: list[Lock] = field(default_factory=list)
    ties: list[tuple[Point, float, float]] = field(default_factory=list)  # where hair is tied: plane, size, degrees
    rounds: list[tuple[Point, float]] = field(default_factory=list)  # buns: middle on the plane, radius


@dataclass(frozen=True)
class _Cut:
    """How hair hangs round the head. Pairs: at 0 and at 1 of what the comment names. Lengths in face units."""

    end: tuple[float, float]  # the height of the tips, by `hair_length`
    spread: tuple[float, float]  # how far it stands from the head there, by `hair_volume`
    n: int  # locks
    profile: str = "leaf"
    curl: float = 0.0  # how far tips turn inward
    ragged: float = 0.12  # how much their heights differ
    width: float = 0.26  # half width of a lock
    wave: float = 0.0
    wavy: float = 0.0  # added to it at `hair_wave` 1
    turns: float = 1.6


_NAPE = _Cut((0.52, 0.52), (0.86, 0.86), 10, curl=0.2, ragged=0.08, width=0.2)  # what stays when the rest is tied
_CUTS = {
    "bob":   _Cut((0.66, 1.08), (1.02, 1.02), 12, "round", curl=0.22, ragged=0.05, wavy=0.05),
    "short": _Cut((0.42, 0.74), (0.97, 0.97), 14, curl=0.06, ragged=0.10, width=0.22),
    "pixie": _Cut((0.26, 0.48), (0.90, 0.90), 14, curl=0.12, ragged=0.08, width=0.20),
    "spiky": _Cut((0.36, 0.62), (1.00, 1.00), 13, "blade", curl=-0.14, ragged=0.14, width=0.24),
    "long":  _Cut((1.50, 2.60), (1.10, 1.22), 14, curl=0.06, ragged=0.22, wave=0.03, wavy=0.06),
    "wavy":  _Cut((1.30, 2.50), (1.20, 1.38), 14, curl=-0.02, ragged=0.2, width=0.27, wave=0.09, wavy=0.06, turns=2.3),
    "hime":  _Cut((1.70, 2.70), (1.08, 1.08), 14, "blunt", ragged=0.04),
    **dict.fromkeys(("twin_tails", "ponytail", "side_tail", "buns", "braids", "drills"), _NAPE),
}  # fmt: skip


def _hang(figure: Figure, back: Back, cut: _Cut) -> None:
    """Locks all round the back of the head, and the mass between them."""
    p, d, pose = figure.parameters, figure.dice, figure.pose
    end, spread = lerp(*cut.end, p.hair_length), lerp(*cut.spread, p.hair_volume)
    half = 1.02 + 0.12 * p.hair_volume
    x0, y0, wide, tall = figure.skull
    left, right = pose.project(-half, 0.1, -0.3)[0], pose.project(half, 0.1, -0.3)[0]
    low = pose.project(0, end, -0.3)[1]
    back.mass.append(
        smooth(
            [
                (x0 - wide, y0),
                (left - 0.02, 0.25),
                (lerp(x0, left, spread * 0.96), lerp(0.3, low, 0.62)),
                (lerp(x0, left, spread * 0.80), low - 0.10),
                (lerp(x0, right, spread * 0.80), low - 0.10),
                (lerp(x0, right, spread * 0.96), lerp(0.3, low, 0.62)),
                (right + 0.02, 0.25),
                (x0 + wide, y0),
                (x0, y0 - 0.6 * tall),
            ],
            closed=True,
        )
    )
    made: list[tuple[float, Lock]] = []
    for i in range(cut.n):
        around = lerp(-178, 178, (i + 0.5) / cut.n)  # 0 at the nape
        azimuth = math.copysign(180, around) - around
        if abs(azimuth) <= 72:
            continue  # the face
        name = f"back.{i}"
        s, c = math.sin(math.radians(azimuth)), math.cos(math.radians(azimuth))
        root = figure.scalp(azimuth, 58, 0.9)
        over = figure.scalp(azimuth, 12, 1.04)
        y = end + cut.ragged * (2 * d.unit(name) - 1) - 0.10 * abs(c)
        out = spread * half * s
        hang: Point3 = (out * (1.04 + 0.05 * d.unit(name + ".out")), lerp(0.2, y, 0.6), -0.25 + 0.5 * c)
        tip: Point3 = (out * (1 - cut.curl) + 0.10 * (d.unit(name + ".tip") - 0.5), y, -0.2 + 0.45 * c)
        made.append(
            (
                pose.depth(*hang),
                lock(
                    figure,
                    (root, over, hang, hang, tip),
                    cut.width * (0.8 + 0.4 * d.unit(name + ".w")),
                    cut.profile,
                    fade=0.25,
                    tone=2 * d.unit(name + ".tone") - 1,
                    wave=cut.wave + cut.wavy * p.hair_wave,
                    phase=d.unit(name + ".phase"),
                    turns=cut.turns,
                    dyed=p.dye == "streak" and d.chance(name + ".dye", 0.15),
                ),
            )
        )
    back.behind += [found for _, found in sorted(made, key=lambda m: m[0])]


def _spiky(figure: Figure, back: Back) -> None:
    p, d = figure.parameters, figure.dice
    for i in range(0 if p.headwear in COVERING else 9):
        angle = lerp(-105, 105, i / 8) + 10 * (d.unit(f"spike.{i}") - 0.5)
        reach = 1.16 + 0.16 * d.unit(f"reach.{i}") + 0.08 * p.hair_volume
        root = figure.scalp(math.copysign(90, angle), 90 - abs(angle), 0.70)
        side = figure.scalp(math.copysign(90, angle), 90 - abs(angle) + 8, 1.04)
        tip = figure.scalp(math.copysign(90, angle), 90 - abs(angle) - 14, reach)
        back.behind.append(lock(figure, (root, side, tip), 0.21, "blade", fade=0.2))


def _tail(
    figure: Figure,
    back: Back,
    anchor: Point3,
    way: Point3,
    end: Point3,
    *,
    n: int,
    size: float,
    name: str,
    before: bool,
    wave: float = 0.06,
) -> None:
    """A bundle of locks from `anchor`, out by `way`, down to `end`."""
    p, d = figure.parameters, figure.dice
    ax, ay, az = anchor
    made = []
    for i in range(n):
        t = (i + 0.5) / n * 2 - 1  # across the bundle
        k = f"{name}.{i}"
        fan = size * t
        swell: Point3 = (ax + way[0] * (1 + 0.35 * t), ay + way[1] * (1 - 0.3 * t), az + way[2])
        mid: Point3 = (lerp(ax + way[0], end[0], 0.5) + 1.5 * fan, lerp(ay, end[1], 0.55), lerp(az, end[2], 0.5))
        tip: Point3 = (
            end[0] + 0.9 * fan + 0.10 * (d.unit(k) - 0.5),
            end[1] - 0.30 * abs(t) + 0.16 * (d.unit(k + ".y") - 0.5),
            end[2],
        )
        made.append(
            (
                -abs(t) + 0.3 * d.unit(k + ".order"),
                lock(
                    figure,
                    (anchor, swell, mid, mid, tip),
                    size * 0.62,
                    "leaf",
                    fade=0.08,
                    tone=2 * d.unit(k + ".tone") - 1,
                    wave=wave * (0.5 + p.hair_wave),
                    phase=0.25 + 0.2 * d.unit(k + ".p"),
                    turns=1.4,
                    dyed=p.dye == "streak" and d.chance(k + ".dye", 0.2),
                ),
            )
        )
    (back.before if before else back.behind).extend(found for _, found in sorted(made, key=lambda m: m[0]))
    back.ties.append((figure.pose.project(*anchor), 0.115 + 0.02 * size, math.degrees(math.atan2(way[1], way[0]))))


def _twin_tails(figure: Figure, back: Back) -> None:
    p = figure.parameters
    high = figure.dice.uniform("tails.high", 8, 42)
    for side in (-1.0, 1.0):
        anchor = figure.scalp(side * 92, high, 1.02)
        out = 0.34 + 0.16 * p.hair_volume
        end = (side * (1.34 + 0.22 * p.hair_volume), lerp(1.0, 2.4, p.hair_length), -0.1)
        before = figure.pose.depth(*anchor) > 0.2
        _tail(
            figure,
            back,
            anchor,
            (side * out, -0.16, 0.0),
            end,
            n=5,
            size=0.24,
            name=f"tail.{side}",
            before=before,
            wave=0.09,
        )


def _ponytail(figure: Figure, back: Back) -> None:
    p = figure.parameters
    side = 1.0 if figure.dice.chance("tail.side", 0.5) else -1.0
    side = -math.copysign(1.0, figure.pose.turn) if abs(figure.pose.turn) > 0.15 else side
    anchor = figure.scalp(side * 160, 52, 1.03)
    end = (side * 1.42, lerp(0.7, 2.0, p.hair_length), -0.7)
    _tail(figure, back, anchor, (side * 0.75, -0.46, -0.3), end, n=6, size=0.25, name="tail", before=False, wave=0.08)


def _side_tail(figure: Figure, back: Back) -> None:
    p = figure.parameters
    side = 1.0 if figure.dice.chance("tail.side", 0.5) else -1.0
    anchor = figure.scalp(side * 95, -12, 1.0)
    end = (side * 0.98, lerp(1.3, 2.3, p.hair_length), 0.35)
    _tail(figure, back, anchor, (side * 0.26, 0.10, 0.1), end, n=5, size=0.20, name="tail", before=True)


def _buns(figure: Figure, back: Back) -> None:
    p = figure.parameters
    for side in (-1.0, 1.0):
        at = figure.scalp(side * 84, 2 if p.headwear in COVERING else 50, 1.12)
        back.rounds.append((figure.pose.project(*at), 0.29 + 0.05 * p.hair_volume))


def _braids(figure: Figure, back: Back) -> None:
    p, d = figure.parameters, figure.dice
    for side in (-1.0, 1.0):
        ax, ay, az = figure.scalp(side * 100, -22, 0.98)
        n = 7 + round(4 * p.hair_length)
        end = lerp(1.6, 2.4, p.hair_length)
        path = [
            (lerp(ax, side * 0.86, i / n), lerp(ay, end, i / n), lerp(az, 0.35, min(1.0, 1.6 * i / n)))
            for i in range(n + 2)
        ]
        for i in range(n):
            (x, y, z), (u, v, w) = path[i], path[i + 2] if i + 2 < len(path) else path[-1]
            out = 0.13 * (1 if i % 2 else -1)
            shape = (
                (x + out * 0.9, y - 0.04, z),
                (x + out * 1.5, lerp(y, v, 0.4), z + 0.02),
                (u - out * 0.5, v, w + 0.02),
            )
            back.before.append(lock(figure, shape, 0.115, "leaf", fade=-0.2, tone=2 * d.unit(f"braid.{i}") - 1))
        x, y, z = path[n]
        back.ties.append((figure.pose.project(x, y, z), 0.10, 90.0))
        for k in (-1, 0, 1):
            back.before.append(
                lock(
                    figure,
                    ((x, y, z), (x + 0.05 * k, y + 0.15, z), (x + 0.10 * k, y + 0.34, z)),
                    0.07,
                    "leaf",
                    fade=0.0,
                )
            )


def _drills(figure: Figure, back: Back) -> None:
    p = figure.parameters
    for side in (-1.0, 1.0):
        ax, ay, az = figure.scalp(side * 92, 2, 1.0)
        n = 8 + round(3 * p.hair_length)
        end = lerp(1.35, 2.1, p.hair_length)
        step = (end - ay) / n
        bands = []
        for i in range(n + 1):
            t = i / n
            half = (0.19 + 0.05 * p.hair_volume) * math.sin(math.pi * (0.34 + 0.58 * t))
            x, y = ax + side * (0.12 - 0.06 * t), ay + 0.08 + step * i
            # A turn of the curl: in at one edge, over the front, out lower down at the other.
            turn = (
                (x - side * half * 0.98, y - 0.05, az + 0.1),
                (x - side * half * 0.6, y + 0.75 * step, az + 0.2),
                (x + side * half * 0.5, y + 1.15 * step, az + 0.2),
                (x + side * half * 1.0, y + 0.55 * step, az + 0.1),
            )
            bands.append(lock(figure, turn, step * 0.62, "round", fade=-0.3, tone=0.5 if i % 2 else -0.1))
        back.before += bands[::-1]
        back.ties.append((figure.pose.project(ax, ay, az), 0.12, 90.0))


_MORE: dict[str, Callable[[Figure, Back], None]] = {
    "spiky": _spiky,
    "twin_tails": _twin_tails,
    "ponytail": _ponytail,
    "side_tail": _side_tail,
    "buns": _buns,
    "braids": _braids,
    "drills": _drills,
}


def plan_back(figure: Figure) -> Back:
    """The back that the parameters name: hair that hangs, and what else the style has."""
    name, back = figure.parameters.back, Back()
    _hang(figure, back, _CUTS[name])
    if name in _MORE:
        _MORE[name](figure, back)
    return back
