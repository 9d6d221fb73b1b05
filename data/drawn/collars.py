"""What is worn: eight kinds of collars, each with what lies behind the neck and what lies before it."""

from collections.abc import Callable, Sequence

import skia

from data.drawn.color import mix, oklch, to_oklch
from data.drawn.figure import Figure, Tones
from data.drawn.geometry import Point, lerp
from data.drawn.ink import add_smooth, fill, linear, oval, polygon, smooth, stroke, tapered
from data.drawn.trunk import Body, drape


def _white(figure: Figure) -> Tones:
    """White cloth: never quite white, it takes a little of the colours beside it."""
    hue = to_oklch(figure.parameters.cloth_rgb)[2]
    return figure.tones(oklch(0.962, 0.012, hue))


def _bordered(body: Body, tones: Tones) -> Tones:
    """A colour that shows on these tones: white, or the accent on cloth that is pale."""
    return body.figure.accent if to_oklch(tones.base)[0] > 0.82 else _white(body.figure)


def _plate(canvas: skia.Canvas, body: Body, shape: skia.Path, tones: Tones, under: Tones | None = None) -> None:
    """A flat piece of cloth, lit from one side; it throws a shadow on what is `under` it."""
    figure = body.figure
    light = figure.parameters.light
    if under is not None:
        shadow = skia.Path(shape)
        shadow.offset(-0.03 * light, 0.045)
        fill(canvas, shadow, under.shade, min(1.0, 0.95 * figure.manner.shade), 0.5 * figure.manner.soft)
    fill(canvas, shape, tones.base)
    box = shape.getBounds()
    x0, x1 = (box.left(), box.right()) if light < 0 else (box.right(), box.left())
    fill(
        canvas, shape, linear((x0, box.top()), (x1, box.bottom()), [(0.35, tones.shade, 0.0), (1.0, tones.shade, 0.65)])
    )
    stroke(canvas, shape, tones.line, figure.line)


def _shaded(canvas: skia.Canvas, body: Body, shape: skia.Path, tones: Tones, down: float) -> None:
    """The head's shadow on one piece."""
    canvas.save()
    canvas.clipPath(shape, doAntiAlias=True)
    manner = body.figure.manner
    fill(canvas, body.thrown(down, 0.10), tones.shade, min(1.0, 0.9 * manner.shade), 0.6 * manner.soft)
    canvas.restore()


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


def _bow(canvas: skia.Canvas, body: Body, y: float, size: float, tones: Tones) -> None:
    """A ribbon bow on the chest."""
    line = 0.85 * body.figure.line
    cx, cy = body.at(0.0, y)

    def put(points: Sequence[Point], sign: float) -> list[Point]:
        return [(cx + sign * size * a, cy + size * b) for a, b in points]

    for sign in (-1.0, 1.0):
        tail = polygon(put([(0.0, 0.0), (0.20, 0.16), (0.42, 0.62), (0.26, 0.60), (0.16, 0.70), (0.03, 0.2)], sign))
        fill(canvas, tail, mix(tones.base, tones.shade, 0.6))
        stroke(canvas, tail, tones.line, line)
    for sign in (-1.0, 1.0):
        loop = smooth(
            put(
                [(0.04, -0.05), (0.32, -0.27), (0.60, -0.24), (0.66, 0.04), (0.56, 0.26), (0.28, 0.17), (0.04, 0.06)],
                sign,
            ),
            closed=True,
        )
        _plate(canvas, body, loop, tones)
        fill(
            canvas,
            smooth(put([(0.06, -0.02), (0.30, -0.10), (0.44, 0.0), (0.30, 0.08)], sign), closed=True),
            tones.shade,
            0.9,
        )
        fill(canvas, tapered(put([(0.08, -0.04), (0.24, -0.12), (0.40, -0.13)], sign), line, 0.8, 0.0), tones.line)
        fill(
            canvas,
            tapered(put([(0.34, -0.20), (0.48, -0.19), (0.56, -0.12)], sign), 0.05 * size, 0.0, 0.0),
            tones.light,
            0.9,
        )
    knot = smooth(put([(-0.10, -0.10), (0.10, -0.10), (0.12, 0.10), (-0.12, 0.10)], 1.0), closed=True)
    _plate(canvas, body, knot, tones)


