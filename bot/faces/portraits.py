"""The heads in a picture that somebody brings: people's or drawn ones, framed as the networks know heads."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from loguru import logger

from bot.chat import Chat
from bot.command import UserError
from bot.likeness.embedding import DRAWN, PHOTO
from bot.pool.base import RequestFailed
from data.pictures import Pixels
from data.vision.faces import Box, Face
from data.vision.framing import cut
from data.vision.requests import Find, FindReal

SAME = 0.25  # of two boxes, the common part of all that they cover, from which on they are of one face


@dataclass(frozen=True, slots=True)
class Found:
    """The faces in a picture, in reading order. They are all of one kind: of the largest one's."""

    faces: tuple[Face, ...]
    domain: str = PHOTO


@dataclass(frozen=True, slots=True)
class Portrait:
    """A head out of a picture."""

    pixels: Pixels = field(repr=False)  # (S, S, 3)
    domain: str


async def faces_in(chat: Chat, pixels: Pixels) -> Found:
    """Whose faces are in a picture (H, W, 3). Raises `UserError` where nobody can look."""
    (found,) = await faces_in_each(chat, (pixels,))
    return found


async def faces_in_each(chat: Chat, pictures: Sequence[Pixels]) -> list[Found]:
    """The same of several pictures.

    What finds people takes drawings for people at times, and what finds drawn faces hardly ever takes people for
    drawn: where both see one face, it is drawn.
    """
    people, drawn = await asyncio.gather(_found(chat, FindReal(tuple(pictures))), _found(chat, Find(tuple(pictures))))
    if people is None and drawn is None:
        raise UserError("selfie.blind")
    nobody = ((),) * len(pictures)
    return [_of_one_kind(*both) for both in zip(people or nobody, drawn or nobody, strict=True)]


def by_size(faces: Sequence[Face], most: int) -> list[Face]:
    """The `most` largest, in the order in which they are given."""
    largest = sorted(faces, key=lambda face: -_area(face.box))[:most]
    return [face for face in faces if face in largest]


async def framed(picture: Pixels, faces: Sequence[Face]) -> list[Pixels]:
    """The head of each face (S, S, 3), as the networks know heads."""
    return await asyncio.to_thread(lambda: [cut(picture, face.box) for face in faces])


async def _found(chat: Chat, request: Find) -> tuple[tuple[Face, ...], ...] | None:
    try:
        return await chat.run(request)
    except RequestFailed as error:
        logger.warning("faces are not found by {}: {}", type(request).__name__, error)
        return None


def _of_one_kind(people: Sequence[Face], drawn: Sequence[Face]) -> Found:
    people = [face for face in people if all(_common(face.box, other.box) < SAME for other in drawn)]
    if not people and not drawn:
        return Found(())
    largest = max((*people, *drawn), key=lambda face: _area(face.box))
    kind, domain = (people, PHOTO) if largest in people else (drawn, DRAWN)
    return Found(tuple(sorted(kind, key=lambda face: face.box[0] + face.box[2] / 2)), domain)


def _area(box: Box) -> float:
    return box[2] * box[3]


def _common(one: Box, other: Box) -> float:
    (x, y, w, h), (a, b, c, d) = one, other
    both = max(0.0, min(x + w, a + c) - max(x, a)) * max(0.0, min(y + h, b + d) - max(y, b))
    return both / (w * h + c * d - both)
