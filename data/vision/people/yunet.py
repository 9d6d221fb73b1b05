"""A better finder of people's faces for who has one: YuNet as an ONNX file, which OpenCV runs.

Wu, Peng and Yu, "YuNet: A Tiny Millisecond-level Face Detector", 2023; OpenCV Zoo, `models/face_detection_yunet`. A row
of its answer: x, y, w, h; then x, y of the eye at the viewer's left, of the other, of the tip of the nose, and of the
mouth's two corners; then the score.
"""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np

from data.vision.faces import Face
from data.vision.flat import flat
from data.vision.frame import Frame
from data.vision.people.aligning import EYES, LOOKED_AT, face_of
from data.vision.people.fitted import PeopleUnavailable

LEAST, SAME, MOST = 0.6, 0.3, 500  # score; common part of two boxes of one face; faces
MOST_SIDE = 960  # px of what it is shown
MAX_BYTES = 100_000_000  # of a file; the largest has 0.3 MB
_EYE_TO_EYE = EYES[1][0] - EYES[0][0]
_EYES_TO_MOUTH = 0.275  # of FFHQ's square, of the same photographs
_ROW = 15


class YuNet:
    """The network of a file. Raises PeopleUnavailable where OpenCV can make nothing of it."""

    def __init__(self, file: Path, least: float = LEAST) -> None:
        self._file = file
        try:
            if not file.is_file():
                raise PeopleUnavailable(f"{file} is no file")
            if file.stat().st_size > MAX_BYTES:
                raise PeopleUnavailable(f"{file} is larger than {MAX_BYTES:,} bytes")
            content = np.frombuffer(file.read_bytes(), np.uint8)
            # By its content, so that what was measured is what is read.
            nothing = np.zeros(0, np.uint8)
            self._network = cv2.FaceDetectorYN.create("onnx", content, nothing, (32, 32), least, SAME, MOST)
        except OSError as error:
            raise PeopleUnavailable(f"{file} cannot be read: {error.strerror or error}") from error
        except cv2.error as error:
            raise PeopleUnavailable(f"{file} is no network that OpenCV can run") from error
        self.find(np.zeros((32, 32, 3), np.uint8))

    def find(self, picture: np.ndarray) -> list[Face]:
        """As `PeopleFinder.find`. Raises PeopleUnavailable too, where the network answers as YuNet does not."""
        rgb = flat(picture)
        height, width = rgb.shape[:2]
        scale = min(1.0, MOST_SIDE / max(height, width))
        size = max(1, round(width * scale)), max(1, round(height * scale))
        small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA) if scale < 1 else rgb
        try:
            self._network.setInputSize(size)
            _, rows = self._network.detect(np.ascontiguousarray(small[..., ::-1]))
        except cv2.error as error:
            raise PeopleUnavailable(f"{self._file} is no YuNet: it does not answer as such networks do") from error
        if rows is None:
            return []
        rows = np.asarray(rows, np.float64)
        if rows.ndim != 2 or rows.shape[1] != _ROW or not np.isfinite(rows).all():
            raise PeopleUnavailable(f"{self._file} is no YuNet: it answers {rows.shape}")
        rows[:, :14:2] *= width / size[0]
        rows[:, 1:14:2] *= height / size[1]
        found = [_face(row) for row in rows[np.argsort(-rows[:, 14], kind="stable")]]
        return [face for face in found if face is not None]


def _face(row: np.ndarray) -> Face | None:
    """By eyes and mouth, of which a turned head foreshortens but one distance; None where they are in one place."""
    left, right, mouth = row[4:6], row[6:8], (row[10:12] + row[12:14]) / 2
    eyes = (left + right) / 2
    side = max(math.dist(left, right) / _EYE_TO_EYE, math.dist(eyes, mouth) / _EYES_TO_MOUTH)
    if side < 8:
        return None
    turn = math.degrees(math.atan2(right[1] - left[1], right[0] - left[0]))
    down = np.array([-math.sin(math.radians(turn)), math.cos(math.radians(turn))])
    middle = eyes + down * (LOOKED_AT[1] - EYES[0][1]) * side
    frame = Frame(float(middle[0]), float(middle[1]), side * LOOKED_AT[2], turn)
    return face_of(frame, float(min(max(row[14], 0.0), 1.0)))
