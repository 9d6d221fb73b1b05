"""The loss curves as a picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from data import durable

SIZE = (1000, 560)
LEFT, TOP, RIGHT, BOTTOM = 70, 50, 980, 510  # of the plot, in pixels
COLORS = ("#3b6fd4", "#d4573b", "#3fa36b", "#8a5bc7", "#b98a1d", "#4a4a4a", "#c95c9c", "#2b9db0")
SMOOTH = 0.02  # of the lines, as the half-life of the dark curve over the pale one


def save_curves(path: Path, lines: Sequence[dict[str, Any]]) -> None:
    """PNG of every loss in the lines of `stats.jsonl` over kimg: pale as it is, dark smoothed. At least two lines."""
    if len(lines) < 2:
        return
    names = [name for name in {**lines[0], **lines[1]} if name not in ("nimg", "s/kimg", "time")]
    kimg = np.array([line["nimg"] / 1000 for line in lines])
    curves = {name: np.array([float(line.get(name, math.nan)) for line in lines]) for name in names}
    top = (
        float(np.nanpercentile(np.stack([*curves.values()]), 99.5)) * 1.1 or 1.0
    )  # one spike must not flatten the rest
    low = min(0.0, float(np.nanmin(np.stack([*curves.values()]))))

    image = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(15)

    def at(x: float, y: float) -> tuple[float, float]:
        share = min(max((y - low) / (top - low), 0.0), 1.0)
        return LEFT + (RIGHT - LEFT) * x / kimg[-1], BOTTOM - (BOTTOM - TOP) * share

    for y in _ticks(low, top):
        draw.line([at(0, y), at(kimg[-1], y)], "#e6e6e6")
        draw.text((LEFT - 8, at(0, y)[1]), f"{y:g}", "#555555", font, anchor="rm")
    for x in _ticks(0, float(kimg[-1])):
        draw.line([at(x, low), at(x, top)], "#f0f0f0")
        draw.text((at(x, low)[0], BOTTOM + 8), f"{x:g}", "#555555", font, anchor="mt")
    draw.text((RIGHT, BOTTOM + 28), "kimg", "#555555", font, anchor="rt")

    apart = min(160, (RIGHT - LEFT) // len(curves))
    for i, (name, values) in enumerate(curves.items()):
        color = COLORS[i % len(COLORS)]
        pale = Image.blend(Image.new("RGB", (1, 1), "white"), Image.new("RGB", (1, 1), color), 0.3).getpixel((0, 0))
        there = np.isfinite(values)  # what is worked out every so many batches is not in every line
        along, smooth = kimg[there], _smooth(values[there])
        draw.line([at(x, y) for x, y in zip(along, values[there], strict=True)], pale, 1)
        draw.line([at(x, y) for x, y in zip(along, smooth, strict=True)], color, 2, "curve")
        draw.text((LEFT + apart * i, 18), f"{name} {smooth[-1]:.3f}", color, font)
    with durable.replacing(path) as fresh:
        image.save(fresh, "PNG")


def _smooth(values: np.ndarray) -> np.ndarray:
    """An exponential mean, unbiased at its beginning as Adam's moments are."""
    beta = 0.5 ** (1 / max(1.0, SMOOTH * len(values)))
    mean, out = 0.0, []
    for i, value in enumerate(values, 1):
        mean = beta * mean + (1 - beta) * value
        out.append(mean / (1 - beta**i))
    return np.array(out)


def _ticks(low: float, high: float) -> list[float]:
    """Five to ten round numbers between low and high."""
    step = 10 ** math.floor(math.log10((high - low) / 5 or 1))
    step *= next(factor for factor in (1, 2, 5, 10) if (high - low) / (step * factor) <= 10)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [round(i * step, 10) for i in range(first, last + 1)]
