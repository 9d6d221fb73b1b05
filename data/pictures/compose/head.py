"""A head that can be put onto a face."""

from dataclasses import dataclass, field

from data.pictures.compose.anchors import Anchors
from data.pictures.types import Pixels


@dataclass(frozen=True, slots=True)
class Head:
    """A picture of a head on nothing, and where it is in it."""

    pixels: Pixels = field(repr=False)  # (H, W, 4), colours not multiplied by alpha
    anchors: Anchors
