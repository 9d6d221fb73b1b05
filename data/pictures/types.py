"""The three forms in which a picture travels: as it came, as pixels, as it goes out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""uint8, (H, W, 3) or (H, W, 4); a stack of them (N, H, W, 3)."""

Faces = Pixels | Sequence[Pixels]
"""N pictures (H, W, 3) of any sizes, or a stack of them."""


@dataclass(frozen=True, slots=True)
class Upload:
    """Bytes from outside, trusted in nothing; kept in memory only."""

    content: bytes
    media_type: str  # as declared by the sender
    origin: str  # where it came from, for the log: "web", "qq"


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture ready to send."""

    content: bytes
    media_type: str  # "image/png", "image/jpeg", "image/webp"
    width: int
    height: int
