"""Heads and faces found by a YOLO network (v8, v10, 11), such as deepghs' (https://huggingface.co/deepghs).

Input float RGB 0…1, (1, 3, H, W), sides multiples of 32. Output (1, 4 + classes, N): middle, width and height in pixels
of the input, and a score a class; or, of networks that sort out the overlaps themselves, (1, N, 6): corners, score and
class. What the classes are called stands in the file ("names"), as Ultralytics exports it.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path

import cv2
import numpy as np

from data.vision.faces import Box, Face
from data.vision.flat import flat
from data.vision.onnx.session import MOST_SIDE, OnnxUnavailable, Session
from data.vision.requests import MOST_FACES

SIDE = 640  # px of the input's longer side, where the file does not say
STEP = 32
GREY = 114  # of the margin, as these networks are trained
LEAST = 0.3  # score of a head or face
SAME = 0.5  # intersection over union of two boxes of one head; drawn heads overlap less
MOST_BOXES = 3000  # that are compared

# Where the face is in the box of a head: medians of 42 upright faces on real drawings, as our own finder sees both.
FACE_WIDTH, FACE_TOP, FACE_HEIGHT = 0.84, 0.3, 0.695


class YoloFinder:
    """A YOLO network out of a file. Raises OnnxUnavailable where it holds none that finds heads or faces.

    Of a head's box the face is a part of fixed proportions, which fits heads that look at us. Eyes, chins and leans are
    not seen.
    """

    def __init__(self, file: Path, least: float = LEAST, threads: int = 0) -> None:
        self._session = Session(file, threads)
        self._least = least
        about = self._session.about
        names = _names(about.get("names", ""))
        self._heads = {number for number, name in names.items() if "head" in name}
        self._faces = {number for number, name in names.items() if "face" in name}
        if not names:  # an export without them, of one class
            self._faces, self._heads = ({0}, set()) if "face" in file.stem.lower() else (set(), {0})
        if not self._heads and not self._faces:
            raise OnnxUnavailable(f"{file} finds {', '.join(sorted(names.values())[:5])}, neither heads nor faces")
        self._classes = max(names, default=0) + 1
        shape = self._session.shape
        if len(shape) != 4 or shape[1] not in (None, 3) or shape[0] not in (None, 1):
            raise OnnxUnavailable(f"{file} takes {shape}, not one picture of (3, H, W)")
        self._size = _size(shape, about.get("imgsz", ""))

    def find(self, picture: np.ndarray) -> list[Face]:
        """The faces in uint8 (H, W, 3), (H, W) or (H, W, 4), best first. Raises ValueError for what is no picture, and
        OnnxUnavailable where the network does not answer as such networks do."""
        given, scale, (left, top) = letterboxed(flat(picture), self._size, fixed=None not in self._session.shape[2:])
        found = _sorted_out(self._decoded(self._session.run(given)))
        h, w = picture.shape[:2]
        faces = []
        for x0, y0, x1, y1, score, number in found[:MOST_FACES]:
            x0, x1 = (np.clip((x - left) / scale, 0, w) for x in (x0, x1))
            y0, y1 = (np.clip((y - top) / scale, 0, h) for y in (y0, y1))
            if x1 - x0 >= 1 and y1 - y0 >= 1:
                box = (float(x0), float(y0), float(x1 - x0), float(y1 - y0))
                head = int(number) in self._heads
                faces.append(Face(face_of(box) if head else box, min(1.0, float(score)), box if head else None))
        return faces

    def _decoded(self, answer: np.ndarray) -> np.ndarray:
        """(n, 6): corners in the input, score, class; those of heads and faces that are good enough, best first."""
        if answer.ndim != 3 or answer.shape[0] != 1:
            raise self._strange(answer)
        rows = answer[0]
        if rows.shape[0] == 4 + self._classes:
            scores = rows[4:].max(0)
            middle, size = rows[:2], rows[2:4]
            rows = np.concatenate([middle - size / 2, middle + size / 2, scores[None], rows[4:].argmax(0)[None]]).T
        elif rows.shape[1] != 6:
            raise self._strange(answer)
        if rows.size and (rows[:, 4].min() < -0.01 or rows[:, 4].max() > 1.01):
            raise OnnxUnavailable(f"{self._session.file} answers scores that are not between 0 and 1")
        wanted = np.isin(rows[:, 5].astype(int), [*(self._faces if self._faces else self._heads)])
        rows = rows[wanted & (rows[:, 4] >= self._least)]
        return rows[np.argsort(-rows[:, 4], kind="stable")][:MOST_BOXES]

    def _strange(self, answer: np.ndarray) -> OnnxUnavailable:
        return OnnxUnavailable(
            f"{self._session.file} answers {answer.shape}, which is no YOLO of {self._classes} classes"
        )


def face_of(head: Box) -> Box:
    """The face in the box of a head."""
    x, y, w, h = head
    return x + w * (1 - FACE_WIDTH) / 2, y + h * FACE_TOP, w * FACE_WIDTH, h * FACE_HEIGHT


def letterboxed(
    picture: np.ndarray, size: tuple[int, int], fixed: bool
) -> tuple[np.ndarray, float, tuple[float, float]]:
    """uint8 (H, W, 3) as float32 (1, 3, h, w) within `size` (h, w), how many times as large, and what is left of and
    above it. Unless the size is `fixed`, the margin is only as wide as multiples of STEP ask for."""
    h, w = picture.shape[:2]
    scale = min(size[0] / h, size[1] / w)
    inner = min(size[0], max(1, round(h * scale))), min(size[1], max(1, round(w * scale)))
    smaller = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(picture, (inner[1], inner[0]), interpolation=smaller)
    outer = size if fixed else tuple(-(-side // STEP) * STEP for side in inner)
    top, left = (outer[0] - inner[0]) // 2, (outer[1] - inner[1]) // 2
    canvas = np.full((*outer, 3), GREY, np.uint8)
    canvas[top : top + inner[0], left : left + inner[1]] = small
    return canvas.transpose(2, 0, 1)[None].astype(np.float32) / 255, scale, (left, top)


def _sorted_out(rows: np.ndarray) -> np.ndarray:
    """One row a head (non-maximum suppression). Rows are (n, 6), best first."""
    kept = []
    while len(rows):
        best, rows = rows[0], rows[1:]
        kept.append(best)
        common = (np.minimum(best[2:4], rows[:, 2:4]) - np.maximum(best[:2], rows[:, :2])).clip(0).prod(1)
        areas = (rows[:, 2:4] - rows[:, :2]).clip(0).prod(1) + (best[2:4] - best[:2]).clip(0).prod()
        rows = rows[common <= SAME * (areas - common + 1e-9)]
    return np.stack(kept) if kept else np.zeros((0, 6), np.float32)


def _names(text: str) -> dict[int, str]:
    """Ultralytics writes Python: {0: 'head'}."""
    try:
        found = ast.literal_eval(text[:10_000])
        return {int(number): str(name).lower() for number, name in found.items() if 0 <= int(number) < 1000}
    except (ValueError, SyntaxError, AttributeError, TypeError, MemoryError, RecursionError):
        return {}


def _size(shape: tuple[int | None, ...], text: str) -> tuple[int, int]:
    """Height and width of the input: what it has to be, or what the file recommends."""
    try:
        h, w = (int(side) for side in json.loads(text[:100]))
    except (ValueError, TypeError, RecursionError):
        h = w = SIDE
    h, w = (min(MOST_SIDE, max(STEP, side // STEP * STEP)) for side in (h, w))
    return shape[2] or h, shape[3] or w
