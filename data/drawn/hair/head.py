"""All the hair of one head: planned once, painted in three layers, behind, in front, and before the shoulders."""

import math
from dataclasses import dataclass, replace
from functools import cached_property

import skia

from data.drawn.figure import Figure
from data.drawn.geometry import lerp
from data.drawn.hair.backs import Back, plan_back
from data.drawn.hair.fringes import fringe
from data.drawn.hair.lock import Lock, lock
from data.drawn.hair.paint import Dye, paint_lock, paint_ring, paint_volume
from data.drawn.hair.sides import over_shoulders, temples
from data.drawn.ink import fill, oval, stroke, tapered


@dataclass(frozen=True)
class Hair:
    """The hair of a figure."""

    figure: Figure

    @cached_property
    def dye(self) -> Dye:
        return Dye(self.figure)

    @cached_property
    def back(self) -> Back:
        return plan_back(self.figure)

    @cached_property
    def fringe(self) -> list[Lock]:
        return fringe(self.figure)

    @cached_property
    def temples(self) -> list[Lock]:
        return temples(self.figure)

    @cached_property
    def cap(self) -> skia.Path:
        """The round top of the hair, down to the hairline."""
        figure = self.figure
        x, y, half, height = figure.skull
        place = figure.pose.place
        path = skia.Path()
        path.moveTo(x - half, y + 0.15)
        path.arcTo(skia.Rect.MakeLTRB(x - half, y - height, x + half, y + height), 172, 196, False)
        line = [place(0.98, -0.18, 0.05), place(0.90, -0.52, 0.30), place(0.5, -0.80, 0.62), place(0.0, -0.90, 0.72)]
        line += [place(-0.5, -0.80, 0.62), place(-0.90, -0.52, 0.30), place(-0.98, -0.18, 0.05)]
        for point in line:
            path.lineTo(*point)
        path.close()
        return path

    @cached_property
    def _middle(self) -> float:
        """Where hair of two colours parts, x on the plane."""
        return self.figure.pose.project(*self.figure.scalp(25 * self.figure.parameters.part, 60))[0]

    def _paint(self, canvas: skia.Canvas, found: Lock, body: skia.Shader, shaded: float) -> None:
        if self.figure.parameters.dye == "split" and found.at(0.55, 0.0)[0] > self._middle:
            found = replace(found, dyed=True)
        paint_lock(canvas, self.figure, found, self.dye.streak if found.dyed else body, shaded)

    def paint_behind(self, canvas: skia.Canvas) -> None:
        """All that hangs behind the neck."""
        back = self.back
        for mass in back.mass:
            fill(canvas, mass, self.dye.behind)
        n = len(back.behind)
        for i, found in enumerate(back.behind):
            # The rearmost stay in the shadow of the head.
            body = self.dye.behind if i < 0.45 * n and n > 8 else self.dye.outer
            self._paint(canvas, found, body, 0.5)
        for (x, y), radius in back.rounds:
            self._bun(canvas, x, y, radius)
        self._ties(canvas)

    def paint_front(self, canvas: skia.Canvas) -> None:
        """Cap, temples, fringe, and the light on them."""
        figure = self.figure
        p, dice = figure.parameters, figure.dice
        x, y, half, height = figure.skull
        for found in self._flyaways():
            self._paint(canvas, found, self.dye.front[0], 0.4)
        fill(canvas, self.cap, self.dye.front[0])
        if p.dye == "split":
            canvas.save()
            canvas.clipRect(skia.Rect.MakeLTRB(self._middle, -4, 4, 4))
            fill(canvas, self.cap, self.dye.streak)
            canvas.restore()
        # Roots must not stand out over the round of the head.
        inside = oval(x, y, half, height)
        inside.addRect(skia.Rect.MakeLTRB(-4, y - 0.12 * height, 4, 4))
        canvas.save()
        canvas.clipPath(inside, doAntiAlias=True)
        everything = skia.Path()
        everything.addPath(self.cap)
        locks = [*self.temples, *self.fringe]
        if figure.manner.strand > 0.6:
            self._flow(canvas)
        for found in locks:
            body = self.dye.front[1 if found.tone > 0.35 else 2 if found.tone < -0.35 else 0]
            self._paint(canvas, found, body, lerp(0.5, 0.9, p.shade))
            everything.addPath(found.outline)
        everything.setFillType(skia.PathFillType.kWinding)
        front = skia.Path()
        for found in self.fringe:
            front.addPath(found.outline)
        front.setFillType(skia.PathFillType.kWinding)
        paint_volume(canvas, figure, everything, front)
        paint_ring(canvas, figure, [*self._crown_locks(), *locks], dice.unit("ring.height"))
        canvas.restore()
        outline = skia.Path()
        outline.addArc(skia.Rect.MakeLTRB(x - half, y - height, x + half, y + height), 180, 180)
        stroke(canvas, outline, figure.hair.line, figure.line)

    def paint_before(self, canvas: skia.Canvas) -> None:
        """What falls over the shoulders."""
        for found in [*over_shoulders(self.figure), *self.back.before]:
            body = self.dye.front[1 if found.tone > 0.4 else 2 if found.tone < -0.2 else 0]
            self._paint(canvas, found, body, 0.7)
        if self.back.before:
            self._ties(canvas)

    def _flyaways(self) -> list[Lock]:
        """Locks that leave the round of the head and break its outline."""
        figure, dice = self.figure, self.figure.dice
        p = figure.parameters
        x, y, half, height = figure.skull
        found = []
        for i in range(2 + round(3 * p.hair_wave + 2 * p.hair_volume)):
            side = 1.0 if dice.chance(f"fly.side.{i}", 0.5) else -1.0
            start = math.radians(lerp(8, 78, dice.unit(f"fly.{i}")))
            stop = start + lerp(0.5, 0.95, dice.unit(f"fly.long.{i}"))
            out = 1.0 + lerp(0.035, 0.09, dice.unit(f"fly.out.{i}"))

            def on(angle: float, reach: float, side: float = side) -> tuple[float, float]:
                return x + side * reach * half * math.sin(angle), y - reach * height * math.cos(angle)

            points = [on(start, 0.95), on((start + stop) / 2, 1.04), on(stop - 0.05, out), on(stop, out + 0.025)]
            found.append(lock(figure, points, 0.034, "leaf", fade=0.1))
        return found

    def _crown_locks(self) -> list[Lock]:
        """Unpainted locks over the top of the head, which carry the light where the fringe does not."""
        if self.figure.parameters.fringe not in ("slicked", "parted", "curtain"):
            return []
        found = []
        for i in range(9):
            azimuth = lerp(-66, 66, i / 8)
            ends = [self.figure.scalp(azimuth, e) for e in (84, 60, 38)]
            found.append(lock(self.figure, ends, 0.10, "round"))
        return found

    def _flow(self, canvas: skia.Canvas) -> None:
        """Lines over the round of the head, from the crown down."""
        figure = self.figure
        p, dice = figure.parameters, figure.dice
        n = 4 + round(6 * p.strands)
        for i in range(n):
            azimuth = lerp(-80, 80, (i + 0.2 + 0.6 * dice.unit(f"flow.{i}")) / n)
            start, stop = lerp(76, 66, dice.unit(f"flow.a.{i}")), lerp(48, 22, dice.unit(f"flow.b.{i}"))
            points = [figure.pose.project(*figure.scalp(azimuth, lerp(start, stop, t / 3), 0.995)) for t in range(4)]
            fill(canvas, tapered(points, 0.022 * figure.manner.strand, 0.0, 0.1), figure.hair.deep, 0.55)

    def _bun(self, canvas: skia.Canvas, x: float, y: float, radius: float) -> None:
        figure = self.figure
        hair = figure.hair
        ball = oval(x, y, radius, radius * 0.96)
        fill(canvas, ball, self.dye.outer)
        canvas.save()
        canvas.clipPath(ball, doAntiAlias=True)
        fill(
            canvas,
            oval(x - 0.25 * radius * figure.parameters.light, y + 0.30 * radius, radius, radius),
            hair.shade,
            0.8,
        )
        fill(
            canvas,
            oval(x + 0.10 * radius * figure.parameters.light, y - 0.06 * radius, radius * 0.86, radius * 0.82),
            hair.base,
            0.9,
        )
        for k in range(3):
            turn = [
                (x - radius * (0.9 - 0.5 * k / 2), y + 0.15 * radius * k),
                (x - 0.1 * radius, y - radius * (0.75 - 0.45 * k / 2)),
                (x + radius * (0.85 - 0.4 * k / 2), y + 0.1 * radius),
            ]
            fill(canvas, tapered(turn, 0.03, 0.0, 0.0), hair.line, 0.55)
        glint = [(x - 0.45 * radius, y - 0.45 * radius), (x, y - 0.62 * radius), (x + 0.4 * radius, y - 0.5 * radius)]
        fill(canvas, tapered(glint, 0.06, 0.1, 0.1), hair.light, 0.8 * min(1.0, figure.manner.gloss))
        canvas.restore()
        stroke(canvas, ball, hair.line, figure.line)

    def _ties(self, canvas: skia.Canvas) -> None:
        figure = self.figure
        tones = figure.accent
        for (x, y), size, angle in self.back.ties:
            canvas.save()
            canvas.translate(x, y)
            canvas.rotate(angle)
            band = oval(0.0, 0.0, size * 0.62, size * 1.15)
            fill(canvas, band, tones.base)
            fill(canvas, oval(-0.2 * size, 0.2 * size, size * 0.3, size * 0.8), tones.shade, 0.8)
            stroke(canvas, band, tones.line, figure.line)
            canvas.restore()

    def paint_ahoge(self, canvas: skia.Canvas) -> None:
        """The one lock that stands up."""
        figure = self.figure
        p = figure.parameters
        if p.ahoge <= 0:
            return
        sign = 1.0 if figure.dice.chance("ahoge.side", 0.5) else -1.0
        root = figure.pose.project(*figure.scalp(20 * p.part, 84))
        size = lerp(0.20, 0.36, p.ahoge)
        arch = ((0.0, 0.15), (-0.15, -0.55), (0.15, -1.0), (0.75, -0.9), (1.05, -0.35))
        points = [(root[0] + sign * size * a, root[1] + size * b) for a, b in arch]
        paint_lock(canvas, figure, lock(figure, points, 0.062, "leaf", fade=-0.2), self.dye.front[1], 0.6)
