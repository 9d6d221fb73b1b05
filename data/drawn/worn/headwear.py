"""What is worn on the head: which function draws which name."""

from collections.abc import Callable

import skia

from data.drawn.figure import Figure
from data.drawn.parameters import Parameters
from data.drawn.worn.bands import draw_headphones, draw_headphones_behind, draw_maid, draw_tiara
from data.drawn.worn.hats import BRIMS, HATS


def _crown_or_tiara(canvas: skia.Canvas, figure: Figure) -> None:
    (draw_tiara if figure.dice.chance("crown.tiara", 0.45) else HATS["crown"])(canvas, figure)


_FRONT: dict[str, Callable[[skia.Canvas, Figure], None]] = HATS | {
    "headphones": draw_headphones, "maid": draw_maid, "crown": _crown_or_tiara,
}  # fmt: skip
_BEHIND: dict[str, Callable[[skia.Canvas, Figure], None]] = BRIMS | {"headphones": draw_headphones_behind}


def covers_crown(parameters: Parameters) -> bool:
    """Whether a hat hides the top of the hair, so that nothing may stand up from it."""
    return parameters.headwear in ("beret", "cap", "witch", "straw", "beanie")


def draw_behind(canvas: skia.Canvas, figure: Figure) -> None:
    """What lies behind all hair: far halves of brims."""
    if found := _BEHIND.get(figure.parameters.headwear):
        found(canvas, figure)


def draw_headwear(canvas: skia.Canvas, figure: Figure) -> None:
    """What lies on the hair."""
    if found := _FRONT.get(figure.parameters.headwear):
        found(canvas, figure)
