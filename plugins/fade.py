"""`/fade`: one face while something about her changes, as a row of steps or as an animation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

from bot.chat import Chat
from bot.command import EachOf, OneOf, PictureName, Range, Reply, Seed, UserError, command
from bot.faces.attributes import (
    attribute_name,
    attribute_names,
    choice_name,
    known_wishes,
    labels_for,
    obeyed_by,
)
from bot.faces.fading import ends_of, fade_in, own_values, show_fade
from bot.faces.models import model_for
from bot.faces.morphing import walk_laid_out, walk_moving
from bot.faces.recipes import MOST_STEPS, DrawnFace, Fade, face_of, random_seed, version
from bot.line.wishes import choice_of
from data.labels import ATTRIBUTES, values
from models.requests import MAX_SEED, Latent

ROW, MOVING = 8, 16  # steps of a row, and of an animation, where nobody says
LOOP = 60  # frames of a walk past several faces that is set in motion


@command("fade", zh="渐变", costs=True, several="morph")
async def fade(
    chat: Chat,
    attribute: Annotated[str, OneOf(tuple(ATTRIBUTES))] | None = None,
    from_: str | None = None,
    to: str | None = None,
    picture: PictureName | None = None,
    steps: Annotated[int, Range(2, MOST_STEPS)] | None = None,
    animate: bool = False,
    seed: Seed | None = None,
    trunc: Annotated[float, Range(0.0, 1.0)] | None = None,
    **wishes: Annotated[tuple[str, ...], EachOf(ATTRIBUTES, pairs=True)],
) -> Reply:
    """One face while an attribute runs from one value to another."""
    if picture is not None and seed is not None:
        raise UserError("fade.picture_or_seed")
    face = await _face(chat, picture, seed, trunc)
    if not (can := obeyed_by(chat, face.model)):
        raise UserError("waifu.obeys_nothing")
    bare = attribute is None and picture is None and not (wishes or from_ or to)
    running = attribute or _running(chat, wishes, can)
    if running not in can:
        known = attribute_names(chat, can)
        raise UserError("waifu.does_not_obey", attribute=attribute_name(chat, running), known=known)
    one, other = _ends(chat, running, wishes.pop(running, ()), from_, to)
    fixed = {name: choices[-1] for name, choices in wishes.items()}
    if pair := next((name for name, choices in wishes.items() if len(choices) > 1), None):
        raise UserError("fade.one_at_a_time", attribute=attribute_name(chat, running), other=attribute_name(chat, pair))
    seen = {"lids": "open"} if running == "eyes" and "lids" in can else {}  # closed eyes have no colour
    latent = face.latent.labelled(labels_for(chat, face.model, seen | fixed))
    own = {}
    if one is None and (picture is not None or seed is not None):
        own = await own_values(chat, face.model, latent, running)
    one, other = ends_of(running, own, one, other)
    if one == other:
        called = choice_name(chat, running, other)
        raise UserError("fade.same", attribute=attribute_name(chat, running), one=called)
    kept = {name: choice for name, choice in {**face.wishes, **fixed}.items() if name != running}
    goal = values(running, other)
    made = Fade(
        face.model,
        latent.without(goal),
        running,
        own if one is None else values(running, one),
        goal,
        (one, other),
        steps or (MOVING if animate else ROW),
        face.trunc,
        known_wishes(kept),
    )
    return await show_fade(chat, made, animated=animate, parent=picture, hint=bare)


@command("animate", zh="动起来", costs=True, hidden=True)
async def animate(chat: Chat, picture: PictureName) -> Reply:
    """A row of steps as an animation."""
    recipe = await chat.recipe(picture)
    if recipe.op == "walk":
        return await walk_moving(chat, recipe, LOOP)
    found = fade_in(recipe)
    # More steps than a row shows, so that it flows; the face and where she goes are the same.
    return await show_fade(chat, _with_steps(found, max(found.steps, MOVING)), animated=True, parent=picture)


@command("steps", zh="分步", costs=True, hidden=True)
async def steps(chat: Chat, picture: PictureName) -> Reply:
    """An animation as a row of steps, each of which can be named."""
    recipe = await chat.recipe(picture)
    if recipe.op == "walk":
        return await walk_laid_out(chat, recipe)
    found = fade_in(recipe)
    return await show_fade(chat, _with_steps(found, min(found.steps, ROW)), animated=False, parent=picture)


# ---------------------------------------------------------------------------------------------------------------------


async def _face(chat: Chat, picture: PictureName | None, seed: Seed | None, trunc: float | None) -> DrawnFace:
    """The face that changes: a named one as it is, or a new one."""
    if picture is None:
        latent = Latent((random_seed() if seed is None else int(seed)) % (MAX_SEED + 1))
        return DrawnFace(await model_for(chat), latent, 0.7 if trunc is None else trunc)
    face = await face_of(chat, picture)
    return DrawnFace(version(chat, face.model), face.latent, face.trunc if trunc is None else trunc, face.wishes)


def _running(chat: Chat, wishes: Mapping[str, tuple[str, ...]], can: tuple[str, ...]) -> str:
    """What changes where nobody named it: the wish that has two ends, or the only one, or what shows best."""
    pairs = [name for name, choices in wishes.items() if len(choices) == 2]
    if len(pairs) == 1:
        return pairs[0]
    if len(wishes) > 1:
        first, second, *_ = pairs or wishes
        raise UserError("fade.which", one=attribute_name(chat, first), other=attribute_name(chat, second), name=first)
    return next(iter(wishes), "hair" if "hair" in can else can[0])


def _ends(
    chat: Chat, attribute: str, wished: tuple[str, ...], from_: str | None, to: str | None
) -> tuple[str | None, str | None]:
    """The choices that were given, as (from, to)."""
    said = [_choice(chat, attribute, "from", from_), _choice(chat, attribute, "to", to)]
    if len(wished) == 2:
        if any(said):
            raise UserError("line.twice", option=attribute_name(chat, attribute))
        return wished[0], wished[1]
    if wished:  # /fade hair:pink goes there; with `to` it comes from there
        place = 0 if said[1] is not None else 1
        if said[place] is not None:
            raise UserError("line.twice", option=attribute_name(chat, attribute))
        said[place] = wished[0]
    return said[0], said[1]


def _choice(chat: Chat, attribute: str, option: str, typed: str | None) -> str | None:
    if typed is None:
        return None
    found = choice_of(chat.services.catalogue, attribute, ATTRIBUTES[attribute], typed)
    if found is None:
        known = chat.text("list.comma").join(choice_name(chat, attribute, c) for c in ATTRIBUTES[attribute])
        called = chat.text(f"command.fade.option.{option}.name")
        raise UserError("line.choice", option=called, value=typed[:24], known=known)
    return found


def _with_steps(fade: Fade, steps: int) -> Fade:
    return replace(fade, steps=steps)
