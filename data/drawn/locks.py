"""The shapes of the locks in front: those of the fringe and those that frame the face. Nothing is painted here."""

from dataclasses import dataclass

import skia

from data.drawn.figure import Figure
from data.drawn.fringes import plan_fringe
from data.drawn.geometry import Point, between, lerp


@dataclass(frozen=True)
class Lock:
    """A lock from the crown to its tip."""

    outline: skia.Path  # closed
    edges: skia.Path  # the two sides alone, for the line
    core: skia.Path  # the side away from the light, for the shade
    vein: list[Point]  # a line down its middle
    tip: Point


def _from_crown(path: skia.Path, crown: Point, notch: Point, back: bool = False) -> None:
    """The fall of the hair over the skull, crown to notch; with `back`, notch to crown."""
    c1 = between(crown, notch, 0.62, 0.02)
    c2 = between(crown, notch, 1.04, 0.48)
    if back:
        path.cubicTo(*c2, *c1, *crown)
    else:
        path.cubicTo(*c1, *c2, *notch)


def _lock(crown: Point, left: Point, right: Point, tip: Point, blunt: float, light: float) -> Lock:
    width = right[0] - left[0]
    first = (tip[0] - 0.5 * blunt * width, tip[1] - 0.03 * blunt)
    last = (tip[0] + 0.5 * blunt * width, tip[1] + 0.02 * blunt)
    falls_left, falls_right = between(left, first, 0.10, 0.62), between(right, last, 0.10, 0.62)
    outline = skia.Path()
    outline.moveTo(*crown)
    _from_crown(outline, crown, left)
    outline.quadTo(*falls_left, *first)
    outline.lineTo(*last)
    outline.quadTo(*falls_right, *right)
    _from_crown(outline, crown, right, back=True)
    outline.close()
    edges = skia.Path()
    edges.moveTo(*crown)
    _from_crown(edges, crown, left)
    edges.quadTo(*falls_left, *first)
    if blunt:
        edges.lineTo(*last)
    edges.quadTo(*falls_right, *right)
    _from_crown(edges, crown, right, back=True)
    # The shade covers the side away from the light, up to a line inside the lock.
    core = skia.Path()
    core.moveTo(*crown)
    dark, falls, end = (left, falls_left, first) if light > 0 else (right, falls_right, last)
    inner = between(left, right, 0.38 if light > 0 else 0.62)
    _from_crown(core, crown, dark)
    core.quadTo(*falls, *end)
    core.quadTo(*between(inner, tip, 0.25, 0.6), *inner)
    _from_crown(core, crown, inner, back=True)
    core.close()
    way = 0.58 if light > 0 else 0.42
    top = between(left, right, way)
    high = between(top, crown, 0.22)
    return Lock(outline, edges, core, [high, top, between(top, tip, 0.4), between(top, tip, 0.75)], tip)


def plan_locks(figure: Figure) -> list[Lock]:
    """The locks of the fringe, turned with the head, in the order they are painted."""
    p, pose = figure.parameters, figure.pose
    fringe = plan_fringe(p, figure.dice)
    notches = [pose.place(x, y, 0.75 * (1 - min(1.0, abs(x)) ** 2) ** 0.5) for x, y in fringe.notches]
    tips = [pose.place(x, y, 0.80 * (1 - min(1.0, abs(x)) ** 2) ** 0.5) for x, y in fringe.tips]
    locks = [_lock(figure.crown, notches[i], notches[i + 1], tips[i], fringe.blunt, p.light) for i in range(len(tips))]
    # Every other lock lies over its neighbours.
    return locks[0::2] + locks[1::2]


def side_locks(figure: Figure, sign: float) -> list[Lock]:
    """The locks that frame the face on one side: a broad one, and before it a thin one nearer the cheek."""
    p, pose = figure.parameters, figure.pose
    x, y, half, _ = figure.skull
    near = -sign * pose.turn  # positive on the side that the head turns away from
    inner = pose.place(sign * (0.88 if near > 0 else 0.95), -0.45, 0.16 if near > 0 else 0.05)
    outer = (x + sign * half, y + 0.12)
    if p.side_locks <= 0:
        return [_fall(figure, sign, outer, inner, (sign * 0.97, 0.24), 0.02)]
    length = lerp(0.55, 1.9, p.side_locks)
    wide = 0.24 + 0.22 * max(0.0, near) + 0.10 * p.hair_volume - 0.10 * max(0.0, -near)
    sway = 0.14 * (figure.dice.unit(f"side.{sign}") - 0.4)
    tip = (x * 0.3 + sign * (half - 0.05 - wide * 0.55 - sway) + 0.10 * pose.turn, length)
    broad = _fall(
        figure, sign, outer, (inner[0] - sign * 0.5 * max(0.0, near) * wide, inner[1]), tip, 0.07 + 0.05 * p.hair_volume
    )
    edge = between(inner, outer, 0.45)
    short = lerp(0.30, 0.72, figure.dice.unit(f"thin.{sign}")) * min(length, 1.3)
    thin = _fall(figure, sign, edge, (inner[0] - sign * 0.05, inner[1]), (inner[0] - sign * 0.02, short), 0.03)
    return [broad, thin]


def _fall(figure: Figure, sign: float, outer: Point, inner: Point, tip: Point, bulge: float) -> Lock:
    """A lock from the crown over the temple, from `outer` to `inner` there, down to its tip."""
    swell = (outer[0] + sign * bulge, lerp(outer[1], tip[1], 0.5))
    hollow = (inner[0] + sign * 0.03, lerp(inner[1], tip[1], 0.55))
    last = (lerp(hollow[0], tip[0], 0.35), lerp(inner[1], tip[1], 0.8))
    outline = skia.Path()
    outline.moveTo(*figure.crown)
    outline.cubicTo(*between(figure.crown, outer, 0.7, -0.02), *between(figure.crown, outer, 1.02, 0.42), *outer)
    outline.cubicTo(*swell, swell[0], lerp(swell[1], tip[1], 0.6), *tip)
    outline.cubicTo(*last, *hollow, *inner)
    _from_crown(outline, figure.crown, inner, back=True)
    outline.close()
    edges = skia.Path()
    edges.moveTo(*outer)
    edges.cubicTo(*swell, swell[0], lerp(swell[1], tip[1], 0.6), *tip)
    edges.cubicTo(*last, *hollow, *inner)
    _from_crown(edges, figure.crown, inner, back=True)
    core = skia.Path()
    core.moveTo(*outer)
    core.cubicTo(*swell, swell[0], lerp(swell[1], tip[1], 0.6), *tip)
    core.quadTo(*between(hollow, swell, 0.5), *between(inner, outer, 0.5))
    core.close()
    middle = between(inner, outer, 0.42)
    vein = [middle, between(middle, between(hollow, swell, 0.45), 0.8), between(between(hollow, swell, 0.45), tip, 0.6)]
    return Lock(outline, edges, core, vein, tip)
