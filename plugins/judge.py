"""`/judge`: what the networks make of a picture, in percentages."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from loguru import logger

from bot.chat import Chat
from bot.command import Button, Picture, PictureName, Range, Reply, UserError, command
from bot.faces.attributes import attribute_name, choice_name, obeyed_by
from bot.faces.recipes import MODEL, draw_faces, draw_of, face_of, version
from bot.pool.base import Request, RequestFailed
from data.labels import ATTRIBUTES
from data.pictures import Encoded, Pixels
from data.pictures.requests import Thumbnail
from data.vision.faces import Face
from data.vision.framing import cut
from data.vision.requests import MOST_FACES, Find, See, Seen
from models.requests import BadRequest, Judge, Verdict

SIDE = 1024  # px of a picture: a face in a scene is to be large enough for the networks still
SHOWN = 512  # px of what was looked at, where there was no face in it
BAR = 10
SURE = 0.6  # below this two choices are named
WORTH_SAYING = 0.15  # of the second one
CLEAR_BY = 0.2  # what is seen this much more surely than the next is asked for in "draw one like this"

# What a card says, line by line; what is unremarkable is left out.
_LINES = (
    ("hair", "eyes"),
    ("length", "hairstyle", "glasses", "headwear", "ears"),
    ("lids", "mouth", "look", "blush"),
    ("age", "gender", "skin", "style"),
)
_UNREMARKABLE = {
    "headwear": "no",
    "ears": "human",
    "blush": "no",
    "look": "front",
    "lids": "open",
    "hairstyle": "loose",
}
_SHADED = ("hair", "eyes", "style")  # what may well be between two choices; the others are said when they are clear


@command("judge", zh="鉴定", costs=True, pictures=1)
async def judge(
    chat: Chat,
    picture: PictureName | None = None,
    face: Annotated[int, Range(1, MOST_FACES)] | None = None,
) -> Reply:
    """What the bot makes of a picture: how well a face in it is drawn by the book, and what is to be seen in it."""
    brought = await _brought(chat, picture)
    framed = await _framed(chat, brought, face)
    if framed is None:
        return await _nobody(chat, brought.pixels)
    model = version(chat, MODEL)
    verdict, seen = await asyncio.gather(
        _or_none(chat, Judge(model, framed.pixels)),
        _or_none(chat, See((framed.pixels,))),
    )
    if verdict is None and seen is None:
        raise UserError("judge.cannot")
    lines = _verdict(chat, verdict) + (_card(chat, seen[0]) if seen else [chat.text("judge.blind")])
    if framed.count > 1:
        lines.append(chat.text("judge.one_of", number=framed.number, count=framed.count))
    if brought.ours:
        lines.append(chat.text("judge.ours", picture=brought.ours))
    wishes = _to_copy(seen[0], obeyed_by(chat, model)) if seen else {}
    if not wishes:
        return Reply("\n".join(lines))
    # The picture itself is not kept: what was seen in it is all that drawing one like it takes.
    body = {"op": "judge", "model": model, "wishes": wishes}
    stored = await chat.services.store.recipes.add(body, member=chat.member, group=chat.group)
    button = Button("like", "like", {"picture": PictureName(stored.id)})
    return Reply("\n".join(lines), buttons=(button,), recipe=stored.id)


@dataclass(frozen=True, slots=True)
class _Brought:
    pixels: Pixels
    ours: str = ""  # `#k7f3.2` where it is one of the bot's own


async def _brought(chat: Chat, picture: PictureName | None) -> _Brought:
    """The picture to judge: an attached one, or one of ours that is named or replied to. Raises `UserError`."""
    only_replied = picture == chat.replied  # then what the message itself brings goes before it
    if picture is None or (only_replied and chat.attached):
        return await _decoded(chat)
    face = await face_of(chat, picture)
    return _Brought((await draw_faces(chat, (face,)))[0], str(picture))


async def _decoded(chat: Chat) -> _Brought:
    (found,) = await chat.decoded(max_side=SIDE)
    name = await _own_name(chat, found.recipe)
    if name is not None and name.face is None:
        await face_of(chat, name)  # a sheet of ours: says which faces there are
    return _Brought(found.pixels, "" if name is None else str(name))


async def _own_name(chat: Chat, carried: str) -> PictureName | None:
    """The picture of ours that metadata speak of, if they are true: anybody can write anything into a file."""
    try:
        body: dict[str, Any] = json.loads(carried) if carried else {}
        known = await chat.services.store.recipes.get(str(body.pop("id", ""))[:16])
        if known is None or known.body != body:
            return None
        faces = len(draw_of(body).latents)
    except (ValueError, TypeError, AttributeError, RecursionError, BadRequest):
        return None
    return PictureName(known.id, 1) if faces == 1 else PictureName(known.id)


@dataclass(frozen=True, slots=True)
class _Framed:
    pixels: Pixels  # (S, S, 3)
    number: int = 1  # of the face, from the left
    count: int = 1  # of the faces in the picture


async def _framed(chat: Chat, brought: _Brought, number: int | None) -> _Framed | None:
    """The face to judge, framed as the networks know faces: the largest unless `number` says which from the left.

    None where there is none: a network that judges faces says anything of what is none. Raises `UserError`.
    """
    found: tuple[tuple[Face, ...]] | None = await _or_none(chat, Find((brought.pixels,)))
    faces = sorted(found[0], key=lambda face: face.box[0] + face.box[2] / 2) if found else []
    if not faces:
        unseen = found is not None and not brought.ours  # what we drew ourselves is a face, whoever sees it
        return None if unseen else _Framed(_middle_square(brought.pixels))
    if number is not None and number > len(faces):
        raise UserError("judge.no_such_face", face=number, count=len(faces))
    chosen = number or 1 + max(range(len(faces)), key=lambda i: faces[i].box[2] * faces[i].box[3])
    return _Framed(cut(brought.pixels, faces[chosen - 1].box), chosen, len(faces))


async def _nobody(chat: Chat, looked_at: Pixels) -> Reply:
    """That there is no face, and in what."""
    shown: Encoded = await chat.run(Thumbnail(looked_at, SHOWN))
    return Reply(
        chat.text("judge.nobody"), (Picture(None, shown, (), chat.text("judge.looked_at"), fleeting=True),), failed=True
    )


def _middle_square(pixels: Pixels) -> Pixels:
    """(S, S, 3) out of (H, W, 3)."""
    h, w, _ = pixels.shape
    side = min(h, w)
    top, left = (h - side) // 2, (w - side) // 2
    return pixels[top : top + side, left : left + side].copy()


async def _or_none(chat: Chat, request: Request) -> Any:
    """The answer, None where the bot has no network for it: a judgement may be partial."""
    try:
        return await chat.run(request)
    except RequestFailed as error:
        logger.info("{} is not answered: {}", type(request).__name__, error)
        return None


def _verdict(chat: Chat, verdict: Verdict | None) -> list[str]:
    if verdict is None:
        return [chat.text("judge.no_verdict")]
    percent = _percent(verdict.score)
    full = round(percent * BAR / 100)
    grade = next(name for least, name in ((80, "high"), (55, "good"), (30, "fair"), (0, "low")) if percent >= least)
    bar = "▰" * full + "▱" * (BAR - full)
    return [chat.text("judge.score", percent=percent, bar=bar), chat.text(f"judge.{grade}")]


def _card(chat: Chat, seen: Seen) -> list[str]:
    lines: list[str] = []
    asleep = seen.choices.get("lids", {}).get("closed", 0.0) >= SURE
    for attributes in _LINES:
        # Nobody sees the colour of closed eyes.
        told = [name for name in attributes if not (name == "eyes" and asleep)]
        items = [item for name in told if (item := _item(chat, name, seen.choices.get(name, {})))]
        if items:
            lines.append(chat.text("judge.joined").join(items))
    return lines


def _item(chat: Chat, attribute: str, chances: Mapping[str, float]) -> str:
    """发色 粉 92%, or the two likeliest where it is not clear; "" where there is nothing to say."""
    known = {choice: chance for choice, chance in chances.items() if choice in ATTRIBUTES[attribute]}
    if not known:
        return ""
    (choice, chance), *rest = sorted(known.items(), key=lambda item: -item[1])
    if (chance < SURE and attribute not in _SHADED) or choice == _UNREMARKABLE.get(attribute):
        return ""
    name = attribute_name(chat, attribute)
    if choice in ("yes", "no"):
        return _unbroken(chat.text(f"judge.{choice}", attribute=name, percent=_percent(chance)))
    shown = [(choice, chance)]
    if chance < SURE and rest and rest[0][1] >= WORTH_SAYING:
        shown.append(rest[0])
    words = chat.text("judge.or").join(
        chat.text("judge.choice", choice=choice_name(chat, attribute, c), percent=_percent(p)) for c, p in shown
    )
    return _unbroken(chat.text("judge.item", attribute=name, choices=words))


def _unbroken(text: str) -> str:
    """Lines break between items, not within them."""
    return text.replace(" ", "\u00a0")


def _to_copy(seen: Seen, obeyed: tuple[str, ...]) -> dict[str, str]:
    """What to ask for so that a face turns out alike."""
    wishes: dict[str, str] = {}
    for attribute in obeyed:
        known = {c: p for c, p in seen.choices.get(attribute, {}).items() if c in ATTRIBUTES[attribute]}
        ranking = sorted(known, key=lambda choice: -known[choice])
        if len(ranking) > 1 and known[ranking[0]] - known[ranking[1]] >= CLEAR_BY:
            wishes[attribute] = ranking[0]
    return wishes


def _percent(share: float) -> int:
    return round(100 * min(max(share, 0.0), 1.0))
