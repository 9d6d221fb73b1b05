"""Recipes of drawn faces: what stands in them, and the requests that draw them again.

- `{"op": "draw", "model": "waifu@starter", "latents": [{"seed": 7}, …], "trunc": 0.7}`; "labels" are label values that
  all latents have, "wishes" the words that they stand for, "best" says out of how many the faces were chosen, and
  `"big": true` is one face shown large.
- `{"op": "fade", "model": …, "latent": …, "attribute": "hair", "from": {label values}, "to": {…}, "words": ["black",
  null], "steps": 8, "animated": false, "trunc": 0.7}`: one face whose label values go from one to the other; a word is
  null where it is the face's own.
- `{"op": "walk", …}`: a loop past several faces (`bot.faces.walking`); `{"op": "mix", …}`: faces with the styles of two
  or more (`bot.faces.crossing`). A latent of any of these can itself be between others, or have the styles of several
  (`models.latent.points`).
- `{"op": "collage", "model": "", "faces": ["k7f3.2", …]}`: faces of other recipes.
- `{"op": "twins", "model": "", "faces": ["k7f3.2", {"model": …, "latent": …, "trunc": 0.7}, {"file": "1.png"}]}`: faces
  that look like one, of other recipes, drawn, or out of the operator's own pictures, which are not drawn.
- `{"op": "translate", …}`: faces that were turned from pictures of another kind (`bot.faces.turning`).
- `{"op": "judge", "model": …, "wishes": {…}}`: no picture, but what was seen in one.
- `{"op": "conhead", …}`: heads that were put onto a picture (`bot.faces.heads`).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.chat import Chat
from bot.command import PictureName, UserError
from bot.faces.attributes import known_wishes
from bot.faces.crossing import Mix
from bot.faces.walking import Walk
from bot.store.recipes import Recipe
from data.labels import blend
from data.pictures import Pixels
from models.errors import BadRequest
from models.latent.points import Point, labels_common, point_of
from models.registry import UnknownModel
from models.requests import MAX_SEED, Draw, Latent

MODEL = "waifu"  # whose faces /waifu and /fade are about, and who judges, where nobody has chosen
MOST_FACES = 64
MOST_STEPS = 24  # of a fade


def random_seed() -> int:
    return secrets.randbelow(MAX_SEED + 1)


@dataclass(frozen=True, slots=True)
class DrawnFace:
    """One face and all that it takes to draw it again."""

    model: str
    latent: Point
    trunc: float
    wishes: Mapping[str, str] = field(default_factory=dict)  # the words for what was asked of it


def draw_body(model: str, latents: Sequence[Point], trunc: float, **more: Any) -> dict[str, Any]:
    """The recipe of a drawing. What `more` leaves empty is left out."""
    common = labels_common(latents)
    own = [latent.without(common) for latent in latents]
    # Said once for all: 64 faces with all that can be asked of them would not fit into a picture's metadata.
    shared = {"labels": common} if common else {}
    body = {"op": "draw", "model": model, "latents": [v.to_json() for v in own], "trunc": trunc, **shared}
    return body | {name: value for name, value in more.items() if value}


def draw_of(body: Mapping[str, Any]) -> Draw:
    """The request in a recipe of drawn faces. Raises `BadRequest`: not one, or damaged."""
    try:
        if body["op"] == "fade":
            return Draw(str(body["model"]), Fade.of(body).latents, float(body["trunc"]))
        if body["op"] == "walk":
            walk = Walk.of(body)
            return Draw(walk.model, walk.points, walk.trunc)
        if body["op"] == "mix":
            mix = Mix.of(body)
            return Draw(mix.model, mix.points, mix.trunc)
        if body["op"] != "draw" or not 1 <= len(body["latents"]) <= MOST_FACES:
            raise BadRequest("not the recipe of a drawing")
        common = {str(name): float(value) for name, value in dict(body.get("labels", {})).items()}
        latents = tuple(_latent(v, common) for v in body["latents"])
        return Draw(str(body["model"]), latents, float(body["trunc"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadRequest(f"not the recipe of a drawing: {error}") from error


def _latent(value: Mapping[str, Any], common: Mapping[str, float]) -> Point:
    latent = point_of(value)
    if not common:
        return latent
    if isinstance(latent, Latent):
        return latent.labelled({**common, **dict(latent.labels)})
    return latent.labelled(common)  # what is common to all leaves stands in none of them


@dataclass(frozen=True, slots=True)
class Fade:
    """One face while an attribute runs from one value to another."""

    model: str
    latent: Point
    attribute: str
    start: Mapping[str, float]  # label values
    end: Mapping[str, float]
    words: tuple[str | None, str | None]  # the choices that these are, None for the face's own
    steps: int
    trunc: float
    wishes: Mapping[str, str] = field(default_factory=dict)  # asked of the face besides

    def __post_init__(self) -> None:
        if not 2 <= self.steps <= MOST_STEPS:
            raise BadRequest(f"a fade of {self.steps} steps")

    @property
    def latents(self) -> tuple[Point, ...]:
        """Of each step, in order."""
        last = self.steps - 1
        return tuple(self.latent.labelled(blend(self.start, self.end, i / last)) for i in range(self.steps))

    def body(self, *, animated: bool) -> dict[str, Any]:
        """The recipe."""
        return {
            "op": "fade",
            "model": self.model,
            "latent": self.latent.to_json(),
            "attribute": self.attribute,
            "from": dict(self.start),
            "to": dict(self.end),
            "words": list(self.words),
            "steps": self.steps,
            "trunc": self.trunc,
            "animated": animated,
            **({"wishes": dict(self.wishes)} if self.wishes else {}),
        }

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Fade:
        """From a recipe. Raises BadRequest, KeyError, TypeError or ValueError for what is none."""
        one, other = body["words"]
        ends = [{str(name): float(value) for name, value in dict(body[end]).items()} for end in ("from", "to")]
        return cls(
            str(body["model"]),
            point_of(body["latent"]),
            str(body["attribute"]),
            ends[0],
            ends[1],
            (None if one is None else str(one), None if other is None else str(other)),
            int(body["steps"]),
            float(body["trunc"]),
            known_wishes(body.get("wishes")),
        )


async def faces_of(chat: Chat, recipe: Recipe) -> list[DrawnFace]:
    """The faces of a picture in reading order. Raises `UserError` where it is not made of drawn faces."""
    if is_list(recipe):
        count = len(recipe.body["faces"])
        return [await _in_list(chat, recipe, PictureName(recipe.id, number)) for number in range(1, count + 1)]
    try:
        draw = draw_of(recipe.body)
    except BadRequest:
        raise UserError("picture.not_drawn", picture=f"#{recipe.id}") from None
    wishes = known_wishes(recipe.body.get("wishes"))
    return [DrawnFace(draw.model, latent, draw.trunc, wishes) for latent in draw.latents]


async def face_of(chat: Chat, picture: PictureName | None) -> DrawnFace:
    """The one face that `picture` names. Raises `UserError`: none named, unknown, or one of several left open."""
    recipe = await chat.recipe(picture)
    assert picture is not None
    if is_list(recipe):
        return await _in_list(chat, recipe, picture)
    faces = await faces_of(chat, recipe)
    return faces[number_of(recipe, picture, len(faces)) - 1]


async def _in_list(chat: Chat, recipe: Recipe, picture: PictureName) -> DrawnFace:
    found = listed(recipe, picture)
    return await face_of(chat, found) if isinstance(found, PictureName) else found


def is_list(recipe: Recipe) -> bool:
    """Whether a picture is of faces that other recipes draw, or that stand in its recipe one by one."""
    return recipe.op in ("collage", "twins")


def listed(recipe: Recipe, picture: PictureName) -> PictureName | DrawnFace:
    """What a list has in the place that `picture` names. Raises `UserError` as `number_of`, and for what is not
    drawn."""
    entries = recipe.body["faces"]
    entry = entries[number_of(recipe, picture, len(entries)) - 1]
    if isinstance(entry, str):
        id, _, number = entry.partition(".")
        return PictureName(id, int(number or 1))
    try:
        return DrawnFace(str(entry["model"]), point_of(entry["latent"]), float(entry["trunc"]))
    except (BadRequest, KeyError, TypeError, ValueError):
        raise UserError("twin.not_drawn", picture=str(picture)) from None


def number_of(recipe: Recipe, picture: PictureName, count: int) -> int:
    """Which of the `count` faces of a picture is meant, from 1; of an animation the last, and of a loop the first,
    unless another is named.

    Raises `UserError`: there is no such face, or one of several is left open.
    """
    if picture.face is None and count > 1 and not recipe.body.get("animated"):
        raise UserError("picture.which_face", picture=str(picture), count=count)
    number = picture.face or (1 if recipe.op == "walk" else count)
    if number > count:
        raise UserError("picture.no_face", picture=f"#{picture.id}", face=number, count=count)
    return number


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
