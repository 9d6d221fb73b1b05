"""Opening what a stranger sent: by its content, of known formats only, and not before its size is known.

Nothing here decodes pixels. Only to be used in the picture lane.
"""

from __future__ import annotations

import io
import re
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from data.pictures.types import Refusal

MEDIA_TYPES = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "AVIF": "image/avif",
    "BMP": "image/bmp",
}
"""Pillow's names of the formats that are taken."""

MOST_FRAMES = 1000
MOST_SCANS = 100
"""A progressive JPEG has about ten scans. Each costs a pass over the whole picture, and takes but a few bytes."""

_MOST_BLOCKS = 400_000  # of a GIF that are looked at for its frames


class Unreadable(ValueError):
    """Bytes that are not taken for a picture."""

    def __init__(self, reason: Refusal, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason: Refusal = reason


def format_of(content: bytes) -> str:
    """The format that the first bytes show, one of `MEDIA_TYPES`. Raises `Unreadable`."""
    head = content[:32]
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp" and head[8:12] in (b"avif", b"avis"):
        return "AVIF"
    if head[4:8] == b"ftyp" and head[8:12] in (b"mif1", b"msf1") and b"avif" in content[16:64]:
        return "AVIF"
    # Two letters alone would make a picture of any text that begins with "BM".
    if head.startswith(b"BM") and head[14:18] in (b"\x0c\0\0\0", b"\x28\0\0\0", b"\x6c\0\0\0", b"\x7c\0\0\0"):
        return "BMP"
    raise Unreadable("not_a_picture")


@contextmanager
def opened(content: bytes, max_pixels: int) -> Iterator[Image.Image]:
    """The picture, its pixels not decoded yet. Whatever goes wrong with it inside the block is raised as `Unreadable`
    too: Pillow's readers raise nearly anything on hostile bytes."""
    kind = format_of(content)
    before = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = max_pixels
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            if kind == "WEBP":
                _check_size(_webp_size(content), max_pixels)  # its reader takes memory for the canvas at once
            if kind == "JPEG" and _scans(content) > MOST_SCANS:
                raise Unreadable("damaged", "too many scans")
            with Image.open(io.BytesIO(content), formats=(kind,)) as image:
                _check_size(image.size, max_pixels)
                yield image
    except Unreadable:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as error:
        raise Unreadable("too_many_pixels", type(error).__name__) from error
    except Exception as error:
        raise Unreadable("damaged", type(error).__name__) from error
    finally:
        Image.MAX_IMAGE_PIXELS = before


def frames_of(image: Image.Image, content: bytes) -> int:
    """How many frames an animation has, counted up to `MOST_FRAMES`; 1 for a still."""
    if image.format == "GIF":
        return max(1, _gif_frames(content))
    if image.format in ("WEBP", "AVIF", "PNG"):  # these say so in their headers; a JPEG's others are no animation
        return max(1, min(MOST_FRAMES, int(getattr(image, "n_frames", 1))))
    return 1


def _check_size(size: tuple[int, int], max_pixels: int) -> None:
    if size[0] * size[1] > max_pixels:
        raise Unreadable("too_many_pixels", f"{size[0]}x{size[1]}")


def _webp_size(content: bytes) -> tuple[int, int]:
    """Width and height as the header has them (RFC 9649, sections 2.5 to 2.7)."""
    chunk = content[12:16]
    if chunk == b"VP8X":
        return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
    if chunk == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 21)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 ":
        width, height = struct.unpack_from("<HH", content, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise Unreadable("damaged", "no WebP chunk")


_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # past stuffed zeros, restarts and padding


def _scans(content: bytes) -> int:
    """The scans of a JPEG's first picture, counted just beyond `MOST_SCANS` (ITU-T T.81, annex B)."""
    scans, at = 0, 2
    while scans <= MOST_SCANS and (found := _NEXT_MARKER.search(content, at)):
        marker, at = content[found.end() - 1], found.end()
        if marker == 0xD9:  # end of the picture: a video may follow
            break
        if marker == 0x01 or at + 2 > len(content):
            continue
        scans += marker == 0xDA
        at += int.from_bytes(content[at : at + 2], "big")
    return scans


def _gif_frames(content: bytes) -> int:
    """Pictures in a GIF, counted up to `MOST_FRAMES` (GIF89a, sections 15 to 27). Pillow would decode them all."""
    frames, blocks = 0, 0
    try:
        at = 13 + _palette(content[10])
        while frames < MOST_FRAMES:
            if content[at] == 0x21:  # an extension and its label
                at += 2
            elif content[at] == 0x2C:  # a picture: its place, palette, and the size of its codes
                frames += 1
                at += 11 + _palette(content[at + 9])
            else:
                break
            while (size := content[at]) and blocks < _MOST_BLOCKS:
                at += size + 1
                blocks += 1
            at += 1
    except IndexError:  # it ends too early
        pass
    return frames


def _palette(flags: int) -> int:
    """Bytes of a palette of colours."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0
