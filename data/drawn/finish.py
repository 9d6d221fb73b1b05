"""What lies over a finished picture: light that spills, the grain of paper."""

from functools import lru_cache

import numpy as np
import skia

from data.drawn.color import mix
from data.drawn.figure import Figure
from data.drawn.ink import linear, radial

_GRAIN = 128  # pixels of the tile of paper


def finish(canvas: skia.Canvas, figure: Figure) -> None:
    """Put the style's last layer over the picture; the canvas is in pixels."""
    size, p, manner = figure.size, figure.parameters, figure.manner
    everything = skia.Rect.MakeWH(size, size)
    if manner.glow:
        warm = (255, 240, 220)
        at = ((0.5 + 0.45 * p.light) * size, 0.08 * size)
        light = radial(at, 0.95 * size, [(0.0, warm, 0.36 * manner.glow), (1.0, warm, 0.0)])
        canvas.drawRect(everything, skia.Paint(Shader=light, BlendMode=skia.BlendMode.kSoftLight))
        haze = mix((255, 225, 230), p.background_other_rgb, 0.4)
        low = linear((0, 0.55 * size), (0, size), [(0.0, haze, 0.0), (1.0, haze, 0.22 * manner.glow)])
        canvas.drawRect(everything, skia.Paint(Shader=low, BlendMode=skia.BlendMode.kScreen))
    if manner.paper:
        scale = max(1.0, size / 512)
        matrix = skia.Matrix.Scale(scale, scale)
        paper = _grain().makeShader(skia.TileMode.kRepeat, skia.TileMode.kRepeat, skia.SamplingOptions(), matrix)
        canvas.drawRect(everything, skia.Paint(Shader=paper, BlendMode=skia.BlendMode.kMultiply, Alphaf=manner.paper))


@lru_cache(maxsize=1)
def _grain() -> skia.Image:
    """A tile of rough paper: white with soft specks, the same on every machine."""
    noise = np.random.RandomState(7).rand(_GRAIN, _GRAIN)
    soft = sum(np.roll(noise, shift, axis) for shift in (-1, 0, 1) for axis in (0, 1)) / 6
    value = (255 - 16 * np.clip((soft - 0.40) / 0.3, 0, 1)).astype(np.uint8)
    rgba = np.stack([value, value, (value * 0.985).astype(np.uint8), np.full_like(value, 255)], axis=2)
    return skia.Image.fromarray(np.ascontiguousarray(rgba), skia.kRGBA_8888_ColorType)
