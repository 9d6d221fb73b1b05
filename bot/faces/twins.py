"""Who looks like whom: the faces that are compared, and the nearest of them.

Three shelves: the faces that members saved, those that the bot's own model draws from its first seeds, and, where the
operator says so, pictures out of a folder (`bot.likeness.pictures`). What is new on the first two is looked at when
somebody asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from loguru import logger

from bot.chat import Chat
from bot.command import PictureName, UserError
from bot.faces.recipes import MODEL, DrawnFace, version
from bot.faces.shown import Shown, TurnedFace, show_faces, shown_face
from bot.likeness.embedding import DRAWN, Embedding
from bot.likeness.library import Neighbour
from bot.likeness.pictures import PICTURES
from bot.pool.base import RequestFailed
from bot.services import Services
from data.pictures import Pixels
from models.registry import UnknownModel
from models.requests import Latent

SAVED, STARTERS = "saved", "starters"
MOST_SAVED = 20_000  # of a group, the newest: more take a while to be listed
MOST_NEW = 128  # saved faces that one command looks at; the rest waits for the next
OWN, TRUNC = 256, 0.7  # seeds of the bot's own faces, as /waifu draws them
AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Compared:
    """What a face can be compared with here."""

    saved: tuple[str, ...]  # names on the shelf of saved faces, `k7f3.2`
    waiting: int  # saved faces that have not been looked at yet


async def shelves_for(chat: Chat, embedding: Embedding) -> Compared:
    """Bring the shelves up to date, as far as one command does. The member sees how far it is. Raises `UserError`."""
    await chat.services.likeness.retire(embedding.id)
    await _own(chat, embedding)
    return await _saved(chat, embedding)


async def nearest(
    chat: Chat, embedding: Embedding, query: np.ndarray, compared: Compared, most: int, but: str = ""
) -> list[Neighbour]:
    """The `most` faces here that look most like `query` float32 (E,), nearest first; `but` is a saved face that is
    left out."""
    among: dict[str, Sequence[str] | None] = {
        SAVED: [name for name in compared.saved if name != but],
        STARTERS: None,
        PICTURES: None,
    }
    return await chat.services.likeness.search(embedding.id, query, most, among)


async def embedded(chat: Chat, embedding: Embedding, pictures: Sequence[Pixels], domain: str) -> np.ndarray:
    """float32 (N, E) of framed heads. Raises `UserError` where there is no network for it."""
    try:
        return embedding.vectors(await chat.run(embedding.request(pictures, domain)))
    except RequestFailed as error:
        logger.warning("faces are not embedded: {}", error)
        raise UserError("twin.blind") from None


def domain_of(face: Shown) -> str:
    """What kind of picture a face of ours is."""
    return face.turning.to if isinstance(face, TurnedFace) else DRAWN


def own_face(name: str) -> DrawnFace:
    """The face that stands on the shelf of the bot's own under a name, `waifu@starter:12`."""
    model, _, seed = name.rpartition(":")
    return DrawnFace(model, Latent(int(seed)), TRUNC)


Face = tuple[str, int | None]  # the id of a picture, and the number of a face in it


async def let_go_unless_saved(services: Services, faces: Iterable[Face]) -> None:
    """Take those of the faces off the shelf whom nobody has saved any more."""
    gone = {_name(*face) for face in faces if not await services.store.favourites.anybodys(*face)}
    if gone:
        await services.likeness.let_go(SAVED, gone)


async def embeddings_of(services: Services, faces: Iterable[Face]) -> list[dict[str, Any]]:
    """What is kept of saved faces to compare them with, as JSON."""
    found = await services.likeness.kept(SAVED, [_name(*face) for face in faces])
    return [
        {"face": name, "by": embedding, "numbers": [round(float(value), 4) for value in vector]}
        for embedding, name, vector in found
    ]


# ---------------------------------------------------------------------------------------------------------------------


async def _own(chat: Chat, embedding: Embedding) -> None:
    try:
        model = chat.services.models.resolve(MODEL).id
    except UnknownModel:
        return
    shelf = await chat.services.likeness.shelf(embedding.id, STARTERS)
    names = [f"{model}:{seed}" for seed in range(OWN)]
    shelf.keep(lambda name: name.startswith(f"{model}:"))
    missing = [name for name in names if name not in shelf and name not in shelf.unseen]
    for start in range(0, len(missing), AT_ONCE):
        some = missing[start : start + AT_ONCE]
        done = OWN - len(missing) + start
        await chat.progress(chat.text("twin.looking_own", done=done, of=OWN), done / OWN)
        await _put(chat, embedding, STARTERS, [(name, own_face(name)) for name in some])
        shelf.unseen.update(name for name in some if name not in shelf)
    await chat.services.likeness.keep(embedding.id, STARTERS)


async def _saved(chat: Chat, embedding: Embedding) -> Compared:
    favourites = chat.services.store.favourites
    if chat.group is None:
        kept = await favourites.list(chat.member, limit=MOST_SAVED)
    else:
        kept = await favourites.of_group(chat.group, most=MOST_SAVED)
    names = [_name(favourite.picture, favourite.face) for favourite in kept]
    shelf = await chat.services.likeness.shelf(embedding.id, SAVED)
    missing = [name for name in names if name not in shelf and name not in shelf.unseen]
    todo = missing[:MOST_NEW]
    for start in range(0, len(todo), AT_ONCE):
        await chat.progress(chat.text("twin.looking_saved", done=start, of=len(todo)), start / len(todo))
        some = todo[start : start + AT_ONCE]
        found = [(name, face) for name in some if (face := await _can_be_shown(chat, name)) is not None]
        await _put(chat, embedding, SAVED, found)
        shelf.unseen.update(name for name in some if name not in shelf)
    await chat.services.likeness.keep(embedding.id, SAVED)
    return Compared(tuple(name for name in names if name in shelf), len(missing) - len(todo))


def _name(picture: str, face: int | None) -> str:
    """On the shelf: `k7f3.2`."""
    return f"{picture}.{face or 1}"


async def _can_be_shown(chat: Chat, name: str) -> Shown | None:
    """A saved face; None where its model is gone, or it is of a kind that the bot no longer knows."""
    id, _, number = name.partition(".")
    try:
        face = await shown_face(chat, PictureName(id, int(number)))
        version(chat, face.turning.model if isinstance(face, TurnedFace) else face.model)
    except UserError:
        return None
    return face


async def _put(chat: Chat, embedding: Embedding, shelf: str, faces: Sequence[tuple[str, Shown]]) -> None:
    """Look at faces, and put them onto a shelf."""
    for domain in embedding.domains:
        some = [(name, face) for name, face in faces if domain_of(face) == domain]
        if not some:
            continue
        try:
            pixels = await show_faces(chat, [face for _, face in some])
        except RequestFailed as error:
            logger.warning("faces are not drawn to be compared: {}", error)
            continue
        vectors = await embedded(chat, embedding, pixels, domain)
        try:
            (await chat.services.likeness.shelf(embedding.id, shelf)).add([name for name, _ in some], vectors)
        except ValueError as error:  # of a worker that has another network than this process believes
            logger.error("embeddings are not kept: {}", error)
            raise UserError("twin.blind") from None
