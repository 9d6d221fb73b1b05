"""What is measured of one picture: how sharp, how colourful, and what tells it from others."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from PIL import Image

from data.pictures import Pixels

SIDE = 512  # px of the longer side at which sharpness is measured: networks look at no more
SEEN = 80  # px of the square that the features network looks at
THUMB = 32  # px of the square by which pictures are laid over each other
BLOCK = 16  # lowest frequencies of the cosine transform, each way


@dataclass(frozen=True, slots=True)
class Measured:
    """One picture's measures, or why there are none (`error`); strings, so that a line of JSON holds them."""

    file: str
    stamp: str  # of the file, as `Source.stamps` has it
    error: str = ""
    width: int = 0  # px, upright
    height: int = 0
    sharpness: float = 0.0  # steepest change from a pixel to the next, in parts of the contrast; 1 / outlines' width
    colour: float = 0.0  # spread of the opponent colours; 0 for grey
    pixels: str = ""  # sha256
    hash: str = ""  # hexadecimal, 256 bits
    mirrored: str = ""  # the same of its mirror image
    thumb: str = ""  # base64 of a WebP, THUMB px
    embedding: str = ""  # base64 of float16 (128,)
    head: float = 0.0  # from here on as `data.curate.looking.Look` has it
    second: float = 0.0
    lettering: float = 0.0
    hair: Sequence[int] | None = None
    choices: Mapping[str, Sequence[float]] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)
    tags: Mapping[str, float] = field(default_factory=dict)  # of a tagger, with its confidences
    ratings: Mapping[str, float] = field(default_factory=dict)  # of a classifier: g, s, q, e -> probability

    @property
    def side(self) -> int:
        """The shorter one, in px."""
        return min(self.width, self.height)

    @property
    def rating(self) -> str:
        """The likeliest one by a classifier: g, s, q or e; "" where none has looked."""
        return max(self.ratings, key=self.ratings.__getitem__, default="")

    @property
    def nsfw(self) -> float | None:
        """How sure a classifier is that it is questionable or explicit, 0…1; None where none has looked."""
        return round(self.ratings.get("q", 0.0) + self.ratings.get("e", 0.0), 4) if self.ratings else None

    @property
    def detail(self) -> float:
        """How much there is to see: a picture that was only enlarged has no more of it."""
        return self.side * self.sharpness


def measured(image: Image.Image, file: str, stamp: str) -> tuple[Measured, Pixels]:
    """Everything but the embedding, and the square (SEEN, SEEN, 3) that it is of. `image` is RGB."""
    pixels = np.asarray(image)
    h, w, _ = pixels.shape
    digest = hashlib.sha256(f"{w}x{h}".encode() + pixels.tobytes()).hexdigest()
    scale = min(1.0, SIDE / max(h, w))
    work = cv2.resize(pixels, (max(1, round(w * scale)), max(1, round(h * scale))), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(work, cv2.COLOR_RGB2GRAY)
    plain, mirrored_hash = hashes(grey)
    content = io.BytesIO()
    small = cv2.resize(work, (THUMB, THUMB), interpolation=cv2.INTER_AREA)
    Image.fromarray(small.astype(np.uint8)).save(content, "WEBP", quality=90)
    seen = cv2.resize(work, (SEEN, SEEN), interpolation=cv2.INTER_AREA).astype(np.uint8)
    return Measured(
        file, stamp, "", w, h, round(sharpness(grey), 4), round(colour(work), 4), digest, plain, mirrored_hash,
        base64.b64encode(content.getvalue()).decode(),
    ), seen  # fmt: skip


def thumb(picture: Measured) -> Pixels:
    """(THUMB, THUMB, 3)."""
    with Image.open(io.BytesIO(base64.b64decode(picture.thumb)), formats=("WEBP",)) as image:
        return np.array(image.convert("RGB"))


def sharpness(grey: np.ndarray) -> float:
    """Of uint8 (H, W): 0 for a plain surface, about 0.8 for clean outlines, 1 / n where they are n px wide."""
    if min(grey.shape) < 2:
        return 0.0
    g = grey.astype(np.float32)
    dx, dy = np.diff(g, axis=1)[:-1], np.diff(g, axis=0)[:, :-1]
    low, high = np.percentile(g, [1, 99])
    # A nearly plain surface has noise alone, which is as sharp as can be: it counts against a contrast of 16 at least.
    return float(np.percentile(np.hypot(dx, dy), 99.5) / max(high - low, 16))


def colour(pixels: np.ndarray) -> float:
    """Of uint8 (H, W, 3): how far its colours are spread, 0…1; yellowed paper and sepia stay below 0.06.

    The spread of Hasler and Süsstrunk 2003, "Measuring colourfulness in natural images", without its mean, which a
    tint would raise.
    """
    small = cv2.resize(pixels, (64, 64), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    r, g, b = small[..., 0], small[..., 1], small[..., 2]
    return float(np.hypot((r - g).std(), ((r + g) / 2 - b).std()))


def hashes(grey: np.ndarray) -> tuple[str, str]:
    """256 bits of uint8 (H, W) and of its mirror image: which of its lowest frequencies lie above their median.

    After Zauner 2010, "Implementation and Benchmarking of Perceptual Image Hash Functions", section 3.2.1, with 16x16
    frequencies in the place of 8x8: drawn faces are alike enough to share 60 of 64 bits.
    """
    transform = cv2.dct(cv2.resize(grey, (THUMB, THUMB), interpolation=cv2.INTER_AREA).astype(np.float32))
    low = transform[:BLOCK, :BLOCK]
    # A mirror turns the sign of every odd frequency across.
    return _bits(low), _bits(low * np.where(np.arange(BLOCK) % 2, -1, 1))


def _bits(low: np.ndarray) -> str:
    values = low.ravel().copy()
    values[0] = np.median(values[1:])  # the mean of the picture: lighter copies are the same
    return np.packbits(values > np.median(values[1:])).tobytes().hex()
