"""What the networks make of one picture: whether it shows a head, one only, and what that is like."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from data.labels import ATTRIBUTES
from data.pictures import Pixels
from data.vision.faces import Face
from data.vision.framing import cut
from data.vision.haircolor import hair_color
from data.vision.lettering import lettering
from data.vision.perprocess import Dtype, features, finder, one_thread
from data.vision.requests import Seen

FAINT = 0.2  # score below which nothing is known of a face
GROWN = 0.3  # a second head is as large as this, in parts of the first one's size
MORE = ("fringe",)  # attributes of the features network besides ours that a label vector knows


@dataclass(frozen=True, slots=True)
class Look:
    """`choices`: attribute -> probabilities of its words, in their order. `numbers`: as `Seen.numbers`."""

    head: float = 0.0  # score of the best face, 0…1
    second: float = 0.0  # of the best other one that is large enough to be somebody
    lettering: float = 0.0  # share of the picture, 0…1
    hair: list[int] | None = None  # sRGB, measured
    choices: Mapping[str, list[float]] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)


def look(pixels: Pixels, dtype: Dtype = "float32") -> Look:
    """At uint8 (H, W, 3). Raises FinderUnavailable and FeaturesUnavailable."""
    with one_thread():
        faces = finder(dtype).find(pixels, FAINT)
        best = _main(faces, pixels)
        # Where no face is found the whole picture is looked at: it may be one all the same.
        seen = features().see([pixels if best is None else cut(pixels, best.box)])[0]
    second = max((f.score for f in faces if f is not best and best and _size(f) >= GROWN * _size(best)), default=0.0)
    written = lettering(pixels, best.head_box if best is not None else None)
    hair = None if best is None else hair_color(pixels, best)
    return Look(
        round(best.score if best else 0.0, 4), round(second, 4), round(written, 4),
        None if hair is None else list(hair), _choices(seen),
        {name: round(value, 3) for name, value in seen.numbers.items()},
    )  # fmt: skip


def _main(faces: list[Face], pixels: Pixels) -> Face | None:
    """The one that the picture is of: sure, large and near the middle."""
    h, w = pixels.shape[:2]

    def weight(face: Face) -> float:
        x, y, a, b = face.box
        off = math.hypot((x + a / 2) / w - 0.5, (y + b / 2) / h - 0.5)
        return face.score * _size(face) / max(h, w) * (1 - off)

    sure = [face for face in faces if face.score >= 0.5] or faces
    return max(sure, key=weight, default=None)


def _size(face: Face) -> float:
    return math.sqrt(face.box[2] * face.box[3])


def _choices(seen: Seen) -> dict[str, list[float]]:
    return {
        name: [round(p, 3) for p in seen.choices[name].values()]
        for name in (*ATTRIBUTES, *MORE)
        if name in seen.choices
    }
