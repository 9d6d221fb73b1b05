"""Pictures of any number of channels as finders look at them. Numpy only."""

from __future__ import annotations

import numpy as np

from data.pictures import Pixels


def flat(picture: np.ndarray) -> Pixels:
    """uint8 (H, W), (H, W, 1), (H, W, 3) or (H, W, 4) -> (H, W, 3); on white where it is see-through.

    Raises ValueError for anything else.
    """
    if picture.dtype != np.uint8 or picture.ndim not in (2, 3) or 0 in picture.shape:
        raise ValueError(f"no picture: {picture.dtype} {picture.shape}")
    if picture.ndim == 2:
        picture = picture[..., None]
    channels = picture.shape[2]
    if channels == 3:
        return picture
    if channels == 1:
        return np.repeat(picture, 3, 2)
    if channels != 4:
        raise ValueError(f"no picture: {picture.dtype} {picture.shape}")
    alpha = picture[..., 3:].astype(np.uint16)
    return ((picture[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)
