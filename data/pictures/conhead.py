"""From a picture and the faces that were found in it to the same picture with other heads, ready to send."""

from __future__ import annotations

import io
from typing import TypeVar

import numpy as np
from PIL import Image

from data.pictures.animate import encode_frames
from data.pictures.compose import Anchors, Cut, Head, Sits, Sitter, Track, compose, compose_frames, tracks_of
from data.pictures.compose.found import anchors_of
from data.pictures.encode import encode_jpeg
from data.pictures.requests import PutHeads, Who
from data.pictures.types import Encoded, HeadFile, Pixels

PAPER = 256  # px
LEAST = 4.0  # px: what is smaller is no face that anybody sees
_Place = TypeVar("_Place", Anchors, Track)


def put_heads(request: PutHeads) -> tuple[int, Encoded | None]:
    """How many faces could have got a head, and the picture; None where the one that was asked for is not among them.

    Heads are dealt from left to right; of one face that is asked for, the first is meant.

    Raises KeyError for a head of nobody's and `data.drawn.DrawingUnavailable`.
    """
    sitters = [_sitter(who, request.mood) for who in request.who]
    height, width, _ = request.pictures[0].shape
    places = [
        [place for face in faces if _likely(place := anchors_of(face, width, height), max(width, height))]
        for faces in request.faces
    ]
    if request.durations:
        tracks = sorted(tracks_of(places), key=lambda track: track.faces[0].middle)
        chosen = _only(tracks, request.only)
        if not chosen:
            return len(tracks), None
        made = compose_frames(request.pictures, chosen, *sitters, forced=request.forced)
        return len(tracks), encode_frames(made, request.durations, request.recipe, gif=request.gif)
    faces = sorted(places[0], key=lambda face: face.middle)
    chosen = _only(faces, request.only)
    if not chosen:
        return len(faces), None
    made = compose(request.pictures[0], chosen, *sitters, forced=request.forced)
    return len(faces), encode_jpeg(Image.fromarray(made), recipe=request.recipe)


def on_paper(content: bytes) -> Pixels:
    """A head that was cut out, PNG, on a square of `PAPER` px."""
    image = Image.open(io.BytesIO(content), formats=("PNG",)).convert("RGBA")
    image.thumbnail((PAPER, PAPER), Image.Resampling.LANCZOS)
    page = Image.new("RGB", (PAPER, PAPER), "white")
    page.paste(image, ((PAPER - image.width) // 2, PAPER - image.height), image)
    return np.array(page)


def _sitter(who: Who, mood: str) -> Sits:
    if not isinstance(who, HeadFile):
        return Sitter(who, mood)
    image = Image.open(io.BytesIO(who.content), formats=("PNG",)).convert("RGBA")
    return Cut(Head(np.array(image), Anchors.of(who.place)))


def _only(faces: list[_Place], number: int) -> list[_Place]:
    return faces if number == 0 else faces[number - 1 : number]


def _likely(place: Anchors, side: int) -> bool:
    """Whether a face is neither a speck nor larger than what it is in."""
    return LEAST <= place.length <= side and LEAST <= place.reach <= 2 * side
