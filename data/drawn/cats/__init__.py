"""Drawn cats: the same styles, surroundings and labels as drawn people, for a third domain of faces.

Drawing needs skia, loaded at the first `draw_cat`; parameters do not.
"""

from data.drawn.cats.parameters import (
    CAT_COLLARS,
    CAT_EYE_COLORS,
    CAT_EYE_SHAPES,
    CAT_MOUTHS,
    COAT_COLORS,
    COATS,
    NOSES,
    CatParameters,
)
from data.drawn.cats.sampling import sample_cat
from data.drawn.drawing import Drawing, check

__all__ = [
    "CAT_COLLARS",
    "CAT_EYE_COLORS",
    "CAT_EYE_SHAPES",
    "CAT_MOUTHS",
    "COATS",
    "COAT_COLORS",
    "NOSES",
    "CatParameters",
    "draw_cat",
    "sample_cat",
]


def draw_cat(parameters: CatParameters, size: int = 96) -> Drawing:
    """Draw one cat's head in a square picture of `size` pixels (16..4096); the same parameters give the same picture.

    Raises DrawingUnavailable when the drawing library cannot be loaded and ValueError for another size.
    """
    check(size)
    from data.drawn.cats.render import render_cat

    return render_cat(parameters, size)
