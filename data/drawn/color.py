"""Colours by eye: OKLCH in and out of 8-bit sRGB.

Lightness, chroma and hue can be moved one at a time and look moved by as much, which makes shadows and highlights of
one colour belong together. Source: Björn Ottosson, "A perceptual color space for image processing", 2020.
"""

import math
from functools import lru_cache

RGB = tuple[int, int, int]


def _encode(linear: float) -> float:
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055


def _decode(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _linear(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3  # noqa: E741
    m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    s = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
        -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
        -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
    )


@lru_cache(maxsize=8192)
def oklch(lightness: float, chroma: float, hue: float) -> RGB:
    """sRGB of lightness 0..1, chroma 0..~0.3 and hue in degrees; what no screen can show loses chroma, not hue."""
    lightness = min(max(lightness, 0.0), 1.0)
    rgb = _linear(lightness, chroma, hue)
    for _ in range(12):
        if min(rgb) >= -1e-4 and max(rgb) <= 1.0001:
            break
        chroma *= 0.9
        rgb = _linear(lightness, chroma, hue)
    r, g, b = (round(255 * _encode(min(max(v, 0.0), 1.0))) for v in rgb)
    return r, g, b


@lru_cache(maxsize=8192)
def to_oklch(color: RGB) -> tuple[float, float, float]:
    """(lightness 0..1, chroma, hue in degrees 0..360) of an 8-bit sRGB colour."""
    r, g, b = (_decode(v / 255) for v in color)
    l = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)  # noqa: E741
    m = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    s = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    lightness = 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s
    a = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s
    b2 = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s
    return lightness, math.hypot(a, b2), math.degrees(math.atan2(b2, a)) % 360


def shift(
    color: RGB, lightness: float = 0.0, chroma: float = 1.0, toward: float | None = None, turn: float = 0.0
) -> RGB:
    """The colour with `lightness` added, chroma multiplied, and hue turned up to `turn` degrees toward hue `toward`."""
    l0, c0, h0 = to_oklch(color)
    if toward is not None:
        way = (toward - h0 + 180) % 360 - 180
        h0 += math.copysign(min(abs(way), turn), way)
    return oklch(round(l0 + lightness, 4), round(c0 * chroma, 4), round(h0, 2))


def mix(one: RGB, two: RGB, share: float) -> RGB:
    """`share` 0..1 of the second colour over the first, in sRGB as a translucent layer would."""
    r, g, b = (round(p + (q - p) * share) for p, q in zip(one, two, strict=True))
    return r, g, b