def _tie(canvas: skia.Canvas, body: Body, y: float, tones: Tones) -> None:
    """A necktie; every second one has stripes."""
    line = 0.85 * body.figure.line
    blade = polygon(body.path([(-0.05, y + 0.1), (0.05, y + 0.1), (0.14, y + 0.9), (-0.14, y + 0.9)]))
    _plate(canvas, body, blade, tones)
    canvas.save()
    canvas.clipPath(blade, doAntiAlias=True)
    if body.figure.dice.chance("tie.stripes", 0.5):
        for i in range(3):
            top = y + 0.2 + 0.15 * i
            band = body.path([(-0.2, top + 0.08), (0.2, top - 0.08), (0.2, top - 0.03), (-0.2, top + 0.13)])
            fill(canvas, polygon(band), _bordered(body, tones).base, 0.85)
    fill(
        canvas,
        polygon(body.path([(-0.1, y + 0.1), (0.1, y + 0.1), (0.06, y + 0.17), (-0.06, y + 0.15)])),
        tones.deep,
        0.6,
    )
    canvas.restore()
    knot = smooth(body.path([(-0.085, y), (0.085, y), (0.05, y + 0.12), (-0.05, y + 0.12)]), closed=True)
    _plate(canvas, body, knot, tones)
    fill(canvas, tapered(body.path([(-0.03, y + 0.03), (-0.01, y + 0.09)]), line, 0.5, 0.2), tones.line, 0.6)


def _neckwear(canvas: skia.Canvas, body: Body, y: float) -> None:
    """Men wear ties, the others a bow as often."""
    figure = body.figure
    if figure.parameters.masculine > 0.5 or figure.dice.chance("neck.tie", 0.4):
        _tie(canvas, body, y, figure.accent)
    else:
        _bow(canvas, body, y + 0.09, 0.40, figure.accent)


def _sailor(canvas: skia.Canvas, body: Body) -> None:
    figure = body.figure
    white, cloth = _white(figure), figure.cloth
    n = body.neck
    _dress(canvas, body, _pointed(0.05, 0.35, body), white)
    if figure.dice.chance("sailor.dickey", 0.5):
        piece = smooth(body.path([(-0.5 * n, 0.16), (0.0, 0.205), (0.5 * n, 0.16), (0.0, 0.40)]), closed=True)
        _plate(canvas, body, piece, white)
    mark = _bordered(body, cloth)
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
        _plate(canvas, body, flap, cloth, white)
        _shaded(canvas, body, flap, cloth, 0.30)
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
    _bow(canvas, body, 0.37, 0.46, figure.accent)


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
        _plate(canvas, body, shape, tones, under)
        _shaded(canvas, body, shape, tones, 0.16)


def _shirt(canvas: skia.Canvas, body: Body) -> None:
    figure = body.figure
    white = _white(figure)
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
    _neckwear(canvas, body, 0.15)


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
    _plate(canvas, body, shape, trim, cloth)
    _shaded(canvas, body, shape, trim, 0.30)
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
        _plate(canvas, body, band, cloth, figure.skin)
    # The edge lies round the arms and dips a little on the breast.
    edge = [(-0.88 * w, body.slope(0.88 * w) - 0.03), (-0.70 * w, 0.395), (-0.42 * w, 0.375), (-0.17, 0.345), (0.0, 0.375)]
    top = [*edge, *_mirror(edge)[1:]]
    shape = body.garment(edge, _mirror(edge), 0.045)
    drape(canvas, body, shape, cloth)
    _frill(canvas, body, top, figure.tones(mix(cloth.base, _white(figure).base, 0.55)))
    _choker(canvas, body)


