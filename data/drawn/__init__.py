"""A program that draws anime heads: parameters in, picture and exact labels out.

Drawing needs skia, loaded at the first `draw`; parameters and labels do not.
"""

from dataclasses import replace

from data.drawn.drawing import Drawing, DrawingUnavailable, check
from data.drawn.meaning import reading
from data.drawn.palettes import EYE_COLORS, HAIR_COLORS
from data.drawn.parameters import Parameters
from data.drawn.sampling import sample_parameters

__all__ = [
    "EYE_COLORS",
    "HAIR_COLORS",
    "Drawing",
    "DrawingUnavailable",
    "Parameters",
    "draw",
    "draw_head",
    "reading",
    "sample_parameters",
]


def draw(parameters: Parameters, size: int = 96) -> Drawing:
    """Draw one head in a square picture of `size` pixels (16..4096); the same parameters give the same picture.

    Raises DrawingUnavailable when the drawing library cannot be loaded and ValueError for another size.
    """
    check(size)
    from data.drawn.render import render

    return render(parameters, size)


def draw_head(parameters: Parameters, size: int = 96) -> Drawing:
    """The head alone, without neck and shoulders, on nothing: its pixels are (size, size, 4). Raises as `draw` does."""
    check(size)
    from data.drawn.render import render

    return render(replace(parameters, background="transparent"), size, bust=False)
