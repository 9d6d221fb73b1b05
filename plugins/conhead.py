"""`/conhead`: another head on everybody in a picture."""

from __future__ import annotations

import json
import secrets
from typing import Annotated, Any

from loguru import logger

from bot.chat import ONLY_GIF, Chat
from bot.command import Button, OneOf, Picture, PictureName, Range, Reply, UserError, command
from bot.faces.heads import head_line, head_name, sitter_of
from bot.faces.recipes import draw_faces, faces_of, number_of, random_seed
from bot.pool.base import Priority, RequestFailed
from data.drawn.moods import MOODS
from data.pictures import Encoded, Motion, Pixels
from data.pictures.requests import MOST_HEADS, Headed, PutHeads, Thumbnail
from data.vision.faces import Face
from data.vision.requests import Find

MASCOT = "biri"
SIDE = 1280  # px of a picture that comes back
MOVING_SIDE = 480  # of an animation
MOST_FRAMES = 48
SHOWN = 512  # px of what was looked at, where there was no face in it


@command("conhead", zh="接头", costs=True, pictures=1)
async def conhead(
    chat: Chat,
    face: Annotated[int, Range(1, MOST_HEADS)] | None = None,
    mood: Annotated[str, OneOf(tuple(MOODS))] | None = None,
    who: str | None = None,
    picture: PictureName | None = None,
) -> Reply:
    """Put a drawn head on everybody in a picture."""
    if who is not None and who.startswith(("#", "＃")):
        raise UserError("conhead.no_scissors")
    chosen = mood or secrets.choice(list(MOODS))
    return await _headed(chat, picture, face or 0, sitter_of(chat, who or MASCOT), chosen)


@command("rehead", zh="换表情", costs=True, hidden=True, pictures=1)
async def rehead(chat: Chat, picture: PictureName) -> Reply:
    """The same head with another mood, on a picture that has one."""
    body = await _own(chat, picture)
    return await _once_more(chat, body | {"mood": secrets.choice([mood for mood in MOODS if mood != body["mood"]])})


@command("newhead", zh="换头", costs=True, hidden=True, pictures=1)
async def newhead(chat: Chat, picture: PictureName) -> Reply:
    """Somebody else's head on a picture that has one."""
    return await _once_more(chat, await _own(chat, picture) | {"who": random_seed()})


async def _own(chat: Chat, picture: PictureName) -> dict[str, Any]:
    """The recipe of a picture with heads. Raises `UserError` for another one."""
    recipe = await chat.recipe(picture)
    if recipe.op != "conhead":
        raise UserError("conhead.not_headed", picture=str(picture))
    return dict(recipe.body)


async def _once_more(chat: Chat, body: dict[str, Any]) -> Reply:
    """On the picture that the button or the reply is about, for the bot keeps none. Raises `UserError` without it."""
    if not chat.brought:
        raise UserError("conhead.not_kept", line=head_line(body))
    return await _headed(chat, None, int(body["only"]), body["who"], str(body["mood"]))


async def _headed(chat: Chat, picture: PictureName | None, only: int, who: str | int, mood: str) -> Reply:
    """The answer with heads of `who`, on the face number `only` or, where that is 0, on all."""
    still, motion = await _brought(chat, picture)
    pictures = (still,) if motion is None else tuple(motion.frames)
    faces = await _found(chat, pictures)
    if not any(faces):
        return await _nobody(chat, still)
    body = {"op": "conhead", "model": "", "who": who, "mood": mood, "only": only}
    stored = await chat.services.store.recipes.add(body, member=chat.member, group=chat.group)
    request = PutHeads(
        pictures,
        faces,
        who,
        mood,
        only,
        () if motion is None else motion.durations,
        json.dumps({"id": stored.id, **body}, separators=(",", ":")),
        gif=chat.surface in ONLY_GIF,
    )
    priority = Priority.INTERACTIVE if motion is None else Priority.ANIMATION
    try:
        headed: Headed = await chat.run(request, priority=priority)
    except RequestFailed:
        raise UserError("conhead.cannot") from None
    if headed.picture is None:
        if headed.found == 0:  # in no frame long enough
            return await _nobody(chat, still)
        raise UserError("conhead.no_such_face", face=only, count=headed.found)
    count = 1 if only else min(headed.found, MOST_HEADS)
    key = "conhead.largest" if headed.found > MOST_HEADS and not only else "conhead.done"
    name = head_name(chat, who)
    made = Picture(stored.id, headed.picture, (), chat.text("conhead.alt", count=count, who=name))
    text = chat.text(key, picture=f"#{stored.id}", count=count, who=name, mood=chat.text(f"choice.mood.{mood}"))
    own = {"picture": PictureName(stored.id)}
    return Reply(text, (made,), (Button("rehead", "rehead", own), Button("newhead", "newhead", own)))


async def _found(chat: Chat, pictures: tuple[Pixels, ...]) -> tuple[tuple[Face, ...], ...]:
    if len(pictures) > 1:
        await chat.progress(chat.text("conhead.looking", frames=len(pictures)))
    try:
        return await chat.run(Find(pictures))
    except RequestFailed as error:
        logger.warning("faces are not found: {}", error)
        raise UserError("conhead.blind") from None


async def _nobody(chat: Chat, looked_at: Pixels) -> Reply:
    """That there is no face, and in what."""
    shown: Encoded = await chat.run(Thumbnail(looked_at, SHOWN))
    return Reply(chat.text("conhead.nobody"), (Picture(None, shown, (), chat.text("conhead.looked_at")),), failed=True)


async def _brought(chat: Chat, picture: PictureName | None) -> tuple[Pixels, Motion | None]:
    """The picture, and its frames where it moves: what the message brings, else one of ours. Raises `UserError`."""
    named = picture is not None and picture.id != (chat.replied.id if chat.replied else None)
    if picture is None or (chat.brought and not named):
        (found,) = await chat.decoded(max_side=SIDE, frames=MOST_FRAMES, frame_side=MOVING_SIDE)
        return found.pixels, found.motion
    recipe = await chat.recipe(picture)
    if recipe.op == "conhead":
        raise UserError("conhead.not_kept", line=head_line(recipe.body))
    faces = await faces_of(chat, recipe)
    return (await draw_faces(chat, [faces[number_of(recipe, picture, len(faces)) - 1]]))[0], None
