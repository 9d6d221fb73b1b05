"""How well people's faces are found in pictures that are made of photographs, and what is seen in those held out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from data.pictures import Pixels
from data.pictures.decode import decode
from data.pictures.opening import Unreadable
from data.vision.faces import Box, Face
from data.vision.frame import Frame
from data.vision.people.aligning import face_of
from data.vision.people.framing import framed
from data.vision.people.looking import look
from models.finder.measure import matched
from models.people.held_out import HeldOut, agreement, of_look
from models.people.photos import Photo

Find = Callable[[Pixels], list[Face]]
CANVAS = (480, 640)  # px, height and width of what photographs are pasted into
TILTS = (-20.0, 20.0)
SIZES = (96, 192)  # px of a photograph that is pasted
TOGETHER = 4  # faces in one picture
MAX_PIXELS, MAX_SIDE = 50_000_000, 1280
LOOKED = 256  # px of a head that is looked at


def alone(picture: Pixels) -> list[Face]:
    """What this project used before, to compare with: one of OpenCV's cascades and nothing else."""
    file = Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_default.xml"
    grey = cv2.equalizeHist(cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2GRAY))
    squares = cv2.CascadeClassifier(str(file)).detectMultiScale(grey, 1.1, 5, minSize=(24, 24))
    return [Face((x + 0.12 * w, y + 0.2 * w, 0.76 * w, 0.76 * w), 1.0) for x, y, w, _ in squares]


def measure_found(find: Find, photos: Sequence[Photo], seed: int = 0) -> dict[str, dict[str, Any]]:
    """Kind of picture -> `found` (share of the faces), `faces`, `alarms` (faces that are none), `pictures`, and how far
    the lean is off, degrees in the median."""
    rng = np.random.default_rng(seed)
    kinds = {
        "as they are": [_plain(photo) for photo in photos],
        "small in a large picture": [_pasted([photo], [0.0], rng) for photo in photos],
        "leaning by 20 degrees": [_pasted([photo], [TILTS[i % 2]], rng) for i, photo in enumerate(photos)],
        "four in a picture, leaning a little": [
            _pasted(photos[i : i + TOGETHER], rng.uniform(-12, 12, TOGETHER), rng)
            for i in range(0, len(photos) - TOGETHER + 1, TOGETHER)
        ],
    }
    return {kind: _measured(find, pictures) for kind, pictures in kinds.items()}


def measure_alarms(find: Find, folder: Path) -> dict[str, Any]:
    """How many faces are found in drawings, in which there are no people."""
    alarms, pictures = [], 0
    for path in sorted(folder.iterdir()):
        try:
            picture = decode(path.read_bytes(), MAX_PIXELS, MAX_SIDE).pixels
        except (Unreadable, OSError):
            continue
        pictures += 1
        alarms += [path.name] * len(find(picture))
    return {"pictures": pictures, "alarms": len(alarms), "in": sorted(set(alarms))}


def measure_look(find: Find, photos: Sequence[HeldOut]) -> dict[str, Any]:
    """How far `look` agrees with the person who has described them; faces that are not found are in the middle."""
    said, seen, missed = [], [], 0
    for photo in photos:
        picture = decode(photo.content, MAX_PIXELS, MAX_SIDE).pixels
        faces = sorted(find(picture), key=lambda face: -face.box[2] * face.box[3])[:1]
        missed += not faces
        said.append(photo.said)
        seen.append(of_look(look(framed(picture, faces, LOOKED)[0])))
    return {"photographs": len(photos), "faces not found": missed, **agreement(said, seen)}


Made = tuple[Pixels, list[Box], list[float]]  # a picture, the faces in it, how far each leans


def _plain(photo: Photo) -> Made:
    return photo.pixels, [face_of(photo.square, 1.0).box], [0.0]


def _pasted(photos: Sequence[Photo], turns: Sequence[float] | np.ndarray, rng: np.random.Generator) -> Made:
    """Photographs side by side in a soft picture, each turned."""
    height, width = CANVAS
    corners = rng.integers(30, 226, (2, 2, 3)).astype(np.float32)
    canvas = cv2.resize(corners, (width, height), interpolation=cv2.INTER_LINEAR)
    canvas += rng.normal(0, 6, canvas.shape).astype(np.float32)
    boxes, room = [], width / len(photos)
    for number, (photo, turn) in enumerate(zip(photos, turns, strict=True)):
        side = rng.uniform(*SIZES) if len(photos) == 1 else rng.uniform(SIZES[0], min(SIZES[1], room / 1.15))
        reach = 0.5 * side * 1.3
        free = max(0.0, room / 2 - reach)
        x = (number + 0.5) * room + rng.uniform(-free, free)
        y = rng.uniform(reach, height - reach)
        own = photo.pixels.shape[1]
        to = Frame(x, y, side, float(turn)).matrix(own)  # from the photograph to the canvas
        flags = cv2.INTER_AREA if side < own else cv2.INTER_LINEAR
        drawn = cv2.warpAffine(photo.pixels, to, (width, height), flags=flags)
        mask = cv2.warpAffine(np.full(photo.pixels.shape[:2], 255, np.uint8), to, (width, height))
        canvas += (drawn - canvas) * (mask[..., None] / 255.0)
        square = photo.square
        at = to @ [square.x, square.y, 1]
        boxes.append(face_of(Frame(float(at[0]), float(at[1]), square.side * side / own, float(turn)), 1.0).box)
    return canvas.clip(0, 255).astype(np.uint8), boxes, [float(turn) for turn in turns]


def _measured(find: Find, pictures: Sequence[Made]) -> dict[str, Any]:
    faces = alarms = hits = 0
    off: list[float] = []
    for picture, boxes, turns in pictures:
        seen = find(picture)
        found, wrong = matched(seen, boxes)
        faces, alarms, hits = faces + len(boxes), alarms + len(wrong), hits + sum(found)
        off += [abs(face.angle - turn) for box, turn in zip(boxes, turns, strict=True) for face in _on(seen, box)]
    lean = round(float(np.median(off)), 1) if off else None
    return {
        "found": round(hits / max(1, faces), 4), "faces": faces, "alarms": alarms, "pictures": len(pictures),
        "degrees off": lean,
    }  # fmt: skip


def _on(seen: Sequence[Face], box: Box) -> Iterator[Face]:
    x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
    for face in seen:
        if face.box[0] < x < face.box[0] + face.box[2] and face.box[1] < y < face.box[1] + face.box[3]:
            yield face
            return
