"""The recipe inside a picture's own metadata: written into what the bot sends, read from what people bring back.

PNG keeps it as the text chunk `nijigen` (PNG specification, tEXt/iTXt), JPEG and WebP as Exif's UserComment (Exif 2.32,
tag 0x9286), GIF as its comment (GIF89a, section 24), MP4 as the comment that players show.
"""

from __future__ import annotations

from typing import Any

from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from data.pictures.mp4 import comment_in, is_mp4
from data.pictures.opening import opened

KEY = "nijigen"
MAX_BYTES = 64 * 1024
_ASCII = b"ASCII\0\0\0"  # Exif's mark for the encoding of a UserComment; our JSON is ASCII


def png_options(recipe: str) -> dict[str, Any]:
    """Arguments for `Image.save(format="PNG")` that carry the recipe."""
    if not recipe:
        return {}
    info = PngInfo()
    info.add_text(KEY, recipe)
    return {"pnginfo": info}


def exif_options(recipe: str) -> dict[str, Any]:
    """Arguments for `Image.save` as JPEG or WebP that carry the recipe."""
    if not recipe:
        return {}
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = _ASCII + recipe.encode("ascii")
    exif[ExifTags.Base.Software] = KEY
    return {"exif": exif.tobytes()}


def gif_options(recipe: str) -> dict[str, Any]:
    """Arguments for `Image.save(format="GIF")` that carry the recipe."""
    return {"comment": recipe.encode("ascii")} if recipe else {}


def read_recipe(content: bytes, max_pixels: int) -> str:
    """The recipe in a picture or MP4 from outside, "" where there is none. Raises `Unreadable`. Decodes no pixels."""
    if is_mp4(content):
        return _ours(comment_in(content).decode("ascii", "replace"))
    with opened(content, max_pixels) as image:
        return recipe_in(image)


def recipe_in(image: Image.Image) -> str:
    """The recipe in an opened picture, "" where there is none. Raises what Pillow raises on hostile metadata."""
    recipe: object = ""
    if image.format == "PNG":
        recipe = image.info.get(KEY, "")
    elif image.format == "GIF":
        comment = image.info.get("comment", b"")
        recipe = comment.decode("ascii", "replace") if isinstance(comment, bytes) else comment
    elif image.format in ("JPEG", "MPO", "WEBP"):
        comment = image.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.UserComment, b"")
        raw = comment if isinstance(comment, bytes) else str(comment).encode("utf-8", "replace")
        recipe = raw.removeprefix(_ASCII).decode("ascii", "replace")
    return _ours(recipe)


def _ours(found: object) -> str:
    """What was found where recipes stand, "" where it is none."""
    return found if isinstance(found, str) and len(found) <= MAX_BYTES and found.startswith("{") else ""
