"""A finished picture and what is known of it."""

from dataclasses import dataclass
from typing import Any

import numpy as np


class DrawingUnavailable(RuntimeError):
    """The drawing library cannot be loaded on this machine; the message says what to install."""


def check(size: int) -> None:
    """Raise ValueError for a size that is no picture, and DrawingUnavailable where skia cannot be loaded."""
    if not 16 <= size <= 4096:
        raise ValueError(f"a picture is 16 to 4096 pixels wide, not {size}")
    try:
        import skia as _skia  # noqa: F401
    except ImportError as error:
        raise DrawingUnavailable(
            "the drawing library skia cannot be loaded: install skia-python, and on a bare Linux its system libraries"
            " (Debian: apt install libegl1 libgl1)"
        ) from error


@dataclass(frozen=True, slots=True)
class Drawing:
    """A head drawn from parameters."""

    pixels: (
        np.ndarray
    )  # (size, size, 3) uint8 RGB, or (size, size, 4) RGBA where the background is transparent; contiguous
    # Every parameter by name; in pixels `left_eye`, `right_eye`, `mouth`, `chin` as [x, y] and `face_box`,
    # `head_box` as [x, y, w, h]; `roll` in degrees. Left and right are the viewer's.
    labels: dict[str, Any]
