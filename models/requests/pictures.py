"""Pictures that are handed to a network."""

from __future__ import annotations

from typing import Any

import numpy as np

from models.errors import BadRequest

MAX_SIDE = 2**14 - 1


def check_picture(pixels: Any) -> None:
    """Raises BadRequest for what is no uint8 (H, W, 3)."""
    if not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8:
        raise BadRequest(f"not a picture: {getattr(pixels, 'dtype', type(pixels).__name__)}")
    if pixels.ndim != 3 or pixels.shape[2] != 3 or not 0 < min(pixels.shape) <= max(pixels.shape) <= MAX_SIDE:
        raise BadRequest(f"not a picture: of the shape {pixels.shape}")
