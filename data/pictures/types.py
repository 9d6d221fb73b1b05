"""The forms in which a picture travels: as it came, as pixels, as it goes out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""uint8, (H, W, 3) or (H, W, 4); a stack of them (N, H, W, 3)."""

Faces = Pixels | Sequence[Pixels]
"""N pictures (H, W, 3) of any sizes, or a stack of them."""


Form = Literal["webp", "gif", "mp4"]
"""As what something that moves is sent."""


@dataclass(frozen=True, slots=True)
class Upload:
    """Bytes from outside, trusted in nothing; kept in memory only."""

    content: bytes = field(repr=False)
    media_type: str  # as declared by the sender
    origin: str  # where it came from, for the log: "web", "qq"


Refusal = Literal["not_a_picture", "damaged", "too_many_pixels"]
"""Why a picture was not opened: no format that we know; one that ends too early or contradicts itself; too large."""


@dataclass(frozen=True, slots=True)
class Motion:
    """Frames of an animation from outside, as `Decoded.pixels` is."""

    frames: Pixels = field(repr=False)  # (N, H, W, 3)
    durations: tuple[int, ...]  # ms, one a frame


@dataclass(frozen=True, slots=True)
class Decoded:
    """A picture from outside as pixels: upright, opaque, in sRGB, with 8 bits."""

    pixels: Pixels = field(repr=False)  # (H, W, 3), no side longer than was asked for; with its alpha if that was
    width: int  # of the picture as it came, upright; in pixels
    height: int
    media_type: str  # by its content, whatever the sender declared
    frames: int = 1  # of an animation how many, counted up to 1000; `pixels` is the first
    recipe: str = ""  # JSON text, where it is one of the bot's own and still says so
    motion: Motion | None = None  # of an animation, where its frames were asked for and are not too large


@dataclass(frozen=True, slots=True)
class Refused:
    """In place of a `Decoded`."""

    reason: Refusal


Place = tuple[float, ...]
"""Ten numbers: where a head is in its picture, px: the middle between the eyes x, y; the chin x, y; the head's box x,
y, w, h; how it leans, degrees clockwise; the sine of its yaw, positive to the viewer's right."""


@dataclass(frozen=True, slots=True)
class HeadFile:
    """A head cut out of a picture, to be put onto others."""

    content: bytes = field(repr=False)  # a PNG with alpha, as `data.pictures.requests.CutHead` makes it
    place: Place


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture ready to send."""

    content: bytes
    media_type: str  # "image/png", "image/jpeg", "image/webp", "image/gif", "video/mp4"
    width: int
    height: int
