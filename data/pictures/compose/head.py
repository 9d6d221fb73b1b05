"""A head that can be put onto a face."""

from dataclasses import dataclass, field
from typing import Protocol

from data.pictures.compose.anchors import Anchors
from data.pictures.types import Pixels


@dataclass(frozen=True, slots=True)
class Head:
    """A picture of a head on nothing, and where it is in it."""

    pixels: Pixels = field(repr=False)  # (H, W, 4), colours not multiplied by alpha
    anchors: Anchors


class Sits(Protocol):
    """Somebody whose head there is for a face."""

    def head(self, face: Anchors, outline: float) -> Head:
        """For a face; `outline` is the width of the lines around it, in pixels, 0.0 where it has none."""
        ...


@dataclass(frozen=True, slots=True)
class Cut:
    """A head that is as it is, whatever face it is for."""

    cut: Head

    def head(self, face: Anchors, outline: float) -> Head:
        return self.cut
