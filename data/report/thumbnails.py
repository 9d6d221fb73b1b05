"""Pictures of a source as they stand on a page."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass

from PIL import Image

from data.dataset.reading import Reader, Unusable, picture

SHOWN = 112  # px of the longer side of a thumbnail
QUALITY = 72


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture on the page."""

    file: str
    caption: str
    image: str  # base64 of a WebP, "" where it cannot be read any more
    title: str = ""  # what a pointer over it shows; the file's name where there is none


def shown(reader: Reader, file: str, caption: str, title: str = "") -> Shown:
    """One picture of a source, small."""
    try:
        with picture(reader.content(file)) as image:
            image.thumbnail((SHOWN, SHOWN), Image.Resampling.LANCZOS)
            content = io.BytesIO()
            image.save(content, "WEBP", quality=QUALITY)
    except Unusable:
        return Shown(file, caption, "", title)
    return Shown(file, caption, base64.b64encode(content.getvalue()).decode(), title)
