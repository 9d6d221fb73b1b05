"""What is worn: eight kinds of collars, each with what lies behind the neck and what lies before it."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import skia

from data.drawn.clothes.neckwear import contrasting, draw_bow, draw_neckwear, plate, shade_under_head, white_of
from data.drawn.clothes.trunk import Body, drape
from data.drawn.color import mix
from data.drawn.figure import Tones
from data.drawn.geometry import Point, lerp
from data.drawn.ink import add_smooth, fill, oval, smooth, strip, stroke, tapered


def _inside(canvas: skia.Canvas, body: Body, tones: Tones, rise: float, reach: float) -> None:
    """The inner side of a collar behind the neck."""
    n = body.neck + reach
    points = [(-n, 0.12), (-n * 1.02, -0.3 * rise), (-0.8 * n, -rise), (0, -rise - 0.05)]
    ring = [*points, *[(-x, y) for x, y in points[2::-1]]]
    shape = smooth([body.at(x, y, 0.0) for x, y in ring], closed=True)
    fill(canvas, shape, mix(tones.shade, tones.deep, 0.6))
    stroke(canvas, shape, tones.line, body.figure.line)


def _round(reach: float, drop: float, body: Body) -> list[Point]:
    """The left half of a round neckline, to the middle."""
    n = body.neck + reach
    return [(-n, body.slope(n) - 0.02), (-0.78 * n, 0.58 * drop), (-0.42 * n, 0.9 * drop), (0.0, drop)]


def _pointed(reach: float, drop: float, body: Body) -> list[Point]:
    """The left half of a V neckline."""
    n = body.neck + reach
    return [(-n, body.slope(n) - 0.02), (-0.6 * n, 0.42 * drop), (0.0, drop)]


def _mirror(points: Sequence[Point]) -> list[Point]:
    return [(-x, y) for x, y in points[::-1]]


def _dress(canvas: skia.Canvas, body: Body, half: Sequence[Point], tones: Tones, lift: float = 0.02) -> skia.Path:
    shape = body.garment(half, _mirror(half), lift)
    drape(canvas, body, shape, tones)
    return shape


def _sailor(canvas: skia.Canvas, body: Body) -> None:
    figure = body.figure
    white, cloth = white_of(figure), figure.cloth
    n = body.neck
    _dress(canvas, body, _pointed(0.05, 0.35, body), white)
    if figure.dice.chance("sailor.dickey", 0.5):
        piece = smooth(body.path([(-0.5 * n, 0.16), (0.0, 0.205), (0.5 * n, 0.16), (0.0, 0.40)]), closed=True)
        plate(canvas, body, piece, white)
    mark = contrasting(body, cloth)
    stripes = 1 + int(2 * figure.dice.unit("sailor.stripes"))
    for sign in (-1.0, 1.0):
        inner = [(sign * (n + 0.0), -0.05), (sign * 0.60 * n, 0.15), (0.0, 0.35)]
        outer = [(0.0, 0.62), (sign * 0.45, 0.66), (sign * 0.84, 0.50), (sign * 0.99, body.slope(0.99) - 0.015)]
        over = [(sign * x, body.slope(x) - 0.055) for x in (0.99, 0.7, 0.45, n + 0.08)]
        flap = skia.Path()
        flap.moveTo(*body.at(*inner[0]))
        add_smooth(flap, body.path(inner))
        flap.lineTo(*body.at(*outer[0]))
        add_smooth(flap, body.path(outer))
        flap.lineTo(*body.at(*over[0]))
        add_smooth(flap, [*body.path(over), body.at(*inner[0])])
        flap.close()
        plate(canvas, body, flap, cloth, white)
        shade_under_head(canvas, body, flap, cloth, 0.30)
        canvas.save()
        canvas.clipPath(flap, doAntiAlias=True)
        for i in range(stripes):
            a = 0.88 - 0.075 * i
            run = [
                (sign * (a + 0.03), body.slope(a) - 0.1),
                (sign * (a - 0.12), 0.45 - 0.05 * i),
                (sign * 0.42, 0.58 - 0.065 * i),
                (0.0, 0.55),
            ]
            stroke(canvas, smooth(body.path(run)), mark.base, 0.036)
        canvas.restore()
    draw_bow(canvas, body, 0.37, 0.46, figure.accent)


def _points(canvas: skia.Canvas, body: Body, tones: Tones, under: Tones, spread: float) -> None:
    """The two pointed wings of a shirt's collar."""
    n = body.neck
    for sign in (-1.0, 1.0):
        wing = [(sign * (n + 0.03), -0.13), (sign * (n + 0.10), 0.0), (sign * (n + 0.08), 0.10)]
        tip = [(sign * spread, 0.33), (0.0, 0.17)]
        shape = skia.Path()
        shape.moveTo(*body.at(*wing[0], 0.05))
        add_smooth(shape, [body.at(*wing[0], 0.05), body.at(*wing[1], 0.05), body.at(*wing[2])])
        shape.lineTo(*body.at(*tip[0]))
        shape.lineTo(*body.at(*tip[1]))
        shape.quadTo(*body.at(sign * 0.7 * n, 0.06), *body.at(*wing[0], 0.05))
        shape.close()
        plate(canvas, body, shape, tones, under)
        shade_under_head(canvas, body, shape, tones, 0.16)


