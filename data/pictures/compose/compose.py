"""A drawn head on each of the faces of a picture, or of an animation."""

from __future__ import annotations

from collections.abc import Sequence

from data.pictures.compose.anchors import Anchors
from data.pictures.compose.drawn import Sitter
from data.pictures.compose.laying import lay
from data.pictures.compose.light import Surroundings
from data.pictures.compose.lines import outline
from data.pictures.compose.tracks import Track
from data.pictures.requests import MOST_HEADS
from data.pictures.types import Pixels

TURN_STEP = 0.08  # of the sine of a yaw: a head in motion is drawn anew when it has turned so far


def compose(picture: Pixels, faces: Sequence[Anchors], sitter: Sitter) -> Pixels:
    """`picture` (H, W, 3) with a head on each of `faces`, at most `MOST_HEADS`, the largest.

    Smaller faces are farther away, and come first.
    """
    made, around = picture.copy(), Surroundings(picture)
    for face in sorted(faces, key=lambda face: face.reach)[-MOST_HEADS:]:
        head = sitter.head(face, outline(picture, face))
        lay(made, around.on(face).upon(head), face)
    return made


def compose_frames(frames: Sequence[Pixels], tracks: Sequence[Track], sitter: Sitter) -> list[Pixels]:
    """`frames` (H, W, 3) with a head on each of `tracks`, at most `MOST_HEADS`, the largest.

    Light and lines are measured once a track, so that they do not flicker.
    """
    made = [frame.copy() for frame in frames]
    for track in sorted(tracks, key=lambda track: track.reach)[-MOST_HEADS:]:
        first = track.faces[0]
        light, line = Surroundings(frames[track.start]).on(first), outline(frames[track.start], first)
        largest = max(track.faces, key=lambda face: face.length)
        drawn = {}
        for number, face in enumerate(track.faces, start=track.start):
            turn = round(face.turn / TURN_STEP) * TURN_STEP
            if turn not in drawn:
                drawn[turn] = light.upon(sitter.head(largest.turned(turn), line * largest.length / first.length))
            lay(made[number], drawn[turn], face, instead=False)  # frame by frame it would flicker
    return made
