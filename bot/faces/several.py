"""Several faces that one line names: pictures of the bot's and seeds, all of one model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat import Chat
from bot.command import MOST_FACES, FaceNames, PictureName, UserError
from bot.faces.models import model_for
from bot.faces.recipes import DrawnFace, faces_of, number_of, random_seed, version
from models.requests import MAX_SEED, Latent

TRUNC = 0.7


@dataclass(frozen=True, slots=True)
class Several:
    """Faces of one model, and how they were named."""

    model: str  # a full id
    faces: tuple[DrawnFace, ...]
    words: tuple[str, ...]  # "#k7f3.2", "7"
    trunc: float
    made_up: bool  # none of them was named
    left_out: bool  # more were named than one line takes
    parents: tuple[str, ...]  # pictures that they are from, without "#"


async def several(
    chat: Chat, names: FaceNames, model: str | None, trunc: float | None, *, least: int, otherwise: int
) -> Several:
    """What `names` means: a picture without a number is all of its faces. Where fewer than `least` are named, new ones
    are added; where none are, there are so many as `otherwise`.

    Raises `UserError`, where they are of different models too.
    """
    found: list[tuple[DrawnFace | int, str]] = []
    for name in names:
        if isinstance(name, PictureName):
            found += await _of_picture(chat, name)
        else:
            found.append((int(name) % (MAX_SEED + 1), str(int(name))))
    left_out, found = len(found) > MOST_FACES, found[:MOST_FACES]
    drawn = [face for face, _ in found if isinstance(face, DrawnFace)]
    own = list(dict.fromkeys(version(chat, face.model) for face in drawn))
    if model is not None or not own:
        own.append(await model_for(chat, named=model))
    if len(set(own)) > 1:
        raise UserError("morph.two_models", one=own[0], other=own[-1])
    while len(found) < (least if names else otherwise):
        seed = random_seed()
        found.append((seed, str(seed)))
    share = trunc if trunc is not None else drawn[0].trunc if drawn else TRUNC
    faces = tuple(f if isinstance(f, DrawnFace) else DrawnFace(own[0], Latent(f), share) for f, _ in found)
    words = tuple(word for _, word in found)
    return Several(own[0], faces, words, share, not names, left_out, parents_of(words))


def parents_of(words: Sequence[str]) -> tuple[str, ...]:
    """The pictures among the words."""
    return tuple(word.removeprefix("#") for word in words if word.startswith("#"))


async def _of_picture(chat: Chat, name: PictureName) -> list[tuple[DrawnFace | int, str]]:
    recipe = await chat.recipe(name)
    faces = await faces_of(chat, recipe)
    if name.face is None and not recipe.body.get("animated"):
        return [(face, str(PictureName(name.id, i))) for i, face in enumerate(faces, start=1)]
    number = number_of(recipe, name, len(faces))
    return [(faces[number - 1], str(PictureName(name.id, number)))]
