"""`/twin`: who looks like somebody, among the faces that the bot knows."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Annotated, Any

from bot.chat import Chat
from bot.command import Button, Picture, PictureName, Range, Reply, UserError, command
from bot.faces.portraits import Found, faces_in, framed
from bot.faces.shown import Shown, show_faces, shown_face
from bot.faces.twins import SAVED, STARTERS, domain_of, embedded, nearest, own_face, shelves_for
from bot.likeness.embedding import DRAWN, Embedding, embedding_of
from bot.likeness.library import Neighbour
from bot.likeness.pictures import picture_of
from bot.line.values import quoted
from bot.pool.base import Asker, PoolError, Priority
from data.pictures import Pixels
from data.pictures.requests import Thumbnail
from data.vision.faces import Face
from data.vision.framing import cut
from data.vision.requests import MOST_FACES

SIDE = 1024  # px of a picture: a face in a scene is to be large enough for the networks still
SHOWN = 512  # px of what was looked at, where there was no face in it
MOST = 5


@command("twin", zh="撞脸", costs=True, pictures=1)
async def twin(
    chat: Chat,
    picture: PictureName | None = None,
    face: Annotated[int, Range(1, MOST_FACES)] | None = None,
) -> Reply:
    """The faces that look most like one: of the saved ones, of the bot's own, and of the operator's pictures."""
    embedding = await embedding_of(chat.services.models)
    asked = await _asked(chat, picture, face, embedding)
    if isinstance(asked, Reply):
        return asked
    compared = await shelves_for(chat, embedding)
    (query,) = await embedded(chat, embedding, (asked.head,), asked.domain)
    found = await nearest(chat, embedding, query, compared, MOST, but=asked.name)
    alike = await _alike(chat, found)
    if not alike:
        raise UserError("twin.nobody_known")
    body = {"op": "twins", "model": "", "faces": [one.entry for one in alike]}
    made = await chat.publish(
        _ready([one.pixels for one in alike]), body, alt=chat.text("twin.alt", count=len(alike)), numbered=True
    )
    lines = [chat.text("twin.found", picture=f"#{made.id}", count=len(alike))]
    lines += [_line(chat, number, one.neighbour) for number, one in enumerate(alike, start=1)]
    if compared.waiting:
        lines.append(chat.text("twin.waiting", count=compared.waiting))
    if asked.count > 1:
        lines.append(chat.text("judge.one_of", number=asked.number, count=asked.count))
    assert made.id is not None
    name = {"picture": PictureName(made.id)}
    buttons = [Button(label, label, name, per_face=len(alike) > 1) for label in ("more", "bigger", "save")]
    return Reply("\n".join(lines), (made,), tuple(buttons))


# ---------------------------------------------------------------------------------------------------------------------
# Whose twin


@dataclass(frozen=True, slots=True)
class _Asked:
    head: Pixels = field(repr=False)
    domain: str
    name: str = ""  # on the shelf of saved faces, of one of ours
    number: int = 1  # of the face, from the left
    count: int = 1  # of the faces in the picture


async def _asked(chat: Chat, picture: PictureName | None, face: int | None, embedding: Embedding) -> _Asked | Reply:
    """Who is meant: a face of ours, or one in the picture that the message brings. An answer where there is none."""
    only_replied = picture == chat.replied  # then what the message itself brings goes before it
    if picture is not None and not (only_replied and chat.attached):
        shown = await shown_face(chat, picture)
        (pixels,) = await show_faces(chat, [shown])
        return _Asked(pixels, _known(embedding, domain_of(shown)), f"{picture.id}.{picture.face or 1}")
    (brought,) = await chat.decoded(max_side=SIDE)
    found = await faces_in(chat, brought.pixels)
    if not found.faces:
        return await _nobody(chat, brought.pixels)
    number = _number(found, face)
    domain = _known(embedding, found.domain)
    pixels = await _framed(chat, brought.pixels, found.faces[number - 1], embedding, domain)
    return _Asked(pixels, domain, number=number, count=len(found.faces))


def _known(embedding: Embedding, domain: str) -> str:
    """The domain. Raises `UserError` where faces of that kind cannot be compared."""
    if domain not in embedding.domains:
        raise UserError("twin.no_photos" if domain != DRAWN else "twin.blind")
    return domain


def _number(found: Found, face: int | None) -> int:
    """Which face is meant, from 1: the largest unless one is named. Raises `UserError`."""
    faces = found.faces
    if face is not None and face > len(faces):
        raise UserError("judge.no_such_face", face=face, count=len(faces))
    return face or 1 + max(range(len(faces)), key=lambda i: faces[i].box[2] * faces[i].box[3])


async def _framed(chat: Chat, picture: Pixels, face: Face, embedding: Embedding, domain: str) -> Pixels:
    """The head of a face, as the network knows heads that compares."""
    if embedding.model is None:
        return await asyncio.to_thread(cut, picture, face.box)
    return (await framed(chat, (picture,), ((face,),), domain))[0]


async def _nobody(chat: Chat, looked_at: Pixels) -> Reply:
    shown = await chat.run(Thumbnail(looked_at, SHOWN))
    picture = Picture(None, shown, (), chat.text("judge.looked_at"), fleeting=True)
    return Reply(chat.text("twin.nobody"), (picture,), failed=True)


# ---------------------------------------------------------------------------------------------------------------------
# Who looks like them


@dataclass(frozen=True, slots=True)
class _Alike:
    neighbour: Neighbour
    entry: str | dict[str, Any]  # in the recipe
    pixels: Pixels = field(repr=False)


async def _alike(chat: Chat, found: Sequence[Neighbour]) -> list[_Alike]:
    """Those who can be shown, nearest first."""
    shown = await asyncio.gather(*(_shown(chat, neighbour) for neighbour in found))
    return [one for one in shown if one is not None]


async def _shown(chat: Chat, neighbour: Neighbour) -> _Alike | None:
    if neighbour.shelf == STARTERS:
        face = own_face(neighbour.name)
        entry = {"model": face.model, "latent": face.latent.to_json(), "trunc": face.trunc}
        return _Alike(neighbour, entry, await _pixels(chat, face))
    if neighbour.shelf == SAVED:
        id, _, number = neighbour.name.partition(".")
        face = await shown_face(chat, PictureName(id, int(number)))
        return _Alike(neighbour, neighbour.name, await _pixels(chat, face))
    folder = chat.services.settings.twin_data
    asker = Asker(chat.member, chat.group)
    try:
        pixels = folder and await picture_of(chat.services, folder, neighbour.name, asker, Priority.INTERACTIVE)
    except PoolError:
        raise UserError("pool.busy") from None
    return None if pixels is None else _Alike(neighbour, {"file": neighbour.name}, pixels)


async def _pixels(chat: Chat, face: Shown) -> Pixels:
    return (await show_faces(chat, [face]))[0]


def _line(chat: Chat, number: int, neighbour: Neighbour) -> str:
    distance = f"{neighbour.distance:.2f}"
    if neighbour.shelf == STARTERS:
        seed = neighbour.name.rpartition(":")[2]
        return chat.text("twin.own", number=number, seed=seed, distance=distance)
    if neighbour.shelf == SAVED:
        return chat.text("twin.saved", number=number, picture=f"#{neighbour.name}", distance=distance)
    return chat.text("twin.file", number=number, file=quoted(PurePosixPath(neighbour.name).name), distance=distance)


async def _ready(pixels: list[Pixels]) -> list[Pixels]:
    return pixels
