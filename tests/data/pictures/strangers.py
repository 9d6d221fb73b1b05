"""Pictures as strangers send them, and what the picture lane says of them."""

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image

from data.pictures import Decoded, Pixels, Refused
from data.pictures.lane import PictureRunner
from data.pictures.requests import Decode

FORMATS = ["PNG", "JPEG", "WEBP", "GIF", "AVIF", "BMP"]
RED, GREEN, BLUE, WHITE, GREY = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (128, 128, 128)


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    content = io.BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


def quarters(width: int = 64, height: int = 48) -> Image.Image:
    """Red and green above, blue and white below."""
    image = Image.new("RGB", (width, height), WHITE)
    image.paste(RED, (0, 0, width // 2, height // 2))
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    return image


def png(width: int, height: int, depth: int, colours: int, rows: bytes, *more: tuple[bytes, bytes]) -> bytes:
    """A PNG from its parts; Pillow cannot write all that it reads."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0)
    parts = [(b"IHDR", header), *more, (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, body) for kind, body in parts)


def ask(content: bytes, **options: Any) -> Decoded | Refused:
    request = Decode(content, **options)
    return request.join(PictureRunner().run([request]))


def decoded(content: bytes, **options: Any) -> Decoded:
    answer = ask(content, **options)
    assert isinstance(answer, Decoded), answer
    h, w, _ = answer.pixels.shape
    assert answer.pixels.dtype == np.uint8
    assert max(h, w) <= options.get("max_side", 1024)
    return answer


def refusal(content: bytes, **options: Any) -> str:
    answer = ask(content, **options)
    assert isinstance(answer, Refused), answer
    return answer.reason


def assert_corners(pixels: Pixels, *expected: tuple[int, int, int], within: int = 12) -> None:
    """The middles of the quarters, in reading order."""
    h, w, _ = pixels.shape
    for i, colour in enumerate(expected):
        found = pixels[h // 4 + h // 2 * (i // 2), w // 4 + w // 2 * (i % 2)].astype(int)
        assert np.abs(found - colour).max() <= within, (i, found)
