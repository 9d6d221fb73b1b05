"""The same face from frame to frame: who is who, and held still where only the finder trembles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data.pictures.compose.anchors import Anchors

NEAR = 0.6  # heads that a face may move from one frame to the next and be the same
GROWS = 1.6  # times that it may grow or shrink meanwhile
MISSED = 3  # frames in which it may be overlooked
SHORTEST = 3  # frames that a face is seen in: less is taken for a slip of the finder, unless the animation is as short
WIDTH = 1.6  # frames: of the Gaussian that its places are smoothed with


@dataclass(frozen=True, slots=True)
class Track:
    """One face in consecutive frames."""

    start: int  # the frame of the first of `faces`
    faces: tuple[Anchors, ...]

    @property
    def reach(self) -> float:
        """How large it usually is."""
        return float(np.median([face.reach for face in self.faces]))


def tracks_of(frames: Sequence[Sequence[Anchors]]) -> list[Track]:
    """The faces of each frame as tracks, smoothed, where one was overlooked between two frames filled in.

    In the order of their first frames, and within one from left to right.
    """
    going: list[dict[int, Anchors]] = []
    done: list[dict[int, Anchors]] = []
    for number, faces in enumerate(frames):
        done += [seen for seen in going if number - max(seen) > MISSED + 1]
        going = [seen for seen in going if number - max(seen) <= MISSED + 1]
        left = sorted(faces, key=lambda face: face.head_box[0])
        pairs = sorted(
            (distance, i, j)
            for i, seen in enumerate(going)
            for j, face in enumerate(left)
            if (distance := _apart(seen[max(seen)], face)) <= NEAR
        )
        taken: set[int] = set()
        followed: set[int] = set()
        for _, i, j in pairs:
            if i not in followed and j not in taken:
                going[i][number] = left[j]
                followed.add(i)
                taken.add(j)
        going += [{number: face} for j, face in enumerate(left) if j not in taken]
    least = min(SHORTEST, len(frames))
    whole = sorted((seen for seen in done + going if len(seen) >= least), key=min)
    return [Track(min(seen), tuple(_smoothed(seen))) for seen in whole]


def _apart(one: Anchors, other: Anchors) -> float:
    """How far two faces are apart, in heads; infinite where one is much larger."""
    sizes = one.reach, other.reach
    if not 0 < max(sizes) <= GROWS * min(sizes):
        return math.inf
    return math.dist(one.middle, other.middle) / max(sizes)


def _smoothed(seen: dict[int, Anchors]) -> list[Anchors]:
    """One a frame, from the first to the last that it was seen in."""
    at = np.array(sorted(seen))
    values = np.array([seen[i].numbers for i in at])
    values[:, -2] = np.degrees(np.unwrap(np.radians(values[:, -2])))
    every = np.arange(at[0], at[-1] + 1)
    filled = np.column_stack([np.interp(every, at, column) for column in values.T])
    if len(filled) >= 3:  # a single slip goes before it is spread over its neighbours
        ends = np.concatenate([filled[:1], filled, filled[-1:]])
        filled = np.median([ends[:-2], ends[1:-1], ends[2:]], axis=0)
    # Beyond its ends a path goes on as it came: what is averaged there stays on it.
    more = min(len(filled) - 1, round(3 * WIDTH))
    path = np.concatenate([2 * filled[:1] - filled[more:0:-1], filled, 2 * filled[-1:] - filled[-2 : -2 - more : -1]])
    places = np.arange(len(path))
    weights = np.exp(-(((places[more : more + len(every), None] - places[None]) / WIDTH) ** 2) / 2)
    smooth = weights @ path / weights.sum(1, keepdims=True)
    return [Anchors.of(tuple(row)) for row in smooth]
