"""The picture once more of which faces were turned: nobody keeps it, so whoever presses a button brings it.

It comes with the message, or stands in the message that is replied to; where the faces stand beside what they were,
their own picture has it.
"""

from __future__ import annotations

import json

from bot.chat import Chat
from bot.command import UserError
from bot.faces.portraits import faces_in, framed, largest
from bot.faces.selfies import MOST_FRAMES, MOVING_SIDE, SIDE, Photo, domain_name
from bot.faces.shown import turning_in
from bot.faces.turning import BROUGHT, Turning
from bot.store.recipes import Recipe
from data.pictures import Decoded, Pixels
from data.pictures.layout import pair_layout

OFF = 0.03  # of its height: how far a sheet may be off what it was, where a platform has made it smaller


def turning_of(recipe: Recipe) -> Turning:
    """How faces were turned. Raises `UserError` for a recipe of something else."""
    turning = turning_in(recipe)
    if turning is None:
        raise UserError("selfie.not_turned", picture=f"#{recipe.id}")
    return turning


async def photo_again(
    chat: Chat, recipe: Recipe, turning: Turning, key: str = "selfie.not_kept", **values: str
) -> tuple[Photo, Pixels | None]:
    """The picture of which the faces of a recipe were turned, and whose look they took, where that was brought. Raises
    `UserError` with the sentence `key` where the picture is not there."""
    values = {"line": turning.line, "picture": f"#{recipe.id}", **values}
    replied = chat.replied is not None and chat.replied.id == recipe.id
    ours: Decoded | None = None  # the picture of the recipe itself
    shows = turning.side or not turning.heads  # what is looked for, so that it may have to do
    for i, way in enumerate(chat.ways):
        if replied and way == "replied" and not shows:
            continue
        found = await _decoded(chat, i)
        if (replied and way == "replied") or _is(found, recipe):
            ours = ours or found
            continue
        look = await _look_again(chat, turning, i + 1, values["line"])
        return Photo(found.pixels, found.motion), look
    if turning.like == BROUGHT:
        raise UserError("selfie.like_again", line=values["line"])
    if ours is not None:
        if not turning.heads:  # the picture in which no face was found, as it was shown
            return Photo(ours.pixels), None
        if heads := _beside(ours, turning):
            return Photo(ours.pixels, None, heads, turning.source), None
    raise UserError(key, **values)


async def brought_photo(chat: Chat) -> Photo:
    """The picture that the message brings. Raises `UserError`."""
    found = await _decoded(chat, 0)
    return Photo(found.pixels, found.motion)


async def brought_look(chat: Chat, at: int, to: str) -> Pixels:
    """The head of whose look is taken, in the picture number `at`: the largest face, else the middle. Raises
    `UserError` where that is no picture of the kind that faces are turned into."""
    (found,) = await chat.decoded(first=at, max_side=SIDE)
    faces = await faces_in(chat, found.pixels)
    if faces.faces and faces.domain != to:
        raise UserError("selfie.look_odd", to=domain_name(chat, to), found=domain_name(chat, faces.domain))
    (head,) = await framed(chat, (found.pixels,), (largest(faces.faces, 1),), to)
    return head


async def _decoded(chat: Chat, at: int) -> Decoded:
    (found,) = await chat.decoded(first=at, max_side=SIDE, frames=MOST_FRAMES, frame_side=MOVING_SIDE)
    return found


def _is(found: Decoded, recipe: Recipe) -> bool:
    """Whether a picture says of itself that it is the recipe's. Anybody can write anything into a file; who does that
    is asked for the photo."""
    try:
        return dict(json.loads(found.recipe)).get("id") == recipe.id
    except (ValueError, TypeError, RecursionError):
        return False


async def _look_again(chat: Chat, turning: Turning, at: int, line: str) -> Pixels | None:
    if turning.like != BROUGHT:
        return None
    if at >= chat.brought:
        raise UserError("selfie.like_again", line=line)
    return await brought_look(chat, at, turning.to)


def _beside(found: Decoded, turning: Turning) -> tuple[Pixels, ...]:
    """What stands on the left of faces beside what they were; () where the picture is of another kind."""
    if not turning.side or turning.animated:
        return ()
    plan = pair_layout(turning.count)
    height, width = found.pixels.shape[:2]
    scale = width / plan.sheet.width
    if abs(height / scale - plan.sheet.height) > OFF * plan.sheet.height:
        return ()
    side = round(plan.side * scale)
    places = plan.befores[:: len(turning.seeds)]
    corners = [(round(x * scale), round(y * scale)) for x, y in places]
    return tuple(found.pixels[y : y + side, x : x + side].copy() for x, y in corners)
