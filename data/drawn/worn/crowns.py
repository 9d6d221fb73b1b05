"""What queens wear: a small crown, or a tiara over the fringe."""

import math

import skia

from data.drawn.color import RGB, mix
from data.drawn.figure import Figure
from data.drawn.geometry import Point, lerp
from data.drawn.ink import add_smooth, fill, linear, oval, smooth, strip
from data.drawn.worn.bands import glint
from data.drawn.worn.rings import Hat, Ring
from data.drawn.worn.solid import arch, cast, solid

_GOLD: RGB = (244, 200, 92)
_SILVER: RGB = (216, 222, 234)


def _draw_crown(canvas: skia.Canvas, figure: Figure) -> None:
    """A small crown, worn a little to one side."""
    d = figure.dice
    side = 1.0 if d.chance("hat.side", 0.5) else -1.0
    gold, gem = figure.tones(_GOLD), figure.tones(figure.parameters.eye_rgb)
    hat = Hat(figure, 57, 5, side * 12, 0.90)
    tall, n = 0.42, 8
    foot, rim = Ring(-0.06, 1.0), Ring(0.10, 1.03)

    def points(first: float, last: float, count: int) -> list[Point]:
        path = []
        for i in range(count * 2 + 1):
            angle = lerp(first, last, i / (count * 2))
            path.append(hat.point(angle, Ring(tall if i % 2 else 0.20, 1.16 if i % 2 else 1.06)))
        return path

    back = points(90, 270, n // 2)
    inside = skia.Path()
    inside.addPoly([skia.Point(*q) for q in [hat.point(90, foot), *back, hat.point(270, foot)]], True)
    solid(canvas, figure, inside, gold, 0.0, body=mix(gold.shade, gold.deep, 0.5))
    teeth = points(-90, 90, n // 2)
    front = skia.Path()
    front.moveTo(*hat.point(-90, foot))
    for q in teeth:
        front.lineTo(*q)
    front.lineTo(*hat.point(90, foot))
    add_smooth(front, hat.arc(foot)[::-1])
    front.close()
    cast(canvas, figure, hat.belt(foot, rim), 0.07)
    x, y = hat.point(0, foot)
    shine = linear(
        (x - 0.5, y),
        (x + 0.5, y),
        [(0, gold.base, 1), (0.5 + 0.25 * figure.parameters.light, (255, 240, 170), 1), (1, gold.shade, 1)],
    )
    solid(canvas, figure, front, gold, 0.06, body=shine)
    solid(canvas, figure, hat.belt(foot, rim), gold, 0.03, 0.8)
    for i in range(1, len(teeth), 2):
        bx, by = teeth[i]
        solid(canvas, figure, oval(bx, by - 0.03, 0.042, 0.042), gold, 0.0, 0.8, body=(255, 236, 160))
    for angle in (-58, -20, 20, 58):
        gx, gy = hat.point(angle, Ring(0.025, 1.03))
        solid(canvas, figure, oval(gx, gy, 0.038 * math.cos(math.radians(angle)) + 0.008, 0.044), gem, 0.0, 0.6)
        fill(canvas, oval(gx - 0.01, gy - 0.014, 0.011, 0.012), (255, 255, 255), 0.9)


def _draw_tiara(canvas: skia.Canvas, figure: Figure) -> None:
    """A fine arc of metal over the fringe with a gem in the middle."""
    d = figure.dice
    metal = figure.tones(_GOLD if d.chance("tiara.gold", 0.5) else _SILVER)
    gem = figure.tones(figure.parameters.eye_rgb)
    lean = 33.0
    rim, foot = arch(figure, lean, 1.03, 66), arch(figure, lean + 4.0, 1.04, 66)
    n = 11
    low = arch(figure, lean, 1.03, 46, n)
    high = [
        arch(
            figure, lean - 1, 1.03 + 0.20 * math.cos(math.pi / 2 * (i - 5) / 6) ** 1.6 * (1.0 if i % 2 else 0.62), 46, n
        )[i]
        for i in range(n)
    ]
    crown = skia.Path()
    crown.moveTo(*low[0])
    for i in range(1, n):
        peak = high[i]
        mid = (lerp(low[i - 1][0], low[i][0], 0.5), lerp(low[i - 1][1], low[i][1], 0.5))
        crown.quadTo(*(mid if i % 2 else low[i]), *(peak if i % 2 else mid))
    crown.lineTo(*low[-1])
    add_smooth(crown, low[::-1])
    crown.close()
    cast(canvas, figure, strip(rim, foot), 0.06)
    solid(canvas, figure, crown, metal, 0.03, 0.9)
    solid(canvas, figure, strip(rim, foot), metal, 0.02, 0.9)
    glint(canvas, figure, rim, foot, figure.tones((255, 250, 225)))
    for i in range(1, n, 2):
        x, y = high[i]
        r = 0.052 if i == 5 else 0.034
        solid(
            canvas,
            figure,
            oval(x, y - r, r, r),
            gem,
            0.0,
            0.7,
            body=linear((x, y - 2 * r), (x, y), [(0, gem.light, 1), (1, gem.base, 1)]),
        )
    x, y = arch(figure, lean - 0.5, 1.09, 46, n)[5]
    stone = smooth([(x, y - 0.085), (x + 0.06, y), (x, y + 0.085), (x - 0.06, y)], closed=True)
    solid(canvas, figure, stone, gem, 0.03, 0.9)
    fill(canvas, oval(x - 0.018, y - 0.028, 0.016, 0.022), (255, 255, 255), 0.95)


def draw_crown(canvas: skia.Canvas, figure: Figure) -> None:
    """One of the two, by the dice."""
    (_draw_tiara if figure.dice.chance("crown.tiara", 0.45) else _draw_crown)(canvas, figure)
