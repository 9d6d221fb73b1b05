"""What E makes of one picture, as bytes that can be kept: only the model that made them can draw from them.

MARK, then all numbers as float16, all their upper bytes before all the lower ones, deflated: the latent's, those of the
maps from the smallest on, and for a network that is told what is seen in pictures the label values and which are known.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import torch

from models.errors import BadRequest
from models.twingan.config import TwinConfig
from models.twingan.encoded import Encoded

MARK = b"twin1"


def pack(encoded: Encoded, seen: np.ndarray | None = None) -> list[bytes]:
    """One for each picture. `seen` are float32 (N, 2, c_dim): label values, and which are known."""
    maps = [encoded.latent, *(encoded.skips[side] for side in sorted(encoded.skips))]
    parts = [some.flatten(1).half().cpu() for some in maps]
    parts += [] if seen is None else [torch.from_numpy(seen).flatten(1).half()]
    rows = torch.cat(parts, 1).numpy().astype("<f2")  # (N, numbers)
    planes = rows.view(np.uint8).reshape(len(rows), -1, 2)[:, :, ::-1].transpose(0, 2, 1)  # the upper bytes first
    return [MARK + zlib.compress(plane.tobytes(), 1) for plane in planes]


def unpack(encodings: Sequence[bytes], config: TwinConfig, told: bool = False) -> tuple[Encoded, np.ndarray | None]:
    """All of them as a batch, float32 and contiguous, and, where the network is `told` it, what was seen in them.

    Raises BadRequest for what this network did not make.
    """
    shapes = [(config.channels(side), side, side) for side in (4, *config.skips)]
    sizes = [channels * height * width for channels, height, width in shapes]
    labels = 2 * config.c_dim * told
    rows = np.stack([_numbers(encoding, sum(sizes) + labels) for encoding in encodings])
    *maps, seen = np.split(rows, np.cumsum(sizes), 1)
    latent, *skips = (
        torch.from_numpy(np.ascontiguousarray(part)).view(len(rows), *shape)
        for part, shape in zip(maps, shapes, strict=True)
    )
    encoded = Encoded(latent, dict(zip(config.skips, skips, strict=True)))
    return encoded, seen.reshape(len(rows), 2, -1).copy() if told else None


def _numbers(encoding: bytes, count: int) -> np.ndarray:
    """float32 (count,)."""
    inflater = zlib.decompressobj()
    try:
        content = inflater.decompress(encoding.removeprefix(MARK), 2 * count + 1)  # never more than is needed
    except zlib.error as error:
        raise BadRequest(f"not an encoding of a picture: {error}") from error
    if not encoding.startswith(MARK) or len(content) != 2 * count or not inflater.eof:
        raise BadRequest("not an encoding of a picture by this model")
    numbers = np.frombuffer(content, np.uint8).reshape(2, count)[::-1].T.copy().view("<f2")[:, 0].astype(np.float32)
    if not np.isfinite(numbers).all():
        raise BadRequest("an encoding with values that are no numbers")
    return numbers