def _shirt(canvas: skia.Canvas, body: Body) -> None:
    figure = body.figure
    white = white_of(figure)
    knit = figure.dice.chance("shirt.knit", 0.6)
    if not knit:
        white = figure.tones(mix(figure.parameters.cloth_rgb, white.base, 0.82))
    _dress(canvas, body, _round(0.03, 0.15, body), white)
    if knit:
        half = _pointed(0.20, 0.56, body)
        _dress(canvas, body, half, figure.cloth, 0.035)
        hem = [(x * 1.06, y + 0.035) for x, y in half]
        for side in (hem, _mirror(hem)):
            stroke(canvas, smooth(body.path(side)), figure.cloth.line, 0.6 * figure.line, 0.7)
    else:
        for i in (0, 1):
            x, y = body.at(0.02, 0.42 + 0.24 * i)
            fill(canvas, oval(x, y, 0.025, 0.025), white.deep)
    _points(canvas, body, white, white, 0.30)
    draw_neckwear(canvas, body, 0.15)


def _crew(canvas: skia.Canvas, body: Body) -> None:
    figure = body.figure
    cloth = figure.cloth
    wide = 0.04 + 0.10 * figure.dice.unit("crew.wide")
    drop = 0.19 + 0.5 * wide
    half = _round(wide, drop, body)
    _dress(canvas, body, half, cloth)
    trim = figure.accent if figure.dice.chance("crew.trim", 0.3) else cloth
    band = [*half, *_mirror(half)[1:]]
    low = [(1.16 * x, y + 0.075 - 0.04 * abs(x)) for x, y in band]
    shape = skia.Path()
    shape.moveTo(*body.at(*band[0]))
    add_smooth(shape, body.path(band))
    shape.lineTo(*body.at(*low[-1]))
    add_smooth(shape, body.path(low[::-1]))
    shape.close()
    plate(canvas, body, shape, trim, cloth)
    shade_under_head(canvas, body, shape, trim, 0.30)
    for i in range(1, 12):
        t = i / 12 * (len(band) - 1)
        k = min(int(t), len(band) - 2)
        a = [lerp(band[k][j], band[k + 1][j], t - k) for j in (0, 1)]
        b = [lerp(low[k][j], low[k + 1][j], t - k) for j in (0, 1)]
        stroke(canvas, smooth([body.at(*a), body.at(*b)]), trim.shade, 0.5 * figure.line)


def _off_shoulder(canvas: skia.Canvas, body: Body) -> None:
    figure = body.figure
    cloth, n, w = figure.cloth, body.neck, body.width
    halter = figure.dice.chance("bare.halter", 0.4)
    for sign in (-1.0, 1.0):
        if halter:
            strap = [(sign * (n - 0.01), -0.07), (sign * (n + 0.0), 0.06), (sign * 0.34, 0.22), (sign * 0.46, 0.6)]
        else:
            strap = [(sign * 0.66, body.slope(0.66) - 0.01), (sign * 0.68, 0.33), (sign * 0.62, 0.6)]
        band = tapered([body.at(x, y) for x, y in strap], 0.085, 0.5 if halter else 1.0, 1.0)
        plate(canvas, body, band, cloth, figure.skin)
    # The edge lies round the arms and dips a little on the breast.
    edge = [
        (-0.88 * w, body.slope(0.88 * w) - 0.03),
        (-0.70 * w, 0.395),
        (-0.42 * w, 0.375),
        (-0.17, 0.345),
        (0.0, 0.375),
    ]
    top = [*edge, *_mirror(edge)[1:]]
    shape = body.garment(edge, _mirror(edge), 0.045)
    drape(canvas, body, shape, cloth)
    _frill(canvas, body, top, figure.tones(mix(cloth.base, white_of(figure).base, 0.55)))
    _choker(canvas, body)


