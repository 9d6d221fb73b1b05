"""Where the faces of a sheet stand: arithmetic only, so that the event loop can ask it too."""

from __future__ import annotations

import math
from dataclasses import dataclass

_SIDES = ((1, 384), (2, 320), (4, 256), (9, 224), (16, 192), (36, 144), (64, 96))  # faces on the sheet -> side of one
_BIG = 768
_HALVES = ((1, 384), (2, 288), (4, 224), (9, 160), (36, 112))  # pairs on the sheet -> side of each half of one


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet, in pixels. `places` are the upper left corners of the cells in reading order."""

    width: int
    height: int
    cell_width: int
    cell_height: int
    gap: int
    places: tuple[tuple[int, int], ...]


def layout(n: int, width: int, height: int, big: bool = False, columns: int = 0) -> Layout:
    """The sheet of `n` >= 1 faces of `width` x `height` px: as square as it gets, at most some 1000 px a side.

    Few faces are shown larger than they were drawn, since 96 px are a stamp on today's screens; `big` shows each as
    large as is decent. A face is never shown smaller than it was drawn, up to 256 px. `columns` > 0 says how many stand
    side by side.
    """
    side = _BIG if big else next((s for most, s in _SIDES if n <= most), _SIDES[-1][1])
    side = max(side, min(width, 256))
    cell_width, cell_height = side, max(1, round(side * height / width))
    if n == 1:
        return Layout(cell_width, cell_height, cell_width, cell_height, 0, ((0, 0),))
    columns = min(columns, n) or math.ceil(math.sqrt(n))
    rows = math.ceil(n / columns)
    gap = max(4, side // 28)
    places = tuple(
        (gap + (i % columns) * (cell_width + gap), gap + (i // columns) * (cell_height + gap)) for i in range(n)
    )
    return Layout(
        gap + columns * (cell_width + gap), gap + rows * (cell_height + gap), cell_width, cell_height, gap, places
    )


@dataclass(frozen=True, slots=True)
class PairLayout:
    """A sheet of pairs: what was, and to the right of it what became of that; squares of `side` px.

    `sheet` has a cell a pair. Sizes are pixels.
    """

    sheet: Layout
    side: int

    @property
    def befores(self) -> tuple[tuple[int, int], ...]:
        """The upper left corners of what was."""
        return self.sheet.places

    @property
    def afters(self) -> tuple[tuple[int, int], ...]:
        """The upper left corners of what became of it."""
        return tuple((x + self.sheet.cell_width - self.side, y) for x, y in self.sheet.places)


def pair_layout(n: int) -> PairLayout:
    """The sheet of `n` >= 1 pairs, about as wide as it is high."""
    side = next((s for most, s in _HALVES if n <= most), _HALVES[-1][1])
    columns = max(1, round(math.sqrt(n / 2)))
    rows = math.ceil(n / columns)
    gap, between = max(6, side // 20), max(6, side // 20)
    width = 2 * side + between
    places = tuple((gap + (i % columns) * (width + 2 * gap), gap + (i // columns) * (side + gap)) for i in range(n))
    whole = (2 * gap + columns * width + (columns - 1) * 2 * gap, gap + rows * (side + gap))
    return PairLayout(Layout(*whole, width, side, gap, places), side)
