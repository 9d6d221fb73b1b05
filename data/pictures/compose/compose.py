"""A drawn head on each of the faces of a picture, or of an animation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import cycle
from typing import TypeVar

from data.pictures.compose.anchors import Anchors
from data.pictures.compose.head import Sits
from data.pictures.compose.laying import lay
from data.pictures.compose.light import Surroundings
from data.pictures.compose.lines import outline
from data.pictures.compose.tracks import Track
from data.pictures.requests import MOST_HEADS
from data.pictures.types import Pixels

_Place = TypeVar("_Place", Anchors, Track)

MIDDLING = 0.018  # lengths: of an outline where there is none to go by
TURN_STEP = 0.08  # of the sine of a yaw: a head in motion is drawn anew when it has turned so far


def compose(picture: Pixels, faces: Sequence[Anchors], *sitters: Sits, forced: bool = False) -> Pixels:
    """`picture` (H, W, 3) with a head on each of `faces`, at most `MOST_HEADS`, the largest.

    The first face gets that of the first of `sitters`, and so on, over again where there are fewer. Smaller faces are
    farther away, and come first. `forced`: there are no faces, only places where somebody wants heads.
    """
    made, around = picture.copy(), Surroundings(picture)
    for face, sitter in _seated(faces, sitters, lambda face: face.reach):
        head = sitter.head(face, MIDDLING * face.length if forced else outline(picture, face))
        light = around.anywhere() if forced else around.on(face)
        lay(made, light.upon(head), face, instead=not forced)
    return made


def compose_frames(
    frames: Sequence[Pixels], tracks: Sequence[Track], *sitters: Sits, forced: bool = False
) -> list[Pixels]:
    """`frames` (H, W, 3) with a head on each of `tracks`, at most `MOST_HEADS`, the largest; whose as in `compose`.

    Light and lines are measured once a track, so that they do not flicker.
    """
    made = [frame.copy() for frame in frames]
    for track, sitter in _seated(tracks, sitters, lambda track: track.reach):
        first = track.faces[0]
        around, line = Surroundings(frames[track.start]), outline(frames[track.start], first)
        light = around.anywhere() if forced else around.on(first)
        largest = max(track.faces, key=lambda face: face.length)
        drawn = {}
        for number, face in enumerate(track.faces, start=track.start):
            turn = round(face.turn / TURN_STEP) * TURN_STEP
            if turn not in drawn:
                drawn[turn] = light.upon(sitter.head(largest.turned(turn), line * largest.length / first.length))
            lay(made[number], drawn[turn], face, instead=False)  # frame by frame it would flicker
    return made


def _seated(
    places: Sequence[_Place], sitters: Sequence[Sits], size: Callable[[_Place], float]
) -> list[tuple[_Place, Sits]]:
    """The largest places with who sits there, the smallest first. As many are chosen before heads are dealt: else the
    one head of all that is meant might be on a face that gets none."""
    chosen = {id(place) for place in sorted(places, key=size)[-MOST_HEADS:]}
    dealt = zip((place for place in places if id(place) in chosen), cycle(sitters), strict=False)
    return sorted(dealt, key=lambda pair: size(pair[0]))
