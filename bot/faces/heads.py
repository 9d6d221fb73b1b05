"""Whose head it was: recipes of pictures with other heads, and their words.

`{"op": "conhead", "model": "", "who": "biri", "mood": "happy", "only": 0}`: `who` is whose head it is, or a list where
each face got somebody else's, from left to right: the name of somebody known, the seed of somebody drawn by chance,
`#k7f3.2` for the head of a picture of ours, `head:小明` for one of the group's own. `only` is the number of the face
that got the head, 0 for all. `"real": true` were people in a photograph; `at` says where faces were said to be
(`bot.faces.spots`). The picture is not in it.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bot.chat import Chat
from bot.command import PictureName, UserError
from bot.faces.recipes import draw_faces, faces_of, number_of
from bot.faces.spots import Spot, in_percent
from bot.line.values import picture_name
from bot.locale import LOCALES
from bot.pool.base import RequestFailed
from data.drawn.characters import CHARACTERS
from data.pictures import Pixels
from data.pictures.requests import MOST_HEADS, CutHead, HeadFile
from data.vision.requests import Find
from models.requests import MAX_SEED, seed_of

Who = str | int

MASCOT = "biri"
OWN = "head:"  # before the name of a group's own head
STRANGERS = 10_000  # who come by chance: short numbers, for a line may have twenty
MOST_NAMED = 3  # whose heads it was, before it is said to be "and others"
ANYBODY = frozenset({"random", "any", "anybody", "随机", "随便", "随便谁"})
_LONGEST_NUMBER = 20  # digits
_COMMAS = re.compile(r"\s*[,，、;；+]\s*")


def owner_of(chat: Chat) -> str:
    """Whose own heads a chat knows: the group's, in private the member's."""
    return chat.group or chat.member


async def sitters_of(chat: Chat, typed: str, faces: int) -> list[Who]:
    """Whose heads are meant, for so many faces: names of those known in any language, of the group's own heads, of
    pictures; else who a number or a word stands for. Raises `UserError`."""
    words = [word for word in _COMMAS.split(typed.strip()) if word]
    if not words or (len(words) == 1 and words[0].casefold() in ANYBODY):
        return await anybody(chat, faces)
    return [await _sitter_of(chat, word) for word in words[:MOST_HEADS]]


async def anybody(chat: Chat, faces: int, but: Sequence[Who] = ()) -> list[Who]:
    """Several heads by chance, of those of the house and the group first; none twice, and none of `but`."""
    own = [OWN + head.name for head in await chat.services.store.heads.list(owner_of(chat))]
    known: list[Who] = [who for who in (*CHARACTERS, *own) if who not in but]
    secrets.SystemRandom().shuffle(known)
    count = max(1, min(faces, MOST_HEADS))
    found = known[:count]
    while len(found) < count:
        if (seed := secrets.randbelow(STRANGERS)) not in (*found, *but):
            found.append(seed)
    secrets.SystemRandom().shuffle(found)
    return found


async def _sitter_of(chat: Chat, typed: str) -> Who:
    word = typed.casefold()
    if word.startswith(("#", "＃")):
        return str(picture_name(typed, chat.replied))
    if (own := await chat.services.store.heads.get(owner_of(chat), typed.removeprefix(OWN))) is not None:
        return OWN + own.name
    if typed.startswith(OWN):
        raise UserError("heads.unknown", name=typed.removeprefix(OWN))
    text = chat.services.catalogue.text
    for name in CHARACTERS:
        if word in (name, *(text(locale, f"conhead.who.{name}").casefold() for locale in LOCALES)):
            return name
    if word.isdecimal() and len(word) <= _LONGEST_NUMBER:
        return int(word) % (MAX_SEED + 1)
    return seed_of(word)


def is_taken(chat: Chat, name: str) -> bool:
    """Whether a name means somebody already who is no group's own."""
    text = chat.services.catalogue.text
    known = {
        *CHARACTERS,
        *ANYBODY,
        *(text(at, f"conhead.who.{who}").casefold() for who in CHARACTERS for at in LOCALES),
    }
    return name.casefold() in known or name.isdecimal()