def _frill(canvas: skia.Canvas, body: Body, top: Sequence[Point], tones: Tones) -> None:
    """A waved border along a neckline."""
    waves: list[Point] = []
    upper = body.path(top)
    for i, ((x0, y0), (x1, y1)) in enumerate(zip(upper, upper[1:], strict=False)):
        for k in range(3):
            t = k / 3
            waves.append((lerp(x0, x1, t), lerp(y0, y1, t) + (0.13 if (3 * i + k) % 2 else 0.085)))
    shape = skia.Path()
    raised = [(x, y - 0.015) for x, y in upper]
    shape.moveTo(*raised[0])
    add_smooth(shape, raised)
    shape.lineTo(*waves[-1])
    add_smooth(shape, waves[::-1])
    shape.close()
    _plate(canvas, body, shape, tones, body.figure.cloth)
    for x, y in waves[1::2]:
        stroke(canvas, smooth([(x, y - 0.01), (x * 0.99, y - 0.08)]), tones.shade, body.figure.line)


def _choker(canvas: skia.Canvas, body: Body) -> None:
    figure, n = body.figure, body.neck
    tones = figure.accent
    kind = figure.dice.choose("choker", ("band", "pendant", "bow"))
    curve = [(-n * 0.985, -0.09), (-0.5 * n, -0.015), (0.0, 0.01), (0.5 * n, -0.015), (n * 0.985, -0.09)]
    at = [body.at(x, y, 0.85 * (max(0.0, n * n - x * x)) ** 0.5) for x, y in curve]
    band = tapered(at, 0.045 if kind == "pendant" else 0.085, 1, 1)
    _plate(canvas, body, band, tones, figure.skin)
    _shaded(canvas, body, band, tones, 0.13)
    x, y = at[2]
    if kind == "pendant":
        gem = figure.tones(figure.parameters.eye_rgb)
        drop = smooth([(x, y + 0.01), (x + 0.045, y + 0.09), (x, y + 0.135), (x - 0.045, y + 0.09)], closed=True)
        _plate(canvas, body, drop, gem, figure.skin)
        fill(canvas, oval(x - 0.012, y + 0.075, 0.011, 0.016), (255, 255, 255), 0.9)
    if kind == "bow":
        _bow(canvas, body, y - body.base[1] + 0.03, 0.22, tones)


def _hood_behind(canvas: skia.Canvas, body: Body) -> None:
    n, cloth = body.neck, body.figure.cloth
    half = [(-1.02, 0.30), (-0.98, 0.02), (-0.74, -0.17), (-0.40, -0.24), (0.0, -0.26)]
    hood = smooth([body.at(x, y, -0.1) for x, y in [*half, *_mirror(half)[1:]]], closed=True)
    _plate(canvas, body, hood, cloth)
    inner = [(-n - 0.3, 0.2), (-n - 0.26, -0.04), (-n - 0.02, -0.16), (0.0, -0.20)]
    lining = smooth([body.at(x, y, 0.0) for x, y in [*inner, *_mirror(inner)[1:]]], closed=True)
    fill(canvas, lining, mix(cloth.shade, cloth.deep, 0.8))


def _hoodie(canvas: skia.Canvas, body: Body) -> None:
    figure, n = body.figure, body.neck
    cloth = figure.cloth
    _dress(canvas, body, _pointed(0.16, 0.34, body), cloth, 0.06)
    string = _bordered(body, cloth)
    for sign in (-1.0, 1.0):
        roll = [(n + 0.04, -0.14), (n + 0.27, -0.13), (n + 0.50, 0.01), (n + 0.46, 0.19), (n + 0.18, 0.32)]
        roll += [(0.10, 0.41), (-0.02, 0.36), (0.40 * n, 0.25), (n - 0.01, 0.12)]
        shape = smooth([body.at(sign * x, y) for x, y in roll], closed=True)
        _plate(canvas, body, shape, cloth, cloth)
        _shaded(canvas, body, shape, cloth, 0.26)
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
    _plate(canvas, body, shape, cloth, cloth)
    _shaded(canvas, body, shape, cloth, 0.13)
    for i in range(1, 14):
        x = -out + 2 * out * (0.5 - 0.5 * (1 - 2 * i / 14) * (1.5 - 0.5 * (1 - 2 * i / 14) ** 2))
        s = (x / out) ** 2
        rib = around([(x, -0.07 - 0.085 * s + 0.02), (x * 1.04, 0.05), (x * 1.14, 0.17 - 0.11 * s)])
        fill(canvas, tapered(rib, 0.75 * figure.line, 0.5, 0.5), mix(cloth.shade, cloth.line, 0.45), 0.8)


