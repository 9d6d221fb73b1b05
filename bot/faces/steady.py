"""One head through the frames of an animation: followed, filled in where it was not seen, and without the jitter.

A finder places a face in each frame anew, a little differently each time; a crop that follows it trembles.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from data.vision.faces import Face

NEAR = 0.9  # of a face's size: how far it may be from where it was, a look before
SEEN = 0.34  # share of the looks in which it must be seen
SPREAD = 1.6  # frames: sigma of the mean that its places are smoothed by
EVERY = 3  # frames from one look to the next


def looks(frames: int) -> list[int]:
    """The frames that are looked at: every third, and the last."""
    return sorted({*range(0, frames, EVERY), frames - 1})


def followed(found: Sequence[Sequence[Face]], at: Sequence[int], frames: int, number: int = 0) -> list[Face] | None:
    """One face in each of `frames`, from those found in the frames `at` (ascending, as many as lists): that of the
    largest face, or of number `number` from the left where it is first seen so. None where there is no such face, or in
    too few of the looks."""
    start = next((i for i, faces in enumerate(found) if len(faces) >= max(1, number)), None)
    if start is None:
        return None
    first = _chosen(found[start], number)
    seen = {at[start]: first}
    for way in (range(start + 1, len(found)), range(start - 1, -1, -1)):
        last = first
        for i in way:
            near = min(found[i], key=lambda face, last=last: _distance(face, last), default=None)
            if near is not None and _distance(near, last) <= NEAR:
                seen[at[i]] = last = near
    if len(seen) < SEEN * len(found):
        return None
    return _smoothed(seen, frames)


def _chosen(faces: Sequence[Face], number: int) -> Face:
    if not number:
        return max(faces, key=lambda face: face.box[2] * face.box[3])
    return sorted(faces, key=lambda face: face.box[0] + face.box[2] / 2)[number - 1]


def _distance(one: Face, other: Face) -> float:
    """Between the middles of two faces, in sizes of the second one."""
    (x, y, w, h), (a, b, c, d) = one.box, other.box
    return float(np.hypot(x + w / 2 - a - c / 2, y + h / 2 - b - d / 2)) / max(c, d, 1.0)


def _smoothed(seen: dict[int, Face], frames: int) -> list[Face]:
    at = sorted(seen)
    rows = np.array([_numbers(seen[i]) for i in at])
    every = np.stack([np.interp(np.arange(frames), at, column) for column in rows.T], axis=1)
    reach = int(np.ceil(3 * SPREAD))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / SPREAD) ** 2)
    padded = np.pad(every, ((reach, reach), (0, 0)), mode="edge")
    even = np.stack([np.convolve(column, kernel / kernel.sum(), mode="valid") for column in padded.T], axis=1)
    score = min(face.score for face in seen.values())
    return [Face((x - w / 2, y - h / 2, w, h), score, angle=angle) for x, y, w, h, angle in even.tolist()]


def _numbers(face: Face) -> tuple[float, ...]:
    x, y, w, h = face.box
    return x + w / 2, y + h / 2, w, h, face.angle
