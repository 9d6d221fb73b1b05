"""What becomes of a picture after it was drawn: its recipe, keeping it, taking it back."""

import json
from typing import Annotated

from bot.chat import Chat
from bot.command import Button, PictureName, Range, Reply, Role, UserError, command
from bot.pool.base import RequestFailed
from bot.recipes import draw_faces, draw_of, face_of, faces_of
from bot.store.recipes import Recipe
from data.pictures.requests import ReadRecipe
from models.requests import BadRequest, Latent

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
    faces = await faces_of(chat, found)
    if name.face is not None:
        faces = [await face_of(chat, name)]
    lines = [chat.text("recipe.head", picture=str(name), model=found.model, trunc=f"{faces[0].trunc:g}")]
    lines.append(_seeds(chat, [f.latent for f in faces]))
    if found.parents:
        lines.append(chat.text("recipe.parents", parents=" ".join(f"#{p}" for p in found.parents)))
    if name.face is None and (line := _line(found, [f.latent for f in faces], faces[0].trunc)):
        lines.append(chat.text("recipe.line", line=line))
    return Reply("\n".join(lines))


def _seeds(chat: Chat, latents: list[Latent]) -> str:
    first, last = latents[0], latents[-1]
    if any(v.steps for v in latents):
        return chat.text("recipe.stepped", seed=first.seed, steps=max(len(v.steps) for v in latents))
    if len(latents) == 1:
        return chat.text("recipe.seed", seed=first.seed)
    return chat.text("recipe.seeds", first=first.seed, last=last.seed)


def _line(found: Recipe, latents: list[Latent], trunc: float) -> str:
    """The command that draws it again, "" where no line can say it."""
    model = found.model.partition("@")[0]
    if model != "waifu" or any(v.steps for v in latents):
        return ""
    return f"/waifu count:{len(latents)} seed:{latents[0].seed} trunc:{trunc:g}"


async def _recipe_of_file(chat: Chat, content: bytes) -> Reply:
    try:
        text = await chat.run(ReadRecipe(content, chat.services.settings.intake_max_pixels))
    except RequestFailed:
        raise UserError("recipe.not_a_picture") from None
    if not text:
        raise UserError("recipe.not_ours")
    # Anybody can write anything into a file: only what parses as a recipe is believed, and only that much.
    try:
        body = json.loads(text)
        draw = draw_of(body)
    except (ValueError, TypeError, RecursionError, BadRequest):
        raise UserError("recipe.not_ours") from None
    known = await chat.services.store.recipes.get(str(body.get("id", ""))[:16])
    head = chat.text("recipe.file", model=draw.model[:80], trunc=f"{draw.trunc:g}")
    lines = [head, _seeds(chat, list(draw.latents))]
    if known is not None and known.body.get("latents") == body["latents"]:
        lines.append(chat.text("recipe.known", picture=f"#{known.id}"))
    return Reply("\n".join(lines))


@command("save", zh="收藏")
async def save(chat: Chat, picture: PictureName) -> Reply:
    """Keep a face among your favourites."""
    found = await chat.recipe(picture)
    await face_of(chat, picture)  # names one that is there
    kept = picture
    if found.op == "collage":  # keep the face itself, not its place on a sheet of kept ones
        id, _, number = str(found.body["faces"][(picture.face or 1) - 1]).partition(".")
        kept = PictureName(id, int(number or 1))
    new = await chat.services.store.favourites.add(chat.member, kept.id, kept.face or 1)
    return Reply(chat.text("save.kept" if new else "save.already", picture=str(picture)))


@command("saved", zh="收藏夹", costs=True)
async def saved(chat: Chat, page: Annotated[int, Range(1, 1000)] = 1) -> Reply:
    """The faces that you kept, newest first."""
    kept = await chat.services.store.favourites.list(chat.member, limit=PAGE + 1, offset=(page - 1) * PAGE)
    if not kept:
        return Reply(chat.text("saved.empty" if page == 1 else "saved.no_page", page=page))
    more, kept = len(kept) > PAGE, kept[:PAGE]
    names = [f"{f.picture}.{f.face}" for f in kept]
    faces = [await face_of(chat, PictureName(f.picture, f.face)) for f in kept]
    body = {"op": "collage", "model": "", "faces": names}
    made = await chat.publish(draw_faces(chat, faces), body, parents=names, alt=chat.text("saved.alt"))
    assert made.id is not None
    buttons = [
        Button(label, label, {"picture": PictureName(made.id)}, per_face=len(names) > 1) for label in ("more", "bigger")
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
