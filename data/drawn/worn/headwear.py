"""What is worn on the head: which function draws which name."""

from collections.abc import Callable

import skia

from data.drawn.figure import Figure
from data.drawn.parameters import COVERING, Parameters
from data.drawn.worn.bands import draw_headphones, draw_headphones_behind, draw_maid
from data.drawn.worn.brims import draw_straw, draw_straw_behind, draw_witch, draw_witch_behind
from data.drawn.worn.caps import draw_beanie, draw_beret, draw_cap
from data.drawn.worn.crowns import draw_crown

_FRONT: dict[str, Callable[[skia.Canvas, Figure], None]] = {
    "headphones": draw_headphones, "beret": draw_beret, "cap": draw_cap, "witch": draw_witch, "straw": draw_straw,
    "beanie": draw_beanie, "maid": draw_maid, "crown": draw_crown,
}  # fmt: skip
_BEHIND: dict[str, Callable[[skia.Canvas, Figure], None]] = {
    "straw": draw_straw_behind, "witch": draw_witch_behind, "headphones": draw_headphones_behind,
}  # fmt: skip


def covers_crown(parameters: Parameters) -> bool:
    """Whether a hat hides the top of the hair, so that nothing may stand up from it."""
    return parameters.headwear in COVERING


def draw_behind(canvas: skia.Canvas, figure: Figure) -> None:
    """What lies behind all hair: far halves of brims."""
    if found := _BEHIND.get(figure.parameters.headwear):
        found(canvas, figure)


def draw_headwear(canvas: skia.Canvas, figure: Figure) -> None:
    """What lies on the hair."""
    if found := _FRONT.get(figure.parameters.headwear):
        found(canvas, figure)
