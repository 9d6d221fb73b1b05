"""Videos of some shots."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

FPS = 12


def shot(seed: int, width: int = 320, height: int = 180) -> np.ndarray:
    """A picture with outlines; another seed, another one."""
    small = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), np.uint8)
    return np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.NEAREST))


def write(path: Path, pictures: Iterable[np.ndarray], seconds: float = 1.0, **options: Any) -> Path:
    """Each picture is shown for so many seconds. `aspect`: of a pixel; `codec`."""
    import av

    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(options.get("codec", "mpeg4"), rate=FPS)
        stream.pix_fmt = "yuv420p"
        stream.bit_rate = 4_000_000
        begun = False
        for picture in pictures:
            if not begun:
                stream.height, stream.width = picture.shape[:2]
                stream.codec_context.sample_aspect_ratio = options.get("aspect", Fraction(1))
                begun = True
            for _ in range(round(seconds * FPS)):
                for packet in stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                    container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return path