def _frill(canvas: skia.Canvas, body: Body, top: Sequence[Point], tones: Tones) -> None:
    """A waved border along a neckline."""
    waves: list[Point] = []
    upper = body.path(top)
    for i, ((x0, y0), (x1, y1)) in enumerate(pairwise(upper)):
        for k in range(3):
            t = k / 3
            waves.append((lerp(x0, x1, t), lerp(y0, y1, t) + (0.13 if (3 * i + k) % 2 else 0.085)))
    shape = strip([(x, y - 0.015) for x, y in upper], waves)
    plate(canvas, body, shape, tones, body.figure.cloth)
    for x, y in waves[1::2]:
        stroke(canvas, smooth([(x, y - 0.01), (x * 0.99, y - 0.08)]), tones.shade, body.figure.line)


def _choker(canvas: skia.Canvas, body: Body) -> None:
    figure, n = body.figure, body.neck
    tones = figure.accent
    kind = figure.dice.choose("choker", ("band", "pendant", "bow"))
    curve = [(-n * 0.985, -0.09), (-0.5 * n, -0.015), (0.0, 0.01), (0.5 * n, -0.015), (n * 0.985, -0.09)]
    at = [body.at(x, y, 0.85 * (max(0.0, n * n - x * x)) ** 0.5) for x, y in curve]
    band = tapered(at, 0.045 if kind == "pendant" else 0.085, 1, 1)
    plate(canvas, body, band, tones, figure.skin)
    shade_under_head(canvas, body, band, tones, 0.13)
    x, y = at[2]
    if kind == "pendant":
        gem = figure.tones(figure.parameters.eye_rgb)
        drop = smooth([(x, y + 0.01), (x + 0.045, y + 0.09), (x, y + 0.135), (x - 0.045, y + 0.09)], closed=True)
        plate(canvas, body, drop, gem, figure.skin)
        fill(canvas, oval(x - 0.012, y + 0.075, 0.011, 0.016), (255, 255, 255), 0.9)
    if kind == "bow":
        draw_bow(canvas, body, y - body.base[1] + 0.03, 0.22, tones)


def _hood_behind(canvas: skia.Canvas, body: Body) -> None:
    n, cloth = body.neck, body.figure.cloth
    half = [(-1.02, 0.30), (-0.98, 0.02), (-0.74, -0.17), (-0.40, -0.24), (0.0, -0.26)]
    hood = smooth([body.at(x, y, -0.1) for x, y in [*half, *_mirror(half)[1:]]], closed=True)
    plate(canvas, body, hood, cloth)
    inner = [(-n - 0.3, 0.2), (-n - 0.26, -0.04), (-n - 0.02, -0.16), (0.0, -0.20)]
    lining = smooth([body.at(x, y, 0.0) for x, y in [*inner, *_mirror(inner)[1:]]], closed=True)
    fill(canvas, lining, mix(cloth.shade, cloth.deep, 0.8))


