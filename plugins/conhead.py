"""`/conhead`: another head on everybody in a picture."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from typing import Annotated, Any
from urllib.parse import quote

from loguru import logger

from bot.chat import ONLY_GIF, Chat
from bot.command import Button, Longest, OneOf, Picture, PictureName, Range, Reply, UserError, command
from bot.faces.heads import Who, anybody, head_files, head_line, heads_name, sitters_of
from bot.faces.recipes import draw_faces, faces_of, number_of
from bot.faces.spots import Spot, in_the_middle, spots_of
from bot.pool.base import Priority, RequestFailed
from data.drawn.moods import MOODS
from data.pictures import Encoded, Motion, Pixels
from data.pictures.requests import MOST_HEADS, Headed, PutHeads, Thumbnail
from data.vision.faces import Face
from data.vision.requests import Find, FindReal

SIDE = 1280  # px of a picture that comes back
MOVING_SIDE = 480  # of an animation
MOST_FRAMES = 48
SHOWN = 1024  # px of what was looked at, where there was no face in it: a press works on that
LONGEST_OFFERED = 48  # characters of `who`, as addresses spell it, that go along with a button

LONGEST = 320  # characters of twenty names or places

Mood = Annotated[str, OneOf(tuple(MOODS))]


@dataclass(frozen=True, slots=True)
class _Wish:
    """What somebody wants of a picture."""

    who: str | list[Who] | None  # as typed, or as it was dealt; None: left to the bot
    mood: str
    only: int = 0  # the number of the face that is meant, 0 for all
    real: bool = False  # people in a photograph
    at: str = ""  # where faces are said to be, as typed
    spots: tuple[Spot, ...] = ()  # as they were understood
    force: bool = False  # where there is no face, in the middle


@dataclass(frozen=True, slots=True)
class _Seen:
    """A picture that was brought."""

    still: Pixels
    motion: Motion | None
    width: int  # px, as it came
    height: int

    @property
    def pictures(self) -> tuple[Pixels, ...]:
        return (self.still,) if self.motion is None else tuple(self.motion.frames)


@command("conhead", zh="接头", costs=True, pictures=1, aliases=("接头霸王",))
async def conhead(
    chat: Chat,
    face: Annotated[int, Range(1, 500)] | None = None,
    mood: Mood | None = None,
    who: Annotated[str, Longest(LONGEST)] | None = None,
    real: bool = False,
    at: Annotated[str, Longest(LONGEST)] | None = None,
    force: bool = False,
    picture: PictureName | None = None,
) -> Reply:
    """Put a head on everybody in a picture."""
    wish = _Wish(who, mood or secrets.choice(list(MOODS)), face or 0, real, at or "", force=force)
    return await _headed(chat, await _brought(chat, picture), wish)


@command("force", zh="强接", costs=True, hidden=True, pictures=1)
async def force(chat: Chat, at: str | None = None, mood: Mood | None = None, who: str | None = None) -> Reply:
    """A head where somebody says, or in the middle, on a picture in which no face was found."""
    wish = _Wish(who, mood or secrets.choice(list(MOODS)), at=at or "", force=True)
    return await _headed(chat, await _brought(chat, None), wish)


@command("rehead", zh="换表情", costs=True, hidden=True, pictures=1)
async def rehead(chat: Chat, picture: PictureName) -> Reply:
    """The same head with another mood, on a picture that has one."""
    body = await _own(chat, picture)
    return await _once_more(chat, body | {"mood": secrets.choice([mood for mood in MOODS if mood != body["mood"]])})


@command("newhead", zh="换头", costs=True, hidden=True, pictures=1)
async def newhead(chat: Chat, picture: PictureName) -> Reply:
    """Somebody else's head on a picture that has one."""
    body = await _own(chat, picture)
    before = _listed(body["who"])
    return await _once_more(chat, body | {"who": await anybody(chat, len(before), but=before)})


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
    spots = tuple(Spot(*map(float, spot)) for spot in body.get("at", ()))
    wish = _Wish(_listed(body["who"]), str(body["mood"]), int(body["only"]), bool(body.get("real")), spots=spots)
    return await _headed(chat, await _brought(chat, None), wish)


def _listed(who: Who | list[Who]) -> list[Who]:
    return who if isinstance(who, list) else [who]


# ---------------------------------------------------------------------------------------------------------------------


