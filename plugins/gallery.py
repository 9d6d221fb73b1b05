"""What becomes of a picture after it was drawn: its recipe, keeping it, taking it back."""

import json
from typing import Annotated

from bot.chat import Chat
from bot.command import Button, PictureName, Range, Reply, Role, UserError, command
from bot.faces.attributes import in_words
from bot.faces.heads import head_line, heads_name
from bot.faces.recipes import draw_of, face_of, faces_of, is_list, listed, number_of
from bot.faces.saving import save_turned
from bot.faces.selfies import domain_name
from bot.faces.shown import show_faces, shown_face, turning_in
from bot.faces.telling import line_of, origin, seeds
from bot.faces.turning import BROUGHT, Turning
from bot.faces.twins import let_go_unless_saved
from bot.line.values import quoted
from bot.pool.base import RequestFailed
from bot.store.recipes import Recipe
from data.pictures.requests import ReadRecipe
from models.errors import BadRequest

PAGE = 16  # faces on a sheet of kept ones


@command("recipe", zh="配方", pictures=1)
async def recipe(chat: Chat, picture: PictureName | None = None) -> Reply:
    """How a picture was made, so that it can be made again."""
    if picture is None and chat.replied is None and chat.brought:
        (upload,) = await chat.pictures()
        return await _recipe_of_file(chat, upload.content)
    name = picture or chat.replied
    found = await chat.recipe(name)
    assert name is not None
    if found.op == "collage":
        return Reply(
            chat.text("recipe.collage", picture=str(name), faces=" ".join(f"#{f}" for f in found.body["faces"]))
        )
    if found.op == "twins":
        return Reply(chat.text("recipe.twins", picture=str(name), faces=_twins(chat, found)))
    if found.op == "conhead":
        return Reply(_heads(chat, found))
    if (turning := turning_in(found)) is not None:
        return Reply(_turned(chat, found, turning))
    faces = await faces_of(chat, found)
    if name.face is not None:
        faces = [await face_of(chat, name)]
    lines = [chat.text("recipe.head", picture=str(name), model=found.model, trunc=f"{faces[0].trunc:g}")]
    lines.append(origin(chat, found, faces) if name.face is None else seeds(chat, [faces[0].latent]))
    if faces[0].wishes:
        lines.append(chat.text("recipe.wishes", wishes=in_words(chat, faces[0].wishes)))
    if found.parents:
        lines.append(chat.text("recipe.parents", parents=" ".join(f"#{p}" for p in found.parents)))
    if name.face is None and (line := line_of(found, faces)):
        lines.append(chat.text("recipe.line", line=line))
    return Reply("\n".join(lines))


def _heads(chat: Chat, found: Recipe) -> str:
    """Whose heads were put onto a picture, which itself is not kept."""
    who, mood = heads_name(chat, found.body["who"]), chat.text(f"choice.mood.{found.body['mood']}")
    return chat.text("recipe.heads", picture=f"#{found.id}", who=who, mood=mood, line=head_line(found.body))


def _turned(chat: Chat, found: Recipe, turning: Turning) -> str:
    """How the faces in a picture were turned, which itself is not kept."""
    source, to = domain_name(chat, turning.source), domain_name(chat, turning.to)
    lines = [chat.text("recipe.turned", picture=f"#{found.id}", source=source, to=to, model=turning.model)]
    seeds = chat.text("list.comma").join(map(str, turning.seeds))
    lines.append(chat.text("recipe.turned_how", strength=f"{turning.strength:g}", seed=seeds))
    if turning.like:
        key = "recipe.turned_like_brought" if turning.like == BROUGHT else "recipe.turned_like"
        lines.append(chat.text(key, like=turning.like))
    if turning.wishes:
        lines.append(chat.text("recipe.wishes", wishes=in_words(chat, turning.wishes)))
    lines.append(chat.text("recipe.turned_line", line=turning.line))
    return "\n".join(lines)


def _twins(chat: Chat, found: Recipe) -> str:
    """Who looked like somebody, which is not in the recipe."""
    words = []
    for entry in found.body["faces"]:
        latent = entry.get("latent") if isinstance(entry, dict) else None
        if isinstance(entry, str):
            words.append(f"#{entry}")
        else:
            words.append(chat.text("recipe.twins_own", **latent) if latent else quoted(str(entry.get("file"))))
    return chat.text("list.comma").join(words)


