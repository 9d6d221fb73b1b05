"""Faces that can be shown again, of any kind: drawn from latents, or turned from a picture and saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.chat import Chat
from bot.command import PictureName, UserError
from bot.faces.attributes import labels_for
from bot.faces.recipes import DrawnFace, draw_faces, face_of, is_list, listed, number_of, version
from bot.faces.turning import BROUGHT, Turning
from bot.line.values import picture_name
from bot.store.recipes import Recipe
from data.pictures import Pixels
from models.errors import BadRequest
from models.requests import Translate, Translated


@dataclass(frozen=True, slots=True)
class TurnedFace:
    """One face that was turned from a member's picture, and what the network made of that."""

    turning: Turning
    seed: int
    encoding: bytes = field(repr=False)


Shown = DrawnFace | TurnedFace


def turning_in(recipe: Recipe) -> Turning | None:
    """What a recipe says of faces that were turned; None where it is of something else."""
    try:
        return Turning.of(recipe.body)
    except (BadRequest, KeyError, TypeError, ValueError):
        return None


async def shown_face(chat: Chat, picture: PictureName | None) -> Shown:
    """The one face that `picture` names. Raises `UserError`: none named, unknown, one of several left open, or turned
    from a picture and not saved."""
    recipe = await chat.recipe(picture)
    assert picture is not None
    if is_list(recipe):
        found = listed(recipe, picture)
        return await shown_face(chat, found) if isinstance(found, PictureName) else found
    turning = turning_in(recipe)
    if turning is None:
        return await face_of(chat, picture)
    number = number_of(recipe, picture, turning.count)
    encoding = await chat.services.store.encodings.get(recipe.id, number)
    if encoding is None:
        raise UserError("selfie.not_saved", picture=str(picture), line=turning.line)
    return TurnedFace(turning, turning.seed_of(number), encoding)


async def show_faces(chat: Chat, faces: Sequence[Shown]) -> list[Pixels]:
    """The pixels (H, W, 3) of faces, in order. Raises `UserError` where a model is gone, `RequestFailed`."""
    drawn = [face for face in faces if isinstance(face, DrawnFace)]
    found = iter(await draw_faces(chat, drawn) if drawn else [])
    return [next(found) if isinstance(face, DrawnFace) else await _turned(chat, face) for face in faces]


async def look_of(chat: Chat, like: str) -> Pixels | None:
    """The picture of ours whose look is taken, as recipes name it; None for none. Raises `UserError`."""
    if not like or like == BROUGHT:
        return None
    return (await show_faces(chat, [await shown_face(chat, picture_name(like, None))]))[0]


async def _turned(chat: Chat, face: TurnedFace) -> Pixels:
    turning = face.turning
    model = version(chat, turning.model)
    request = Translate(
        model,
        (),
        turning.source,
        turning.to,
        tuple(labels_for(chat, model, turning.wishes).items()),
        await look_of(chat, turning.like),
        turning.strength,
        (face.seed,),
        (face.encoding,),
    )
    answer: Translated = await chat.run(request)
    return answer.pixels[0]
