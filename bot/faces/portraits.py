"""The heads in a picture that somebody brings: people's or drawn ones, framed as the networks know heads."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from loguru import logger

from bot.chat import Chat
from bot.command import UserError
from bot.likeness.embedding import DRAWN, PHOTO
from bot.pool.base import RequestFailed
from data.pictures import Pixels
from data.pictures.requests import FrameHeads
from data.vision.faces import Box, Face
from data.vision.requests import Find, FindReal

SIDE = 256  # px of a head that is cut out: networks look at less
SAME = 0.25  # of two boxes, the common part of all that they cover, from which on they are of one face
SURE = 0.8  # how surely somebody is a person in a picture in which there are drawn faces


@dataclass(frozen=True, slots=True)
class Found:
    """The faces in a picture, from left to right. They are all of one kind: of the largest one's."""

    faces: tuple[Face, ...]
    domain: str = PHOTO


async def faces_in(chat: Chat, pixels: Pixels) -> Found:
    """Whose faces are in a picture (H, W, 3). Raises `UserError` where nobody can look."""
    (found,) = await faces_in_each(chat, (pixels,))
    return found


async def faces_in_each(chat: Chat, pictures: Sequence[Pixels]) -> list[Found]:
    """The same of several pictures.

    What finds people takes drawings for people at times, and what finds drawn faces people for drawn, most of all in
    photos without detail. Where both see one face, whoever is surer is right.
    """
    people, drawn = await asyncio.gather(_found(chat, FindReal(tuple(pictures))), _found(chat, Find(tuple(pictures))))
    if people is None and drawn is None:
        raise UserError("selfie.blind")
    nobody = ((),) * len(pictures)
    return [_of_one_kind(*both) for both in zip(people or nobody, drawn or nobody, strict=True)]


def largest(faces: Sequence[Face], most: int) -> list[Face]:
    """The `most` largest, in the order in which they are given."""
    by_size = sorted(range(len(faces)), key=lambda i: -_area(faces[i].box))[:most]
    return [faces[i] for i in sorted(by_size)]


async def framed(
    chat: Chat, pictures: Sequence[Pixels], faces: Sequence[Sequence[Face]], domain: str, side: int = SIDE
) -> list[Pixels]:
    """The heads (side, side, 3) of the faces of each picture, in order; of a picture without any its middle."""
    request = FrameHeads(tuple(pictures), tuple(tuple(some) for some in faces), side, drawn=domain == DRAWN)
    return list(await chat.run(request))


async def _found(chat: Chat, request: Find) -> tuple[tuple[Face, ...], ...] | None:
    try:
        return await chat.run(request)
    except RequestFailed as error:
        logger.warning("faces are not found by {}: {}", type(request).__name__, error)
        return None


def _of_one_kind(people: Sequence[Face], drawn: Sequence[Face]) -> Found:
    sure = [face for face in people if all(face.score > other.score for other in drawn if _same(face, other))]
    drawn = [face for face in drawn if not any(_same(face, other) for other in sure)]
    people = [face for face in sure if face.score >= SURE] if drawn else sure
    if not people and not drawn:
        return Found(())
    (one,) = largest((*people, *drawn), 1)
    kind, domain = (people, PHOTO) if any(one is face for face in people) else (drawn, DRAWN)
    return Found(tuple(sorted(kind, key=lambda face: face.box[0] + face.box[2] / 2)), domain)


def _same(one: Face, other: Face) -> bool:
    return _common(one.box, other.box) >= SAME


def _area(box: Box) -> float:
    return box[2] * box[3]


def _common(one: Box, other: Box) -> float:
    (x, y, w, h), (a, b, c, d) = one, other
    both = max(0.0, min(x + w, a + c) - max(x, a)) * max(0.0, min(y + h, b + d) - max(y, b))
    return both / (w * h + c * d - both)
