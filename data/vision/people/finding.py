"""People's faces in a photograph: OpenCV's cascades say where they may be, what was fitted says where and whether.

Cascades: Viola and Jones 2001, Lienhart and Maydt 2002; they are in OpenCV's wheel.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from data.vision.faces import Face
from data.vision.flat import flat
from data.vision.frame import Frame
from data.vision.people.aligning import LOOKED_AT, align, face_of
from data.vision.people.fitted import WEIGHTS, Fitted, PeopleUnavailable, fitted
from data.vision.people.patches import Pyramid, gradients

LEAST = 0.5  # probability of a face
MOST_SIDE, LEAST_SIDE = 640, 256  # px of what the cascades look at: larger pictures are made smaller, tiny ones larger
BEYOND = 0.12  # of the longer side: how far the picture's edge goes on, for faces that it touches
STEP, NEIGHBOURS, SMALLEST = 1.1, 2, 28  # lenient: who is no face is told apart afterwards
TURNS = (-40.0, 40.0)  # degrees that a picture is turned by in which no upright face was found
TURNED_SIDE, TURNED_STEP = 400, 1.2  # likewise: px of it, and how much more the size of a face may be off
SAME = 0.35  # of two faces, the common part of all that they cover, from which on they are one

# Where in a cascade's square the face is that `aligning` begins with: its middle across and down, its side.
_FRONTAL, _PROFILE = (0.5, 0.474, 1.288), (0.4, 0.5, 1.2)


class PeopleFinder:
    """Finds faces. Raises PeopleUnavailable where OpenCV's cascades or what was fitted cannot be read."""

    def __init__(self, weights: Path = WEIGHTS, least: float = LEAST) -> None:
        self._fitted: Fitted = fitted(weights)
        self._least = least
        self._frontal = [_cascade("frontalface_default"), _cascade("frontalface_alt2")]
        self._profile = _cascade("profileface")

    def find(self, picture: np.ndarray) -> list[Face]:
        """The faces in uint8 (H, W, 3), (H, W) or (H, W, 4), best first, with eyes, chins and leans.

        Heads that lean far are looked for only where none is upright. Raises ValueError for what is no picture.
        """
        grey = cv2.cvtColor(np.ascontiguousarray(flat(picture)), cv2.COLOR_RGB2GRAY)
        pyramid = Pyramid(grey)
        longest = max(grey.shape)
        scale = min(MOST_SIDE / longest, max(1.0, LEAST_SIDE / longest))
        size = max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale))
        small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
        margin = round(BEYOND * max(small.shape))
        seen = cv2.equalizeHist(cv2.copyMakeBorder(small, margin, margin, margin, margin, cv2.BORDER_REPLICATE))
        scale_x, scale_y = size[0] / grey.shape[1], size[1] / grey.shape[0]
        back = np.array([[1 / scale_x, 0, -margin / scale_x], [0, 1 / scale_y, -margin / scale_y]])
        found = self._told(pyramid, self._upright(seen), back, 0.0)
        return _sorted_out(found or self._leaning(pyramid, seen, back))

    def _leaning(self, pyramid: Pyramid, seen: np.ndarray, back: np.ndarray) -> list[Face]:
        shrunk = min(1.0, TURNED_SIDE / max(seen.shape))
        small = cv2.resize(seen, None, fx=shrunk, fy=shrunk, interpolation=cv2.INTER_AREA)
        grown = np.array([[seen.shape[1] / small.shape[1], 0, 0], [0, seen.shape[0] / small.shape[0], 0]])
        found = []
        for turn in TURNS:
            turned, matrix = _turned(small, turn)
            frames = self._frontals(turned, TURNED_STEP, self._frontal[1:])
            found += self._told(pyramid, frames, _after(back, _after(grown, matrix)), turn)
        return found

    def _upright(self, seen: np.ndarray) -> Iterator[Frame]:
        yield from self._frontals(seen)
        width = seen.shape[1]
        mirrored = np.ascontiguousarray(seen[:, ::-1])
        across, down, side = _PROFILE
        for x, y, w in _squares(self._profile, seen, STEP, NEIGHBOURS):
            yield Frame(x + across * w, y + down * w, side * w)
        for x, y, w in _squares(self._profile, mirrored, STEP, NEIGHBOURS):
            yield Frame(width - x - across * w, y + down * w, side * w)

    def _frontals(
        self, seen: np.ndarray, step: float = STEP, cascades: Sequence[cv2.CascadeClassifier] = ()
    ) -> Iterator[Frame]:
        across, down, side = _FRONTAL
        for cascade in cascades or self._frontal:
            for x, y, w in _squares(cascade, seen, step, NEIGHBOURS):
                yield Frame(x + across * w, y + down * w, side * w)

    def _told(self, grey: Pyramid, frames: Iterator[Frame], back: np.ndarray, turn: float) -> list[Face]:
        """Those frames of a turned and resized picture that show a face, in the picture itself."""
        faces = []
        scale = float(np.hypot(back[0, 0], back[1, 0]))
        for frame in frames:
            x, y = back @ [frame.x, frame.y, 1]
            aligned = align(grey, Frame(float(x), float(y), frame.side * scale, turn), self._fitted.align)
            if self._is_in(aligned, grey.size) and (sure := self._sure(grey, aligned)) >= self._least:
                faces.append(face_of(aligned, sure))
        return faces

    def _sure(self, grey: Pyramid, aligned: Frame) -> float:
        odds = self._fitted.face(gradients(grey.square(aligned)))
        return float(1 / (1 + np.exp(-np.clip(odds[0], -30, 30))))

    @staticmethod
    def _is_in(frame: Frame, size: tuple[int, int]) -> bool:
        inside = -0.1 * frame.side <= frame.x <= size[0] + 0.1 * frame.side
        return inside and -0.1 * frame.side <= frame.y <= size[1] + 0.1 * frame.side and frame.side >= 8 * LOOKED_AT[2]


