"""A finished picture and what is known of it."""

from dataclasses import dataclass
from typing import Any

import numpy as np


class DrawingUnavailable(RuntimeError):
    """The drawing library cannot be loaded on this machine; the message says what to install."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A head drawn from parameters."""

    pixels: (
        np.ndarray
    )  # (size, size, 3) uint8 RGB, or (size, size, 4) RGBA where the background is transparent; contiguous
    # Every parameter by name; in pixels `left_eye`, `right_eye`, `mouth`, `chin` as [x, y] and `face_box`,
    # `head_box` as [x, y, w, h]; `roll` in degrees. Left and right are the viewer's.
    labels: dict[str, Any]
