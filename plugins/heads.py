"""A group's own heads for `/conhead`: added, looked at, removed. In private everybody has some of their own."""

from __future__ import annotations

import contextlib

from bot.chat import Chat
from bot.command import Picture, PictureName, Reply, Role, UserError, command
from bot.faces.heads import cut_out, is_taken, owner_of
from bot.faces.recipes import draw_faces, faces_of, number_of
from bot.line.names import is_plain, spelt
from bot.line.values import quoted
from bot.pool.base import RequestFailed
from bot.store.heads import HeadExists, HeadsFull, KeptHead
from data.pictures import Encoded, Pixels
from data.pictures.requests import ShowHeads

MOST_OF_GROUP, MOST_OF_MEMBER = 30, 10
LONGEST_NAME = 20  # characters
SIDE = 1024  # px of a picture that a head is cut out of


@command("heads add", zh="头库 添加", costs=True, pictures=1)
async def add(chat: Chat, name: str, picture: PictureName | None = None) -> Reply:
    """Keep a head: a PNG of one as it is, else cut out of a drawing."""
    name = _checked(chat, name)
    _may_change(chat, "heads add", "头库 添加")
    pixels = await _pixels(chat, picture)
    head = await cut_out(chat, pixels)
    if head is None:
        raise UserError("heads.no_head")
    most = MOST_OF_MEMBER if chat.group is None else MOST_OF_GROUP
    try:
        kept = await chat.services.store.heads.add(
            owner_of(chat), name, head.content, head.place, member=chat.member, most=most
        )
    except HeadExists:
        raise UserError("heads.exists", name=name) from None
    except HeadsFull:
        raise UserError("heads.full", most=most) from None
    shown = await _shown(chat, [kept], numbered=False)
    return Reply(
        chat.text("heads.added", name=name, spelt=spelt(name)),
        (Picture(None, shown, (), chat.text("heads.alt", names=name)),),
    )


@command("heads list", zh="头库 列表")
async def list_(chat: Chat) -> Reply:
    """The heads that there are."""
    kept = await chat.services.store.heads.list(owner_of(chat))
    if not kept:
        raise UserError("heads.none" if chat.group is None or chat.role >= Role.ADMIN else "heads.none_member")
    names = chat.text("list.comma").join(f"{n} {head.name}" for n, head in enumerate(kept, start=1))
    shown = await _shown(chat, kept, numbered=True)
    alt = chat.text("heads.alt", names=names)
    return Reply(chat.text("heads.listed", names=names, spelt=spelt(kept[-1].name)), (Picture(None, shown, (), alt),))


@command("heads remove", zh="头库 删除")
async def remove(chat: Chat, name: str) -> Reply:
    """Let go of a head."""
    store, owner = chat.services.store.heads, owner_of(chat)
    kept = await store.get(owner, " ".join(name.split()))
    if kept is None or kept.member != chat.member:
        _may_change(chat, "heads remove", "头库 删除")
    if kept is None or not await store.remove(owner, kept.name):
        raise UserError("heads.unknown", name=quoted(name))
    return Reply(chat.text("heads.removed", name=kept.name))


def _may_change(chat: Chat, name: str, zh: str) -> None:
    """A group's heads are its admins' to choose: everybody there will see them."""
    if chat.group is not None and chat.role < Role.ADMIN:
        raise UserError("gate.needs_admin", command=name, zh=zh)


def _checked(chat: Chat, typed: str) -> str:
    name = " ".join(typed.split())
    if len(name) > LONGEST_NAME or not is_plain(name):
        raise UserError("heads.odd_name", name=quoted(typed), most=LONGEST_NAME)
    if is_taken(chat, name):
        raise UserError("heads.taken", name=name)
    return name


async def _pixels(chat: Chat, picture: PictureName | None) -> Pixels:
    """Of what the message brings, else of one of ours. Raises `UserError`."""
    named = picture is not None and picture.id != (chat.replied.id if chat.replied else None)
    if picture is None or (chat.brought and not named):
        (found,) = await chat.decoded(max_side=SIDE, alpha=True)
        return found.pixels
    recipe = await chat.recipe(picture)
    faces = await faces_of(chat, recipe)
    (drawn,) = await draw_faces(chat, [faces[number_of(recipe, picture, len(faces)) - 1]])
    return drawn


async def _shown(chat: Chat, kept: list[KeptHead], *, numbered: bool) -> Encoded:
    files = chat.services.store.files
    contents = [content for head in kept if (content := await files.get(head.file)) is not None]
    if contents:
        with contextlib.suppress(RequestFailed):
            return await chat.run(ShowHeads(tuple(contents), numbered))
    raise UserError("heads.lost")