def _cascade(name: str) -> cv2.CascadeClassifier:
    file = Path(cv2.__file__).parent / "data" / f"haarcascade_{name}.xml"
    cascade = cv2.CascadeClassifier()
    if not (file.is_file() and cascade.load(str(file))):
        raise PeopleUnavailable(f"{file} holds no cascade that OpenCV can read")
    return cascade


def _squares(
    cascade: cv2.CascadeClassifier, seen: np.ndarray, step: float, neighbours: int
) -> list[tuple[float, float, float]]:
    found = cascade.detectMultiScale(seen, step, neighbours, minSize=(SMALLEST, SMALLEST))
    return [(float(x), float(y), float(w)) for x, y, w, _ in found]


def _turned(seen: np.ndarray, turn: float) -> tuple[np.ndarray, np.ndarray]:
    """A picture in which heads that lean by `turn` degrees are upright, and the matrix (2, 3) from it back."""
    height, width = seen.shape
    cos, sin = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    size = int(abs(width * cos) + abs(height * sin)), int(abs(width * sin) + abs(height * cos))
    linear = np.array([[cos, -sin], [sin, cos]])
    offset = np.array([width / 2, height / 2]) - linear @ [size[0] / 2, size[1] / 2]
    matrix = np.concatenate([linear, offset[:, None]], 1)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(seen, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), matrix


def _after(second: np.ndarray, first: np.ndarray) -> np.ndarray:
    """The matrix (2, 3) of one map after another."""
    return np.concatenate([second[:, :2] @ first[:, :2], (second[:, :2] @ first[:, 2] + second[:, 2])[:, None]], 1)


def _sorted_out(faces: list[Face]) -> list[Face]:
    """One a head (non-maximum suppression), best first."""
    kept: list[Face] = []
    for face in sorted(faces, key=lambda face: -face.score):
        if all(_common(face, other) < SAME for other in kept):
            kept.append(face)
    return kept


def _common(one: Face, other: Face) -> float:
    (x, y, w, h), (a, b, c, d) = one.box, other.box
    both = max(0.0, min(x + w, a + c) - max(x, a)) * max(0.0, min(y + h, b + d) - max(y, b))
    return both / (w * h + c * d - both)
