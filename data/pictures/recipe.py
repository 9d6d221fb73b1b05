"""The recipe inside a picture's own metadata: written into what the bot sends, read from what people bring back.

PNG keeps it as the text chunk `nijigen` (PNG specification, tEXt/iTXt), JPEG as Exif's UserComment (Exif 2.32, tag
0x9286).
"""

from __future__ import annotations

import io
import warnings
from typing import Any

from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

KEY = "nijigen"
MAX_BYTES = 64 * 1024
_ASCII = b"ASCII\0\0\0"  # Exif's mark for the encoding of a UserComment; our JSON is ASCII


class Unreadable(ValueError):
    """Bytes that are not a picture of a format that we know, or one that is too large."""


def png_options(recipe: str) -> dict[str, Any]:
    """Arguments for `Image.save(format="PNG")` that carry the recipe."""
    if not recipe:
        return {}
    info = PngInfo()
    info.add_text(KEY, recipe)
    return {"pnginfo": info}


def jpeg_options(recipe: str) -> dict[str, Any]:
    """Arguments for `Image.save(format="JPEG")` that carry the recipe."""
    if not recipe:
        return {}
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = _ASCII + recipe.encode("ascii")
    exif[ExifTags.Base.Software] = KEY
    return {"exif": exif.tobytes()}


def read_recipe(content: bytes, max_pixels: int) -> str:
    """The recipe in a picture from outside, "" where there is none. Raises `Unreadable`. Decodes no pixels."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=("PNG", "JPEG"))
        if image.width * image.height > max_pixels:
            raise Unreadable(f"{image.width}x{image.height} pixels")
        if image.format == "PNG":
            recipe = image.info.get(KEY, "")
        else:
            comment = image.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.UserComment, b"")
            raw = comment if isinstance(comment, bytes) else str(comment).encode("utf-8", "replace")
            recipe = raw.removeprefix(_ASCII).decode("ascii", "replace")
    except Unreadable:
        raise
    except Exception as error:  # Pillow's readers raise nearly anything on hostile bytes
        raise Unreadable(type(error).__name__) from error
    if not isinstance(recipe, str) or len(recipe) > MAX_BYTES:
        return ""
    return recipe if recipe.startswith("{") else ""
