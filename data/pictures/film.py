"""A loop of frames as a video file, by PyAV, which only who has the extra `[video]` installed has."""

from __future__ import annotations

import io
from collections.abc import Sequence
from fractions import Fraction

from PIL import Image

from data.pictures.types import Encoded

ROUNDS = 2  # players show a video once, and a loop is worth a second look
CRF = "20"  # constant rate factor of H.264
MILLISECONDS = Fraction(1, 1000)


def encode_mp4(frames: Sequence[Image.Image], durations: Sequence[int], recipe: str = "") -> Encoded:
    """H.264 in MP4 of N >= 1 frames of one size with even sides, each shown for its duration in ms.

    It plays everywhere (4:2:0) and carries the recipe as its comment. Raises ImportError without
    PyAV.
    """
    import av

    buffer = io.BytesIO()
    first = frames[0]
    with av.open(buffer, "w", format="mp4") as file:
        if recipe:
            file.metadata["comment"] = recipe
        stream = file.add_stream("libx264", options={"crf": CRF, "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = first.width, first.height, "yuv420p"
        stream.codec_context.time_base = stream.time_base = MILLISECONDS
        stream.codec_context.thread_count = 1  # the cores belong to the networks
        at = 0
        for image, duration in list(zip(frames, durations, strict=True)) * ROUNDS:
            frame = av.VideoFrame.from_image(image)
            frame.pts, frame.time_base = at, MILLISECONDS
            file.mux(stream.encode(frame))
            at += duration
        file.mux(stream.encode(None))
    return Encoded(buffer.getvalue(), "video/mp4", first.width, first.height)
