"""Recipes of drawn faces: what stands in them, and the requests that draw them again.

`{"op": "draw", "model": "waifu@starter", "latents": [{"seed": 7}, …], "trunc": 0.7}`, with `"big": true` for one face
shown large; a collection of faces of other recipes is `{"op": "collage", "model": "", "faces": ["k7f3.2", …]}`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.chat import Chat
from bot.command import PictureName, UserError
from bot.store.recipes import Recipe
from data.pictures import Pixels
from models.registry import UnknownModel
from models.requests import MAX_SEED, BadRequest, Draw, Latent

MOST_FACES = 64


def random_seed() -> int:
    return secrets.randbelow(MAX_SEED + 1)


@dataclass(frozen=True, slots=True)
class DrawnFace:
    """One face and all that it takes to draw it again."""

    model: str
    latent: Latent
    trunc: float


def draw_body(model: str, latents: Sequence[Latent], trunc: float, **more: Any) -> dict[str, Any]:
    """The recipe of a drawing."""
    return {"op": "draw", "model": model, "latents": [v.to_json() for v in latents], "trunc": trunc, **more}


def draw_of(body: Mapping[str, Any]) -> Draw:
    """The request in a recipe. Raises `BadRequest`: not a drawing, or damaged."""
    try:
        if body["op"] != "draw" or not 1 <= len(body["latents"]) <= MOST_FACES:
            raise BadRequest("not the recipe of a drawing")
        latents = tuple(Latent.from_json(v) for v in body["latents"])
        return Draw(str(body["model"]), latents, float(body["trunc"]))
    except (KeyError, TypeError, ValueError) as error:
        raise BadRequest(f"not the recipe of a drawing: {error}") from error


async def faces_of(chat: Chat, recipe: Recipe) -> list[DrawnFace]:
    """The faces of a picture in reading order. Raises `UserError` where it is not made of drawn faces."""
    if recipe.op == "collage":
        faces: list[DrawnFace] = []
        for name in recipe.body["faces"]:
            id, _, number = str(name).partition(".")
            faces.append(await face_of(chat, PictureName(id, int(number or 1))))
        return faces
    try:
        draw = draw_of(recipe.body)
    except BadRequest:
        raise UserError("picture.not_drawn", picture=f"#{recipe.id}") from None
    return [DrawnFace(draw.model, latent, draw.trunc) for latent in draw.latents]


async def face_of(chat: Chat, picture: PictureName | None) -> DrawnFace:
    """The one face that `picture` names. Raises `UserError`: none named, unknown, or one of several left open."""
    recipe = await chat.recipe(picture)
    assert picture is not None
    faces = await faces_of(chat, recipe)
    if picture.face is None and len(faces) > 1:
        raise UserError("picture.which_face", picture=str(picture), count=len(faces))
    number = picture.face or 1
    if number > len(faces):
        raise UserError("picture.no_face", picture=f"#{picture.id}", face=number, count=len(faces))
    return faces[number - 1]


async def draw_faces(chat: Chat, faces: Sequence[DrawnFace]) -> list[Pixels]:
    """The pixels (H, W, 3) of faces of any models, in order; one request for what one model draws."""
    groups: dict[tuple[str, float], list[int]] = {}
    for i, face in enumerate(faces):
        groups.setdefault((face.model, face.trunc), []).append(i)
    drawn: dict[int, Pixels] = {}
    for (model, trunc), places in groups.items():
        request = Draw(version(chat, model), tuple(faces[i].latent for i in places), trunc)
        drawn.update(zip(places, await chat.run(request), strict=True))
    return [drawn[i] for i in range(len(faces))]


def version(chat: Chat, model: str) -> str:
    """The full id of a model's version, `waifu` -> `waifu@starter`. Raises `UserError` where it is gone."""
    try:
        return chat.services.models.resolve(model).id
    except UnknownModel:
        raise UserError("picture.model_gone", model=model) from None
