"""How well faces are found: in real drawings with boxes made by hand, and in composed scenes."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from data.pictures import Pixels
from data.pictures.decode import decode
from data.pictures.opening import Unreadable
from data.vision.faces import Face
from models.finder.scenes import Composer

Box = Sequence[float]  # x, y, w, h
Find = Callable[[Pixels], list[Face]]

OVERLAP = 0.3  # a hit: so much overlap (IoU), or
RATIO = (0.33, 4.0)  # the middle of the true box within the found one, whose area is so many times the true one's
MAX_PIXELS, MAX_SIDE = 50_000_000, 4096


class Unmeasurable(Exception):
    """The pictures or their labels cannot be used; the message is one sentence."""


def is_hit(found: Box, true: Box) -> bool:
    x, y = max(found[0], true[0]), max(found[1], true[1])
    right, bottom = min(found[0] + found[2], true[0] + true[2]), min(found[1] + found[3], true[1] + true[3])
    common = max(0.0, right - x) * max(0.0, bottom - y)
    areas = found[2] * found[3], true[2] * true[3]
    if common / (sum(areas) - common) >= OVERLAP:
        return True
    cx, cy = true[0] + true[2] / 2, true[1] + true[3] / 2
    inside = found[0] <= cx <= found[0] + found[2] and found[1] <= cy <= found[1] + found[3]
    return inside and RATIO[0] <= areas[0] / areas[1] <= RATIO[1]


def matched(faces: Sequence[Face], true: Sequence[Box], ignored: Sequence[Box] = ()) -> tuple[list[bool], list[Face]]:
    """Which true boxes are found, each by a face of its own, the best first; and the false alarms."""
    found, alarms = [False] * len(true), []
    for face in sorted(faces, key=lambda face: -face.score):
        hits = [i for i, box in enumerate(true) if not found[i] and is_hit(face.box, box)]
        if hits:
            found[hits[0]] = True
        elif not any(_meets(face.box, box) for box in ignored):
            alarms.append(face)
    return found, alarms


def _meets(found: Box, area: Box) -> bool:
    """Whether a found box lies in an area, or covers it, for the most part."""
    x, y = max(found[0], area[0]), max(found[1], area[1])
    right, bottom = min(found[0] + found[2], area[0] + area[2]), min(found[1] + found[3], area[1] + area[3])
    common = max(0.0, right - x) * max(0.0, bottom - y)
    return common >= 0.5 * min(found[2] * found[3], area[2] * area[3])


def measure_pictures(find: Find, folder: Path, labels: Path) -> dict[str, Any]:
    """Recall and false alarms on the pictures that `labels` names, in all and by tag. Raises Unmeasurable.

    `labels` is JSON: `images`, file name -> `faces` and `ignore` (boxes x, y, w, h) and `tags`.
    """
    try:
        images = json.loads(labels.read_text(encoding="utf-8"))["images"]
        entries = {
            str(name): ([list(map(float, box)) for box in entry["faces"]], entry["ignore"], entry["tags"])
            for name, entry in images.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unmeasurable(f"{labels} says of no picture where its faces are: {error!r}") from error
    total, tags, missed, alarmed, spent = _Count(), defaultdict(_Count), [], [], []
    for name, (true, ignored, told) in entries.items():
        try:
            picture = decode((folder / name).read_bytes(), MAX_PIXELS, MAX_SIDE)
        except (OSError, Unreadable) as error:
            raise Unmeasurable(f"{folder / name} cannot be read: {error}") from error
        scale = picture.width / picture.pixels.shape[1]
        boxes, rest = ([[value / scale for value in box] for box in part] for part in (true, ignored))
        start = time.perf_counter()
        faces = find(picture.pixels)
        spent.append(time.perf_counter() - start)
        hits, alarms = matched(faces, boxes, rest)
        for count in (total, *(tags[tag] for tag in told)):
            count.add(hits, len(alarms))
        missed += [f"{name} {box}" for box, hit in zip(true, hits, strict=True) if not hit]
        alarmed += [f"{name} {[round(v * scale) for v in face.box]} {face.score:.2f}" for face in alarms]
    return {
        **total.to_json(),
        "ms": round(1000 * float(np.median(spent)), 1) if spent else None,
        "tags": {tag: tags[tag].to_json() for tag in sorted(tags)},
        "missed": missed,
        "false": alarmed,
    }


def measure_scenes(find: Find, composer: Composer, count: int, seed: int, degrade: bool = True) -> dict[str, Any]:
    """Recall and false alarms on composed scenes, spoilt as in training or as they were composed; faces of which
    little is seen count neither way."""
    total, errors = _Count(), []
    for number in range(count):
        scene = composer.scene(np.random.default_rng([seed, number]), degrade=degrade)
        faces = find(scene.pixels)
        boxes = [(face.counted, _sized(face.box)) for face in scene.faces]
        hits, alarms = matched(faces, [b for sure, b in boxes if sure], [b for sure, b in boxes if not sure])
        total.add(hits, len(alarms))
        for truth in scene.faces:
            near = [face for face in faces if is_hit(face.box, _sized(truth.box))]
            if truth.counted and near:
                turn = near[0].angle - np.degrees(truth.angle)
                errors.append(abs((turn + 180) % 360 - 180))
    return {**total.to_json(), "angle_error": round(float(np.median(errors)), 1) if errors else None}


def _sized(box: Sequence[float]) -> list[float]:
    x0, y0, x1, y1 = box
    return [x0, y0, x1 - x0, y1 - y0]


class _Count:
    """Pictures, faces, those found, false alarms."""

    def __init__(self) -> None:
        self.pictures = self.faces = self.found = self.alarms = 0

    def add(self, hits: Iterable[bool], alarms: int) -> None:
        hits = list(hits)
        self.pictures += 1
        self.faces += len(hits)
        self.found += sum(hits)
        self.alarms += alarms

    def to_json(self) -> dict[str, Any]:
        recall = round(self.found / self.faces, 4) if self.faces else None
        return {
            "pictures": self.pictures, "faces": self.faces, "found": self.found, "recall": recall,
            "false_alarms": self.alarms,
        }  # fmt: skip