async def _recipe_of_file(chat: Chat, content: bytes) -> Reply:
    try:
        text = await chat.run(ReadRecipe(content, chat.services.settings.intake_max_pixels))
    except RequestFailed:
        raise UserError("recipe.not_a_picture") from None
    if not text:
        raise UserError("recipe.not_ours")
    # Anybody can write anything into a file: only what parses as a recipe is believed, and only that much.
    try:
        body = dict(json.loads(text))
        known = await chat.services.store.recipes.get(str(body.get("id", ""))[:16])
        if known is not None and {"id": known.id, **known.body} == body:
            if known.op == "conhead":
                return Reply(_heads(chat, known))
            if (turning := turning_in(known)) is not None:
                return Reply(_turned(chat, known, turning))
        draw = draw_of(body)
    except (ValueError, TypeError, RecursionError, BadRequest):
        raise UserError("recipe.not_ours") from None
    head = chat.text("recipe.file", model=draw.model[:80], trunc=f"{draw.trunc:g}")
    lines = [head, seeds(chat, draw.latents)]
    if known is not None and known.body == {name: value for name, value in body.items() if name != "id"}:
        lines.append(chat.text("recipe.known", picture=f"#{known.id}"))
    return Reply("\n".join(lines))


@command("save", zh="收藏", pictures=1, menu=False)
async def save(chat: Chat, picture: PictureName) -> Reply:
    """Keep a face among your favourites; one that was turned from a photo if that is brought along once more."""
    kept = await _itself(chat, picture)
    found = await chat.recipe(kept)
    if (turning := turning_in(found)) is not None:
        await save_turned(chat, found, turning, kept)
    new = await chat.services.store.favourites.add(chat.member, kept.id, kept.face)
    return Reply(chat.text("save.kept" if new else "save.already", picture=str(picture)))


@command("unsave", zh="取消收藏", bare=False)
async def unsave(chat: Chat, picture: PictureName) -> Reply:
    """Let go of a face among your favourites."""
    kept = await _itself(chat, picture)
    gone = await chat.services.store.favourites.remove(chat.member, kept.id, kept.face)
    await chat.services.store.encodings.remove(chat.member, kept.id, kept.face or 1)
    await let_go_unless_saved(chat.services, [(kept.id, kept.face)])
    return Reply(chat.text("unsave.gone" if gone else "unsave.was_not", picture=str(picture)))


async def _itself(chat: Chat, picture: PictureName) -> PictureName:
    """The face that is meant, not its place on a sheet of kept ones."""
    found = await chat.recipe(picture)
    if (turning := turning_in(found)) is not None:
        count = turning.count
    else:
        count = len(found.body["faces"]) if is_list(found) else len(await faces_of(chat, found))
    number = number_of(found, picture, count)
    if is_list(found) and isinstance(itself := listed(found, PictureName(picture.id, number)), PictureName):
        return itself
    return PictureName(picture.id, number)


@command("saved", zh="收藏夹", costs=True)
async def saved(chat: Chat, page: Annotated[int, Range(1, 1000)] = 1) -> Reply:
    """The faces that you kept, newest first."""
    kept = await chat.services.store.favourites.list(chat.member, limit=PAGE + 1, offset=(page - 1) * PAGE)
    if not kept:
        return Reply(chat.text("saved.empty" if page == 1 else "saved.no_page", page=page))
    more, kept = len(kept) > PAGE, kept[:PAGE]
    names = [f"{f.picture}.{f.face}" for f in kept]
    faces = [await shown_face(chat, PictureName(f.picture, f.face)) for f in kept]
    body = {"op": "collage", "model": "", "faces": names}
    made = await chat.publish(show_faces(chat, faces), body, parents=names, alt=chat.text("saved.alt"))
    assert made.id is not None
    buttons = [
        Button(label, label, {"picture": PictureName(made.id)}, per_face=len(names) > 1)
        for label in ("more", "bigger", "unsave")
    ]
    if more:
        buttons.append(Button("next", "saved", {"page": page + 1}))
    return Reply(chat.text("saved.shown", count=len(names), picture=f"#{made.id}"), (made,), tuple(buttons))


@command("delete", zh="撤回")
async def delete(chat: Chat, picture: PictureName | None = None) -> Reply:
    """Take back an answer: the one replied to, a picture by its name, or your latest."""
    sent = chat.services.store.sent
    if chat.replied_message is not None and picture in (None, chat.replied):
        found = await sent.get(chat.surface, chat.id, chat.replied_message)
    elif picture is not None:
        found = await sent.of_picture(chat.surface, chat.id, picture.id)
    else:
        found = await sent.latest(chat.surface, chat.id, chat.member)
    if found is None:
        raise UserError("delete.nothing")
    if found.member != chat.member and chat.role < Role.ADMIN:
        raise UserError("delete.not_yours")
    if not await chat.delete_message(found.message_id):
        raise UserError("delete.refused")
    await sent.forget(chat.surface, chat.id, found.message_id)
    return Reply(chat.text("delete.done"), private=True)