def _hoodie(canvas: skia.Canvas, body: Body) -> None:
    figure, n = body.figure, body.neck
    cloth = figure.cloth
    _dress(canvas, body, _pointed(0.16, 0.34, body), cloth, 0.06)
    string = contrasting(body, cloth)
    for sign in (-1.0, 1.0):
        roll = [(n + 0.04, -0.14), (n + 0.27, -0.13), (n + 0.50, 0.01), (n + 0.46, 0.19), (n + 0.18, 0.32)]
        roll += [(0.10, 0.41), (-0.02, 0.36), (0.40 * n, 0.25), (n - 0.01, 0.12)]
        shape = smooth([body.at(sign * x, y) for x, y in roll], closed=True)
        plate(canvas, body, shape, cloth, cloth)
        shade_under_head(canvas, body, shape, cloth, 0.26)
        fold = [(n + 0.12, -0.06), (n + 0.24, 0.10), (n + 0.02, 0.24), (0.14, 0.35)]
        fill(canvas, tapered([body.at(sign * x, y) for x, y in fold], 0.05, 0.0, 0.2), cloth.shade, 0.9)
        edge = [(n + 0.44, 0.0), (n + 0.41, 0.14), (n + 0.22, 0.245)]
        fill(canvas, tapered([body.at(sign * x, y) for x, y in edge], 0.04, 0.0, 0.0), cloth.light, 0.7)
        sway = 0.03 * figure.dice.unit(f"string{sign}")
        cord = [(0.17, 0.30), (0.20 + sway, 0.44), (0.185 + sway, 0.62), (0.21 + 2 * sway, 0.80)]
        at = [body.at(sign * x, y) for x, y in cord]
        stroke(canvas, smooth(at), string.line, 0.04 + 1.6 * figure.line)
        stroke(canvas, smooth(at), string.base, 0.04)
        fill(canvas, oval(*at[0], 0.032, 0.028), cloth.line)


def _turtleneck(canvas: skia.Canvas, body: Body) -> None:
    figure, n = body.figure, body.neck
    cloth = figure.cloth
    _dress(canvas, body, _round(0.02, 0.10, body), cloth, 0.03)
    out = n + 0.04
    top = [(-out, -0.16), (-0.6 * out, -0.095), (0.0, -0.07), (0.6 * out, -0.095), (out, -0.16)]
    low = [(-out - 0.05, 0.06), (-0.6 * out, 0.15), (0.0, 0.185), (0.6 * out, 0.15), (out + 0.05, 0.06)]

    def around(points: Sequence[Point]) -> list[Point]:
        return [body.at(x, y, 0.9 * max(0.0, out * out - x * x) ** 0.5) for x, y in points]

    one, other = around(top), around(low)
    shape = skia.Path()
    shape.moveTo(*one[0])
    add_smooth(shape, one)
    shape.quadTo(one[-1][0] + 0.015, lerp(one[-1][1], other[-1][1], 0.6), *other[-1])
    add_smooth(shape, other[::-1])
    shape.quadTo(one[0][0] - 0.015, lerp(one[0][1], other[0][1], 0.6), *one[0])
    shape.close()
    plate(canvas, body, shape, cloth, cloth)
    shade_under_head(canvas, body, shape, cloth, 0.13)
    for i in range(1, 14):
        x = -out + 2 * out * (0.5 - 0.5 * (1 - 2 * i / 14) * (1.5 - 0.5 * (1 - 2 * i / 14) ** 2))
        s = (x / out) ** 2
        rib = around([(x, -0.07 - 0.085 * s + 0.02), (x * 1.04, 0.05), (x * 1.14, 0.17 - 0.11 * s)])
        fill(canvas, tapered(rib, 0.75 * figure.line, 0.5, 0.5), mix(cloth.shade, cloth.line, 0.45), 0.8)


def _kimono(canvas: skia.Canvas, body: Body) -> None:
    figure, n = body.figure, body.neck
    cloth, accent, white = figure.cloth, figure.accent, white_of(figure)
    shape = _dress(canvas, body, _pointed(0.16, 0.42, body), cloth, 0.05)
    canvas.save()
    canvas.clipPath(shape, doAntiAlias=True)
    for i in range(7):
        x = (1 if i % 2 else -1) * figure.dice.uniform(f"kimono.x{i}", 0.55, 1.6)
        y = figure.dice.uniform(f"kimono.y{i}", 0.15, 0.85)
        _blossom(
            canvas, body.at(x, y), figure.dice.uniform(f"kimono.r{i}", 0.05, 0.10), mix(cloth.light, accent.base, 0.35)
        )
    canvas.restore()
    # The wearer's left side lies over the right one; drawn from the skin outward on both sides.
    broad = mix(cloth.base, cloth.deep, 0.35)
    layers = ((0.00, 0.085, white), (0.075, 0.05, accent), (0.115, 0.15, figure.tones(broad)))
    for sign in (-1.0, 1.0):
        for start, wide, tones in layers:
            a, b = start, start + wide
            # Along the neck and across the breast; the ends lie beyond the middle.
            inner = [
                (n + 0.03 + a, -0.17 + 0.3 * a),
                (n - 0.02 + a, 0.02 + 0.2 * a),
                (0.5 * n + 0.8 * a, 0.17 + 0.4 * a),
                (-0.22, 0.47 + 1.1 * a),
            ]
            outer = [
                (n + 0.03 + b, -0.17 + 0.5 * b),
                (n - 0.02 + b, 0.02 + 0.2 * b),
                (0.5 * n + 0.8 * b, 0.17 + 0.4 * b),
                (-0.22, 0.47 + 1.1 * b),
            ]
            band = strip([body.at(sign * x, y) for x, y in inner], [body.at(sign * x, y) for x, y in outer])
            plate(canvas, body, band, tones, cloth if start > 0.1 else None)
            shade_under_head(canvas, body, band, tones, 0.24)


