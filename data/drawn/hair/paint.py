"""How locks are painted: body, shade along one side, lines, and the band of light round the head."""

from dataclasses import dataclass
from functools import cached_property

import skia

from data.drawn.color import RGB, mix
from data.drawn.figure import Figure, Tones
from data.drawn.hair.lock import Lock
from data.drawn.ink import fill, linear, radial, tapered


@dataclass(frozen=True)
class Dye:
    """The colours of all hair of one head, as gradients over the picture plane."""

    figure: Figure

    def _vertical(self, tones: Tones, tips: Tones, shaded: float, root: Tones | None = None) -> skia.Shader:
        """From the crown down to the ends. `root`: the tones at the crown, where neighbours must not be told apart."""
        figure, p = self.figure, self.figure.parameters
        _, y, _, height = figure.skull
        top = y - height

        def body(t: Tones, down: float) -> RGB:
            return mix(mix(t.base, t.shade, min(1.0, shaded + down)), t.deep, min(1.0, max(0.0, shaded + down - 1.0)))

        end = tips if p.dye in ("gradient", "tips") else tones
        crown = mix((root or tones).base, (root or tones).light, 0.22) if shaded < 1 else body(tones, 0.0)
        stops = [(0.0, crown, 1.0), (0.32, body(tones, 0.0), 1.0)]
        if p.dye == "tips":
            stops += [(0.55, body(tones, 0.25), 1.0), (0.72, body(end, 0.1), 1.0)]
        elif p.dye == "gradient":
            stops += [(0.42, body(tones, 0.2), 1.0), (0.95, body(end, 0.1), 1.0)]
        else:
            stops += [(0.62, body(tones, 0.35), 1.0), (1.0, body(tones, 0.75), 1.0)]
        return linear((0, top), (0, 1.75), stops)

    @cached_property
    def front(self) -> list[skia.Shader]:
        """Bodies of the front locks: plain, lighter, darker."""
        hair = self.figure.hair
        return [
            self._vertical(hair, self.figure.tips, 0.0),
            self._vertical(_nudged(hair, 0.20), self.figure.tips, 0.0, hair),
            self._vertical(hair, self.figure.tips, 0.30, hair),
        ]

    @cached_property
    def behind(self) -> skia.Shader:
        """The hair behind the neck, in the head's shadow."""
        hair, tips, p = self.figure.hair, self.figure.tips, self.figure.parameters
        start = tips if p.dye == "inner" else hair
        return self._vertical(start, tips, 1.15)

    @cached_property
    def outer(self) -> skia.Shader:
        """The hair at the back that light still reaches."""
        hair, tips, p = self.figure.hair, self.figure.tips, self.figure.parameters
        return self._vertical(hair, tips if p.dye != "inner" else hair, 0.5)

    @cached_property
    def streak(self) -> skia.Shader:
        """The second colour."""
        return self._vertical(self.figure.tips, self.figure.tips, 0.0)


def _nudged(tones: Tones, share: float) -> Tones:
    return Tones(mix(tones.base, tones.light, share), tones.shade, tones.deep, tones.light, tones.line)


def paint_lock(canvas: skia.Canvas, figure: Figure, lock: Lock, body: skia.Shader, shaded: float = 0.6) -> None:
    """One lock: outline, body, and a shadow along the side away from the light."""
    p, manner = figure.parameters, figure.manner
    hair = figure.tips if lock.dyed else figure.hair
    fill(canvas, lock.inked(figure.line), mix(hair.line, hair.deep, 0.15))
    fill(canvas, lock.outline, body)
    away = 1.0 if p.light > 0 else -1.0  # left of a lock that falls is the viewer's right
    away = -away if lock.spine[-1][1] < lock.spine[0][1] else away
    fill(canvas, lock.shadow(-away), mix(hair.shade, hair.deep, 0.55), min(1.0, 0.72 * shaded * manner.shade))
    if manner.strand > 0.6:
        vein = lock.edge(0.25 * away, first=4)[::2]
        fill(canvas, tapered(vein, 0.016 * manner.strand, 0.0, 0.2), hair.line, 0.30)


def paint_ring(canvas: skia.Canvas, figure: Figure, locks: list[Lock], height: float) -> None:
    """The band of light where the round of the head faces the sky: streaks along locks. `height`: 0 low .. 1 high."""
    p, manner, dice = figure.parameters, figure.manner, figure.dice
    strength = p.ring * manner.gloss
    if strength < 0.08:
        return
    x0, y0, half, tall = figure.skull
    band = skia.Path()
    for i, lock in enumerate(locks):
        for k, across in enumerate((0.62, 0.05, -0.55)):
            x, _ = lock.at(0.4, across)
            off = (x - x0) / half
            if abs(off) > 0.92:
                continue
            level = y0 - tall * (0.44 + 0.20 * height - 0.36 * off * off) + 0.25 * figure.pose.nod
            t = lock.crossing(level)
            if t is None:
                continue
            lit = 1.0 - 0.5 * min(1.0, abs(off - 0.3 * p.light))
            long = (0.06 + 0.16 * strength * dice.unit(f"ring.{i}.{k}")) * lit
            share = long / (abs(float(lock.spine[-1][1] - lock.spine[0][1])) + 0.3)
            a, b = max(0.0, t - share), min(0.95, t + 1.3 * share)
            wide = 0.33 * float(lock.widths[3]) * (0.8 + 0.5 * strength) * (1.0 - 0.4 * abs(off))
            streak = [lock.at(a, across), lock.at((a + b) / 2, across), lock.at(b, across)]
            band.addPath(tapered(streak, 2 * wide, 0.0, 0.0))
    band.setFillType(skia.PathFillType.kWinding)
    fill(canvas, band, figure.hair.light, min(1.0, 0.40 + 0.55 * strength), 0.3 * manner.soft)


def paint_volume(canvas: skia.Canvas, figure: Figure, everything: skia.Path, fringe: skia.Path) -> None:
    """Light and shade of the hair's round as a whole, over the locks; skin that shines through the fringe's ends."""
    p, hair, manner, skin = figure.parameters, figure.hair, figure.manner, figure.skin
    x, y, half, height = figure.skull
    away = -1.0 if p.light > 0 else 1.0
    dark = linear((x + away * 0.25 * half, 0), (x + away * half, 0), [(0, hair.deep, 0.0), (1, hair.deep, 0.42)])
    fill(canvas, everything, dark, min(1.0, (0.45 + 0.5 * p.shade) * manner.shade))
    # The sky above: the upper round is lighter, and below it the hair turns away.
    at = (x + 0.30 * half * p.light, y - 0.62 * height)
    stops = [(0, hair.light, 0.55), (0.5, hair.light, 0.18), (1, hair.light, 0.0)]
    fill(canvas, everything, radial(at, 0.85 * half, stops), 0.35 + 0.65 * min(1.0, manner.gloss))
    level = y + 0.02 * height
    through = linear((0, level), (0, level + 0.62), [(0, skin.shade, 0.0), (1, skin.shade, 1.0)])
    fill(canvas, fringe, through, 0.16 + 0.20 * manner.glow)
