"""Pictures that members bring, good ones and bad ones. The toy that finds takes rectangles of red, green and blue for
faces."""

import io
import struct
from typing import Any

import numpy as np
from PIL import Image

from data.pictures import Upload
from tests.data.pictures.strangers import png

PAPER = (240, 235, 220)
RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
WHERE = {RED: 60, GREEN: 190, BLUE: 320}  # left edges of the faces


def scene(*faces: tuple[int, int, int], shift: int = 0) -> Image.Image:
    image = Image.new("RGB", (440, 300), PAPER)
    for colour in faces:
        left = WHERE[colour] + shift
        image.paste(colour, (left, 120, left + 70, 180))
    return image


def upload(image: Image.Image, kind: str = "PNG", **options: Any) -> Upload:
    content = io.BytesIO()
    image.save(content, kind, **options)
    return Upload(content.getvalue(), "image/png", "test")


def moving(kind: str = "GIF", frames: int = 8) -> Upload:
    made = [scene(RED, shift=3 * i) for i in range(frames)]
    return upload(made[0], kind, save_all=True, append_images=made[1:], duration=80, loop=0)


def webp_bomb() -> bytes:
    """49 million pixels a frame, which may come in, and a hundred frames of it, which may not be unpacked."""
    frames = [Image.new("RGB", (7000, 7000), (40 * i, 0, 0)) for i in range(3)]
    return upload(
        frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True, method=0, quality=0
    ).content


def five_thousand_frames() -> bytes:
    """A GIF with a face in every frame: each changes one pixel."""
    first = upload(scene(RED), "GIF").content
    frame = (
        b"\x21\xf9\x04\x00\x02\x00\x00\x00" + b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    )
    return first.removesuffix(b"\x3b") + frame * 5000 + b"\x3b"


REFUSED = {
    "html": (b"<!doctype html><html><body>404</body></html>", "no picture"),
    "empty": (b"", "no picture"),
    "truncated": (upload(scene(RED)).content[:300], "damaged"),
    "30000 x 30000": (png(30_000, 30_000, 8, 2, b"\0" * 90_001 * 100), "too large"),
}


def variants() -> dict[str, Upload]:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its left side
    clear = scene(RED).convert("RGBA")
    clear.putalpha(Image.fromarray(np.where(np.asarray(clear)[..., 1] == PAPER[1], 0, 255).astype(np.uint8)))
    return {
        "CMYK": upload(scene(RED).convert("CMYK"), "JPEG", quality=95, subsampling=0),
        "EXIF": upload(scene(RED).transpose(Image.Transpose.ROTATE_90), "JPEG", quality=95, subsampling=0, exif=exif),
        "alpha": upload(clear),
        "palette": upload(scene(RED).quantize(16)),
        "16 bits": Upload(_sixteen_bits(scene(RED)), "image/png", "test"),
    }


def _sixteen_bits(image: Image.Image) -> bytes:
    """Pillow writes no PNG of 16 bits a channel."""
    rows = np.asarray(image).astype(np.uint16) * 257
    return png(image.width, image.height, 16, 2, b"".join(b"\0" + row.astype(">u2").tobytes() for row in rows))
