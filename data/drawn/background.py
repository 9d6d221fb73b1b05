"""What is behind the head."""

from collections.abc import Callable

import skia

from data.drawn.color import mix
from data.drawn.figure import Figure
from data.drawn.ink import fill, linear, oval, radial


def _everything(size: float) -> skia.Path:
    path = skia.Path()
    path.addRect(skia.Rect.MakeWH(size, size))
    return path


def _plain(canvas: skia.Canvas, figure: Figure) -> None:
    fill(canvas, _everything(1.0), figure.parameters.background_rgb)


def _gradient(canvas: skia.Canvas, figure: Figure) -> None:
    p, dice = figure.parameters, figure.dice
    x = dice.unit("back.slope")
    stops = [(0.0, p.background_rgb, 1.0), (1.0, p.background_other_rgb, 1.0)]
    fill(canvas, _everything(1.0), linear((x, 0.0), (1 - x, 1.0), stops))


def _bokeh(canvas: skia.Canvas, figure: Figure) -> None:
    p, dice = figure.parameters, figure.dice
    _gradient(canvas, figure)
    for i in range(9):
        x, y, r = dice.unit(f"bokeh.x{i}"), dice.unit(f"bokeh.y{i}"), 0.05 + 0.13 * dice.unit(f"bokeh.r{i}")
        glow = mix(p.background_other_rgb if i % 2 else p.background_rgb, (255, 255, 255), 0.45)
        fill(canvas, oval(x, y, r, r), radial((x, y), r, [(0.0, glow, 0.5), (0.75, glow, 0.55), (1.0, glow, 0.0)]))


def _dots(canvas: skia.Canvas, figure: Figure) -> None:
    _plain(canvas, figure)
    step = 0.11 + 0.08 * figure.dice.unit("dots")
    for row in range(11):
        for column in range(11):
            x = step * (column + 0.5 * (row % 2))
            fill(canvas, oval(x, step * row * 0.9, step * 0.2, step * 0.2), figure.parameters.background_other_rgb)


def _stripes(canvas: skia.Canvas, figure: Figure) -> None:
    _plain(canvas, figure)
    step = 0.10 + 0.14 * figure.dice.unit("stripes")
    lean = 1.4 * (figure.dice.unit("stripes.lean") - 0.5)
    x = -1.0
    while x < 2.0:
        band = skia.Path()
        band.addPoly(
            [skia.Point(x + a, b) for a, b in ((0, 0), (0.5 * step, 0), (0.5 * step + lean, 1), (lean, 1))], True
        )
        fill(canvas, band, figure.parameters.background_other_rgb)
        x += step


def _sky(canvas: skia.Canvas, figure: Figure) -> None:
    p, dice = figure.parameters, figure.dice
    pale = mix(p.background_rgb, (255, 255, 255), 0.6)
    fill(canvas, _everything(1.0), linear((0, 0), (0, 1), [(0.0, p.background_other_rgb, 1.0), (0.9, pale, 1.0)]))
    for i in range(5):
        x, y = dice.unit(f"sky.x{i}"), 0.2 + 0.7 * dice.unit(f"sky.y{i}")
        white = mix(pale, (255, 255, 255), 0.7)
        for dx, dy, r in ((-0.12, 0.01, 0.09), (0.0, -0.02, 0.14), (0.13, 0.01, 0.10)):
            at = (x + dx, y + dy)
            fill(
                canvas, oval(*at, r, 0.6 * r), radial(at, r, [(0.0, white, 0.8), (0.4, white, 0.6), (0.6, white, 0.0)])
            )


_BACKGROUNDS: dict[str, Callable[[skia.Canvas, Figure], None]] = {
    "plain": _plain, "gradient": _gradient, "bokeh": _bokeh, "dots": _dots, "stripes": _stripes, "sky": _sky,
    "indoor": _gradient, "outdoor": _sky, "petals": _gradient, "transparent": _plain,
}  # fmt: skip


def draw_background(canvas: skia.Canvas, figure: Figure) -> None:
    """The backdrop, in coordinates where the picture is one unit wide and high."""
    _BACKGROUNDS[figure.parameters.background](canvas, figure)