# ---------------------------------------------------------------------------------------------------------------------
# The heads themselves


async def head_files(chat: Chat, sitters: Sequence[Who]) -> tuple[Who | HeadFile, ...]:
    """What a request takes for them. Raises `UserError` for what is gone, or has no head."""
    found: dict[Who, Who | HeadFile] = {}
    for who in sitters:
        if who not in found:
            found[who] = await _head_file(chat, who)
    return tuple(found[who] for who in sitters)


async def _head_file(chat: Chat, who: Who) -> Who | HeadFile:
    if isinstance(who, str) and who.startswith("#"):
        return await _head_of_picture(chat, picture_name(who, None))
    if not isinstance(who, str) or not who.startswith(OWN):
        return who
    store, name = chat.services.store, who.removeprefix(OWN)
    kept = await store.heads.get(owner_of(chat), name)
    content = None if kept is None else await store.files.get(kept.file)
    if kept is None or content is None:
        raise UserError("heads.unknown", name=name)
    return HeadFile(content, kept.place)


async def _head_of_picture(chat: Chat, picture: PictureName) -> HeadFile:
    recipe = await chat.recipe(picture)
    if recipe.op == "conhead":
        raise UserError("conhead.no_head_kept", picture=str(picture))
    faces = await faces_of(chat, recipe)
    (drawn,) = await draw_faces(chat, [faces[number_of(recipe, picture, len(faces)) - 1]])
    cut = await cut_out(chat, drawn)
    if cut is None:
        raise UserError("conhead.no_head", picture=str(picture))
    return cut


async def cut_out(chat: Chat, pixels: Pixels) -> HeadFile | None:
    """The largest head in a picture (H, W, 3 or 4); None where there is none. Raises `UserError` where it cannot be
    looked for."""
    try:
        flat = pixels if pixels.shape[2] == 3 else await asyncio.to_thread(_on_white, pixels)
        (faces,) = await chat.run(Find((flat,)))
    except RequestFailed:
        raise UserError("conhead.blind") from None
    face = max(faces, key=lambda face: face.box[2] * face.box[3], default=None)
    try:
        return await chat.run(CutHead(pixels, face))
    except RequestFailed:
        return None


def _on_white(pixels: Pixels) -> Pixels:
    alpha = pixels[..., 3:].astype(np.uint16)
    return ((pixels[..., :3] * alpha + 255 * (255 - alpha)) // 255).astype(np.uint8)


# ---------------------------------------------------------------------------------------------------------------------
# In words


def heads_name(chat: Chat, who: Who | list[Who]) -> str:
    """What the bot calls those whose heads they are."""
    sitters = list(dict.fromkeys(who if isinstance(who, list) else [who]))
    names = [_name(chat, one) for one in sitters[:MOST_NAMED]]
    listed = chat.text("list.comma").join(names)
    return listed if len(sitters) <= MOST_NAMED else chat.text("conhead.and_others", names=listed)


def _name(chat: Chat, who: Who) -> str:
    if not isinstance(who, str):
        return chat.text("conhead.somebody", number=who)
    return who.removeprefix(OWN) if who.startswith(("#", OWN)) else chat.text(f"conhead.who.{who}")


def head_line(body: Mapping[str, Any]) -> str:
    """The command that puts the same heads on a picture."""
    who = body["who"] if isinstance(body["who"], list) else [body["who"]]
    names = ",".join(str(one).removeprefix(OWN) for one in who)
    words = ["/conhead", f"mood:{body['mood']}", f'who:"{names}"' if " " in names else f"who:{names}"]
    words += [f"face:{body['only']}"] if body["only"] else []
    words += ["real:yes"] if body.get("real") else []
    words += [f"at:{in_percent([Spot(*spot) for spot in body['at']])}"] if body.get("at") else []
    return " ".join(words)