async def _headed(chat: Chat, seen: _Seen, wish: _Wish) -> Reply:
    """The answer with heads as they are wished for."""
    if wish.at:
        wish = replace(wish, spots=spots_of(wish.at, seen.width, seen.height))
    faces = await _faces(chat, seen, wish)
    if not any(faces):
        if not wish.force:
            return await _nobody(chat, seen.still, wish)
        wish = replace(wish, spots=(in_the_middle(seen.width, seen.height),))
        faces = await _faces(chat, seen, wish)
    sitters = await _sitters(chat, wish, max(map(len, faces)))
    heads = await head_files(chat, sitters)
    body: dict[str, Any] = {
        "op": "conhead",
        "model": "",
        "who": sitters if len(sitters) > 1 else sitters[0],
        "mood": wish.mood,
        "only": wish.only,
        **({"real": True} if wish.real else {}),
        **({"at": [[spot.x, spot.y, spot.size] for spot in wish.spots]} if wish.spots else {}),
    }
    parents = [who for who in sitters if isinstance(who, str) and who.startswith("#")]
    stored = await chat.services.store.recipes.add(body, member=chat.member, group=chat.group, parents=parents)
    request = PutHeads(
        seen.pictures,
        faces,
        heads,
        wish.mood,
        wish.only,
        () if seen.motion is None else seen.motion.durations,
        json.dumps({"id": stored.id, **body}, separators=(",", ":")),
        gif=chat.surface in ONLY_GIF,
        forced=bool(wish.spots),
    )
    priority = Priority.INTERACTIVE if seen.motion is None else Priority.ANIMATION
    try:
        headed: Headed = await chat.run(request, priority=priority)
    except RequestFailed:
        raise UserError("conhead.cannot") from None
    if headed.picture is None:
        if headed.found == 0:  # in no frame long enough
            return await _nobody(chat, seen.still, wish)
        raise UserError("conhead.no_such_face", face=wish.only, count=headed.found)
    return _done(chat, stored.id, body, headed)


def _done(chat: Chat, id: str, body: dict[str, Any], headed: Headed) -> Reply:
    only, who = int(body["only"]), heads_name(chat, body["who"])
    count = 1 if only else min(headed.found, MOST_HEADS)
    key = "conhead.largest" if headed.found > MOST_HEADS and not only else "conhead.done"
    assert headed.picture is not None
    made = Picture(id, headed.picture, (), chat.text("conhead.alt", count=count, who=who))
    mood = chat.text(f"choice.mood.{body['mood']}")
    text = chat.text(key, picture=f"#{id}", count=count, who=who, mood=mood)
    own = {"picture": PictureName(id)}
    return Reply(text, (made,), (Button("rehead", "rehead", own), Button("newhead", "newhead", own)))


async def _sitters(chat: Chat, wish: _Wish, faces: int) -> list[Who]:
    """Whose heads: as asked for. Else one face gets the mascot's or one of the group's, several get several."""
    if isinstance(wish.who, list):
        return wish.who
    count = 1 if wish.only else faces
    return await sitters_of(chat, wish.who or "", count)


async def _faces(chat: Chat, seen: _Seen, wish: _Wish) -> tuple[tuple[Face, ...], ...]:
    """Of each picture: where somebody said, else where they are found."""
    pictures = seen.pictures
    if wish.spots:
        height, width = pictures[0].shape[:2]
        return (tuple(spot.face(width, height) for spot in wish.spots),) * len(pictures)
    if len(pictures) > 1:
        await chat.progress(chat.text("conhead.looking", frames=len(pictures)))
    try:
        return await chat.run(FindReal(pictures) if wish.real else Find(pictures))
    except RequestFailed as error:
        logger.warning("faces are not found: {}", error)
        raise UserError("conhead.blind") from None


async def _nobody(chat: Chat, looked_at: Pixels, wish: _Wish) -> Reply:
    """That there is no face, and in what; and that there may be a head all the same."""
    shown: Encoded = await chat.run(Thumbnail(looked_at, SHOWN))
    args = {"mood": wish.mood}
    if isinstance(wish.who, str) and len(quote(wish.who, safe="")) <= LONGEST_OFFERED:
        args["who"] = wish.who
    button = Button("force", "force", args, spot=True)
    picture = Picture(None, shown, (), chat.text("conhead.looked_at"), fleeting=True)
    key = "conhead.nobody_real" if wish.real else "conhead.nobody"
    return Reply(chat.text(key), (picture,), (button,), failed=True)


async def _brought(chat: Chat, picture: PictureName | None) -> _Seen:
    """The picture, and its frames where it moves: what the message brings, else one of ours. Raises `UserError`."""
    named = picture is not None and picture.id != (chat.replied.id if chat.replied else None)
    if picture is None or (chat.brought and not named):
        (found,) = await chat.decoded(max_side=SIDE, frames=MOST_FRAMES, frame_side=MOVING_SIDE)
        return _Seen(found.pixels, found.motion, found.width, found.height)
    recipe = await chat.recipe(picture)
    if recipe.op == "conhead":
        raise UserError("conhead.not_kept", line=head_line(recipe.body))
    faces = await faces_of(chat, recipe)
    (drawn,) = await draw_faces(chat, [faces[number_of(recipe, picture, len(faces)) - 1]])
    return _Seen(drawn, None, drawn.shape[1], drawn.shape[0])