def _blossom(canvas: skia.Canvas, at: Point, radius: float, tone: tuple[int, int, int]) -> None:
    flower = skia.Path()
    for dx, dy in ((0.0, -1.0), (0.95, -0.31), (0.59, 0.81), (-0.59, 0.81), (-0.95, -0.31)):
        x, y, r = at[0] + 0.55 * radius * dx, at[1] + 0.55 * radius * dy, 0.42 * radius
        flower.addOval(skia.Rect.MakeLTRB(x - r, y - r, x + r, y + r))
    fill(canvas, flower, tone, 0.75)


def _jacket(canvas: skia.Canvas, body: Body) -> None:
    figure, n = body.figure, body.neck
    white, cloth = white_of(figure), figure.cloth
    _dress(canvas, body, _round(0.03, 0.15, body), white)
    _points(canvas, body, white, white, 0.26)
    draw_neckwear(canvas, body, 0.15)
    _dress(canvas, body, [(-n - 0.13, body.slope(n + 0.13) - 0.04), (-0.33, 0.36), (-0.06, 0.95)], cloth, 0.045)
    piped = figure.dice.chance("jacket.piping", 0.4)
    for sign in (-1.0, 1.0):
        shawl = [(n + 0.05, -0.13), (n + 0.10, 0.08), (0.34, 0.38), (0.06, 0.95)]
        lapel = [(0.62, 0.50), (0.66, 0.33), (0.50, 0.30)]
        collar = [(0.60, 0.22), (0.50, 0.07), (n + 0.15, -0.07)]
        shape = skia.Path()
        at = [body.at(sign * x, y) for x, y in shawl]
        shape.moveTo(*at[0])
        add_smooth(shape, at)
        for x, y in (*lapel, *collar):
            shape.lineTo(*body.at(sign * x, y))
        shape.close()
        plate(canvas, body, shape, cloth, cloth)
        shade_under_head(canvas, body, shape, cloth, 0.28)
        notch = [body.at(sign * x, y) for x, y in ((0.50, 0.30), (0.36, 0.25))]
        stroke(canvas, smooth(notch), cloth.line, 0.8 * figure.line)
        if piped:
            run = [body.at(sign * x, y) for x, y in ((0.585, 0.49), (0.625, 0.345), (0.50, 0.325))]
            stroke(canvas, smooth(run), contrasting(body, cloth).base, 0.022)


# What is painted over the neck, and what before it, so that the neck hides it.
OVER: dict[str, Callable[[skia.Canvas, Body], None]] = {
    "sailor": _sailor, "shirt": _shirt, "crew": _crew, "off_shoulder": _off_shoulder, "hoodie": _hoodie,
    "turtleneck": _turtleneck, "kimono": _kimono, "jacket": _jacket,
}  # fmt: skip
BEHIND: dict[str, Callable[[skia.Canvas, Body], None]] = {
    "sailor": lambda canvas, body: _inside(canvas, body, body.figure.cloth, 0.06, 0.0),
    "shirt": lambda canvas, body: _inside(canvas, body, white_of(body.figure), 0.15, 0.03),
    "crew": lambda canvas, body: _inside(canvas, body, body.figure.cloth, 0.03, 0.05),
    "hoodie": _hood_behind,
    "turtleneck": lambda canvas, body: _inside(canvas, body, body.figure.cloth, 0.18, 0.03),
    "kimono": lambda canvas, body: _inside(canvas, body, white_of(body.figure), 0.15, 0.05),
    "jacket": lambda canvas, body: _inside(canvas, body, white_of(body.figure), 0.15, 0.08),
}