def _kimono(canvas: skia.Canvas, body: Body) -> None:
    figure, n = body.figure, body.neck
    cloth, accent, white = figure.cloth, figure.accent, _white(figure)
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
            at = [body.at(sign * x, y) for x, y in inner]
            back = [body.at(sign * x, y) for x, y in outer[::-1]]
            band = skia.Path()
            band.moveTo(*at[0])
            add_smooth(band, at)
            band.lineTo(*back[0])
            add_smooth(band, back)
            band.close()
            _plate(canvas, body, band, tones, cloth if start > 0.1 else None)
            _shaded(canvas, body, band, tones, 0.24)


def _blossom(canvas: skia.Canvas, at: Point, radius: float, tone: tuple[int, int, int]) -> None:
    flower = skia.Path()
    for dx, dy in ((0.0, -1.0), (0.95, -0.31), (0.59, 0.81), (-0.59, 0.81), (-0.95, -0.31)):
        x, y, r = at[0] + 0.55 * radius * dx, at[1] + 0.55 * radius * dy, 0.42 * radius
        flower.addOval(skia.Rect.MakeLTRB(x - r, y - r, x + r, y + r))
    fill(canvas, flower, tone, 0.75)


def _jacket(canvas: skia.Canvas, body: Body) -> None:
    figure, n = body.figure, body.neck
    white, cloth = _white(figure), figure.cloth
    _dress(canvas, body, _round(0.03, 0.15, body), white)
    _points(canvas, body, white, white, 0.26)
    _neckwear(canvas, body, 0.15)
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
        _plate(canvas, body, shape, cloth, cloth)
        _shaded(canvas, body, shape, cloth, 0.28)
        notch = [body.at(sign * x, y) for x, y in ((0.50, 0.30), (0.36, 0.25))]
        stroke(canvas, smooth(notch), cloth.line, 0.8 * figure.line)
        if piped:
            run = [body.at(sign * x, y) for x, y in ((0.585, 0.49), (0.625, 0.345), (0.50, 0.325))]
            stroke(canvas, smooth(run), _bordered(body, cloth).base, 0.022)


# What is painted before the neck, so that the neck hides it: (tones' owner, rise, reach) for simple collars.
BEFORE: dict[str, Callable[[skia.Canvas, Body], None]] = {
    "sailor": _sailor, "shirt": _shirt, "crew": _crew, "off_shoulder": _off_shoulder, "hoodie": _hoodie,
    "turtleneck": _turtleneck, "kimono": _kimono, "jacket": _jacket,
}  # fmt: skip
BEHIND: dict[str, Callable[[skia.Canvas, Body], None]] = {
    "sailor": lambda canvas, body: _inside(canvas, body, body.figure.cloth, 0.06, 0.0),
    "shirt": lambda canvas, body: _inside(canvas, body, _white(body.figure), 0.15, 0.03),
    "crew": lambda canvas, body: _inside(canvas, body, body.figure.cloth, 0.03, 0.05),
    "hoodie": _hood_behind,
    "turtleneck": lambda canvas, body: _inside(canvas, body, body.figure.cloth, 0.18, 0.03),
    "kimono": lambda canvas, body: _inside(canvas, body, _white(body.figure), 0.15, 0.05),
    "jacket": lambda canvas, body: _inside(canvas, body, _white(body.figure), 0.15, 0.03),
}
