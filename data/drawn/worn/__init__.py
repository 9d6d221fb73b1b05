"""What is worn on the head. The renderer calls, from back to front:

- `draw_behind`: far halves of brims, before all hair;
- `draw_on_face`: masks and the arms of glasses, after eyes and mouth, before the front hair;
- `draw_cat_ears`: before the front hair;
- `draw_ornaments`: bands, bows, pins and hats, after the front hair;
- `draw_glasses`: last.

Where `covers_crown` says so, no lock may stand up from the hair; the eye that `covered_eye` names must not be drawn
over the patch again.
"""

import skia

from data.drawn.figure import Figure
from data.drawn.worn.bands import draw_hairband
from data.drawn.worn.bows import draw_ribbons
from data.drawn.worn.ears import draw_cat_ears as _ears
from data.drawn.worn.ears import draw_ear_locks
from data.drawn.worn.glasses import draw_glasses, draw_temples
from data.drawn.worn.headwear import covers_crown, draw_behind, draw_headwear
from data.drawn.worn.masks import covered_eye, draw_mask
from data.drawn.worn.pins import draw_hairpin

__all__ = [
    "covered_eye",
    "covers_crown",
    "draw_behind",
    "draw_cat_ears",
    "draw_glasses",
    "draw_on_face",
    "draw_ornaments",
]


def draw_on_face(canvas: skia.Canvas, figure: Figure) -> None:
    """What lies on the skin, under the hair."""
    draw_mask(canvas, figure)
    draw_temples(canvas, figure)


def draw_cat_ears(canvas: skia.Canvas, figure: Figure) -> None:
    """Cat ears behind the front hair; ears that come out of a hat follow with it."""
    if not covers_crown(figure.parameters):
        _ears(canvas, figure)


def draw_ornaments(canvas: skia.Canvas, figure: Figure) -> None:
    """What lies on the hair."""
    hat = covers_crown(figure.parameters)
    if not hat:
        draw_ear_locks(canvas, figure)
    draw_hairband(canvas, figure)
    draw_headwear(canvas, figure)
    if hat:
        _ears(canvas, figure)
    draw_ribbons(canvas, figure)
    draw_hairpin(canvas, figure)
