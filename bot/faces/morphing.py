"""Showing a walk past several faces, as a loop or as a row of steps."""

from __future__ import annotations

import importlib.util
from dataclasses import replace

from bot.chat import Chat, Moving
from bot.command import Reply, UserError
from bot.faces.drawing import row_offers
from bot.faces.models import has_styles, model_for
from bot.faces.recipes import random_seed, version
from bot.faces.several import parents_of
from bot.faces.walking import Walk
from bot.pool.base import Priority, RequestFailed
from bot.store.recipes import Recipe
from data.pictures import Form
from models.errors import BadRequest
from models.requests import Draw, Latent

ROW = 14  # frames of a walk that is laid out: of two faces eight steps, there only
COLUMNS = 4


async def show_walk(
    chat: Chat, walk: Walk, *, animated: bool = True, form: Form | None = None, note: str = ""
) -> Reply:
    """Draw it; `note` is said beneath."""
    points = walk.points
    try:
        made = await chat.publish(
            chat.run(Draw(version(chat, walk.model), points, walk.trunc), priority=Priority.ANIMATION),
            walk.body(animated=animated),
            parents=parents_of(walk.words),
            alt=chat.text("morph.alt", count=len(walk.stations)),
            columns=COLUMNS,
            moving=Moving(walk.order, walk.durations, form) if animated else None,
        )
    except RequestFailed:
        raise UserError("morph.cannot") from None
    back = animated or len(walk.stations) > 2  # of two, a row shows the way there only
    words = chat.text("morph.arrow").join([*walk.words, *(walk.words[:1] if back else ())])
    text = chat.text("morph.shown", picture=f"#{made.id}", faces=words)
    return Reply(f"{text}\n{note}" if note else text, (made,), row_offers(made, animated))


def walk_in(recipe: Recipe) -> Walk:
    """What a recipe says of a walk. Raises `UserError` where it is something else."""
    try:
        return Walk.of(recipe.body)
    except (BadRequest, KeyError, TypeError, ValueError):
        raise UserError("morph.not_a_walk", picture=f"#{recipe.id}") from None


async def walk_again(chat: Chat, recipe: Recipe) -> Reply:
    """The same walk past other faces."""
    walk = walk_in(recipe)
    model = await model_for(chat, named=walk.model.partition("@")[0])
    seeds = [random_seed() for _ in walk.stations]
    space = "w" if walk.space == "w" and has_styles(chat, model) else "z"
    other = replace(walk, model=model, stations=tuple(map(Latent, seeds)), words=tuple(map(str, seeds)), space=space)
    return await show_walk(chat, other, animated=bool(recipe.body.get("animated")))


async def walk_laid_out(chat: Chat, recipe: Recipe) -> Reply:
    """Its steps, each of which can be named."""
    return await show_walk(chat, replace(walk_in(recipe), frames=ROW), animated=False)


async def walk_moving(chat: Chat, recipe: Recipe, frames: int) -> Reply:
    """A row of its steps as a loop."""
    return await show_walk(chat, replace(walk_in(recipe), frames=frames))


def can_film() -> bool:
    """Whether there is what it takes to make an MP4. Loads nothing."""
    return importlib.util.find_spec("av") is not None
