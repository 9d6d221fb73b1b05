"""The finder at work: its stored weights, checked; a picture in, faces out."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from data.pictures import Pixels
from data.vision.faces import Face
from data.vision.finder.boxes import merged
from data.vision.finder.coding import STRIDES, decoded
from data.vision.finder.network import FinderConfig, FinderNetwork, folded
from data.vision.flat import flat
from data.vision.stored import load

WEIGHTS = Path(__file__).parent / "weights"
PREFIX = "finder."  # of the tensors in the file
LEAST = 0.6  # score of a face, unless asked otherwise: of composed scenes, one in forty has a false alarm
SECOND = 3  # how many times smaller the second look is: it sees the faces that are too large for the first
ENLARGED = 256  # px: a picture whose longer side is shorter is made so large, but not beyond MOST times its size
MOST = 4.0
SMALLEST = 8.0  # px of what was looked at: what is smaller is no face


class FinderUnavailable(Exception):
    """The weights cannot be used; the message is one sentence."""


class Finder:
    """The network of a folder (`model.safetensors`, `config.json`), ready to find. One thread uses it.

    Raises FinderUnavailable where the folder holds no such network, whole and fitting its config.
    """

    def __init__(self, folder: Path = WEIGHTS, device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32):
        self.device = torch.device(device)
        self.dtype = dtype
        network, self.info = stored(folder)
        network = folded(network)
        self.network: FinderNetwork = network.to(self.device, dtype, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.config = self.network.config

    @torch.inference_mode()
    def find(self, picture: Pixels, least: float = LEAST) -> list[Face]:
        """The faces in uint8 (H, W, 3), best first; grey (H, W) and see-through (H, W, 4) pictures too.

        Raises ValueError for what is no picture.
        """
        picture = flat(picture)
        height, width = picture.shape[:2]
        longer = max(height, width)
        scale = min(self.config.side / longer, max(1.0, min(MOST, ENLARGED / longer)))
        # NHWC seen as NCHW is channels-last, for which torch has a quick way of shrinking bytes.
        image = torch.from_numpy(np.ascontiguousarray(picture))[None].permute(0, 3, 1, 2)
        rows = [self._look(image, scale, least)]
        if longer * scale > 192:
            rows.append(self._look(image, scale / SECOND, least))
        faces = merged(np.concatenate(rows))
        return [_face(row, width, height) for row in faces]

    def _look(self, image: torch.Tensor, scale: float, least: float) -> np.ndarray:
        """Rows of `coding.decoded` in pixels of the picture, as it is seen at `scale`.

        The score is that of the picture and of its mirror image: it halved the false alarms, and twice the time is
        still little.
        """
        height, width = (max(1, round(side * scale)) for side in image.shape[2:])
        if (height, width) != tuple(image.shape[2:]):
            image = F.interpolate(image, (height, width), mode="bilinear", antialias=True)
        step = STRIDES[-1]
        x = F.pad(image.to(self.device).float(), (0, -width % step, 0, -height % step), mode="replicate")
        x = (x / 127.5 - 1).to(self.dtype)
        x = torch.cat([x, x.flip(3)])
        maps = self.network(x.contiguous(memory_format=torch.channels_last))
        for m in maps:
            m[0, 0] = (m[0, 0] + m[1, 0].flip(1)) / 2
        rows = np.concatenate(
            [decoded(m[0].float().cpu().numpy(), stride, least) for m, stride in zip(maps, STRIDES, strict=True)]
        )
        sides = rows[:, 3:5] - rows[:, 1:3]
        middles = (rows[:, 1:3] + rows[:, 3:5]) / 2
        inside = (sides.min(1) >= SMALLEST) & (middles < (width, height)).all(1) & (middles > 0).all(1)
        rows = rows[inside]
        rows[:, 1:15] /= scale
        return rows


def stored(folder: Path) -> tuple[FinderNetwork, dict[str, Any]]:
    """The network of a folder as it was trained, in eval mode, and its config.json. Raises FinderUnavailable."""
    return load(folder, "finder", lambda value: FinderNetwork(FinderConfig.from_json(value)), FinderUnavailable)


def _face(row: np.ndarray, width: int, height: int) -> Face:
    def box(x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        """Within the picture."""
        x0, x1 = (min(max(x, 0.0), float(width)) for x in (x0, x1))
        y0, y1 = (min(max(y, 0.0), float(height)) for y in (y0, y1))
        return x0, y0, x1 - x0, y1 - y0

    score, *values, angle = (float(value) for value in row)
    a, b, c, d, e, f = values[8:14]
    return Face(
        box(*values[:4]), min(1.0, score), box(*values[4:8]), math.degrees(angle), ((a, b), (c, d)), (e, f)
    )  # fmt: skip
