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
from data.drawn.drawing import Drawing, DrawingUnavailable

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
    if not 16 <= size <= 4096:
        raise ValueError(f"a picture is 16 to 4096 pixels wide, not {size}")
    try:
        import skia as _skia  # noqa: F401
    except ImportError as error:
        raise DrawingUnavailable(
            "the drawing library skia cannot be loaded: install skia-python, and on a bare Linux its system libraries"
            " (Debian: apt install libegl1 libgl1)"
        ) from error
    from data.drawn.cats.render import render_cat

    return render_cat(parameters, size)
