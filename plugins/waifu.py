"""`/waifu`: faces of people who do not exist, and what one does with them next."""

from __future__ import annotations

import asyncio
import math
from typing import Annotated

from bot.chat import Chat
from bot.command import Button, EachOf, Pick, Picture, PictureName, Range, Reply, Seed, UserError, command
from bot.faces.attributes import in_words, known_wishes, labels_for, names_of, obeyed_by
from bot.faces.fading import fade_again
from bot.faces.recipes import MODEL, DrawnFace, draw_body, draw_faces, face_of, faces_of, random_seed, version
from bot.pool.base import RequestFailed
from bot.store.recipes import Recipe
from data.labels import ATTRIBUTES
from data.pictures import Pixels
from models.requests import MAX_SEED, MAX_STEPS, Best, Draw, Latent, Ranked

NEAR = 0.35  # how far "more like this" walks: far enough to differ, near enough to be her sister
FACES_A_COMMAND = 64  # that one command of a member's day is good for
PIECE = 64  # faces of a choice between two words on how far it is


@command("waifu", zh="老婆", costs=True)
async def waifu(
    chat: Chat,
    count: Annotated[int, Range(1, 64)] = 4,
    seed: Seed | None = None,
    trunc: Annotated[float, Range(0.0, 1.0)] = 0.7,
    best: Pick | None = None,
    **wishes: Annotated[str, EachOf(ATTRIBUTES)],
) -> Reply:
    """Draw faces of people who do not exist."""
    first = random_seed() if seed is None else int(seed)
    if best is not None:
        best = Pick(min(best.keep or count, best.of), best.of)
    return await _drawn(chat, version(chat, MODEL), first, count, trunc, known_wishes(wishes), best)


@command("again", zh="再来", costs=True, hidden=True)
async def again(chat: Chat, picture: PictureName) -> Reply:
    """The same request with new faces."""
    recipe = await chat.recipe(picture)
    if recipe.op == "fade":
        return await fade_again(chat, recipe)
    faces = await faces_of(chat, recipe)
    model = version(chat, faces[0].model.partition("@")[0])
    wishes, best = known_wishes(recipe.body.get("wishes")), _pick_of(recipe, len(faces))
    if wishes:
        return await _drawn(chat, model, random_seed(), len(faces), faces[0].trunc, wishes, best)
    # What was asked of all of them without words: a step of a fade, or what an older version knew.
    common = dict(set(faces[0].latent.labels).intersection(*(face.latent.labels for face in faces)))
    if not common.keys() <= set(names_of(chat, model)):
        raise UserError("waifu.wishes_gone")
    return await _drawn(chat, model, random_seed(), len(faces), faces[0].trunc, {}, best, common)


@command("more", zh="像", costs=True)
async def more(chat: Chat, picture: PictureName, count: Annotated[int, Range(1, 16)] = 4) -> Reply:
    """Her sisters: small steps in latent space from one face."""
    face = await face_of(chat, picture)
    if len(face.latent.steps) >= MAX_STEPS:
        raise UserError("waifu.too_far", most=MAX_STEPS)
    latents = tuple(face.latent.step(random_seed(), NEAR) for _ in range(count))
    draw = Draw(version(chat, face.model), latents, face.trunc)
    made = await chat.publish(
        chat.run(draw),
        draw_body(draw.model, latents, face.trunc, wishes=dict(face.wishes)),
        parents=(str(picture).removeprefix("#"),),
        alt=_alt(chat, count),
    )
    text = chat.text("waifu.more", count=count, picture=f"#{made.id}", parent=str(picture))
    return Reply(text, (made,), offers(chat, made, draw.model))


@command("like", zh="照着画", costs=True, hidden=True)
async def like(chat: Chat, picture: PictureName, count: Annotated[int, Range(1, 16)] = 4) -> Reply:
    """New faces with what was seen in a picture that was judged, or with what was asked of one."""
    recipe = await chat.recipe(picture)
    model = version(chat, MODEL)
    can = obeyed_by(chat, model)
    wishes = {name: choice for name, choice in known_wishes(recipe.body.get("wishes")).items() if name in can}
    if not wishes:
        raise UserError("waifu.nothing_to_copy", picture=str(picture))
    return await _drawn(chat, model, random_seed(), count, 0.7, wishes, None)


@command("bigger", zh="大", costs=True)
async def bigger(chat: Chat, picture: PictureName) -> Reply:
    """One face, as large as it can decently be shown."""
    face = await face_of(chat, picture)
    return await _shown_big(chat, face, str(picture))


async def _shown_big(chat: Chat, face: DrawnFace, parent: str) -> Reply:
    body = draw_body(face.model, (face.latent,), face.trunc, big=True, wishes=dict(face.wishes))
    made = await chat.publish(draw_faces(chat, (face,)), body, parents=(parent.removeprefix("#"),), alt=_alt(chat, 1))
    text = chat.text("waifu.big", picture=f"#{made.id}", parent=parent)
    return Reply(text, (made,), offers(chat, made, face.model, big=False))


async def _drawn(
    chat: Chat,
    model: str,
    first: int,
    count: int,
    trunc: float,
    wishes: dict[str, str],
    best: Pick | None,
    labels: dict[str, float] | None = None,
) -> Reply:
    """Faces from `first` on: `count` of them, or the best of as many as `best` says. `labels` stand in for wishes."""
    asked = labels if labels is not None else labels_for(chat, model, wishes)
    tried = count if best is None else best.of
    latents = tuple(Latent((first + i) % (MAX_SEED + 1)).labelled(asked) for i in range(tried))
    values = {"seed": first, "wishes": in_words(chat, wishes)}
    if best is None:
        body = draw_body(model, latents, trunc, wishes=wishes)
        made = await chat.publish(chat.run(Draw(model, latents, trunc)), body, alt=_alt(chat, count))
    else:
        assert best.keep is not None
        ranked = await best_of(chat, Best(model, latents, best.keep, trunc))
        kept = [latents[i] for i in ranked.indices]
        body = draw_body(model, kept, trunc, wishes=wishes, best={"of": best.of, "seed": first})
        made = await chat.publish(_ready(ranked.pixels), body, alt=_alt(chat, len(kept)))
        count = len(kept)
    lines = [chat.text("waifu.drawn", count=count, picture=f"#{made.id}", seed=first)]
    if wishes:
        lines.append(values["wishes"])
    if best is not None:
        lines.append(chat.text("waifu.chosen", keep=count, of=best.of))
    text = chat.text("waifu.joined").join(lines)
    return Reply(text, (made,), offers(chat, made, model), counts=math.ceil(tried / FACES_A_COMMAND))


async def best_of(chat: Chat, request: Best) -> Ranked:
    """The faces that the discriminator likes best; the member sees how far it is. Raises `UserError` where the model
    keeps no discriminator."""
    pieces, done = request.split(PIECE), 0

    async def drawn(piece: Best) -> Ranked:
        nonlocal done
        ranked = await chat.run(piece, quiet=True)
        done += piece.cost
        await chat.progress(chat.text("waifu.choosing", done=done, of=request.cost), done / request.cost)
        return ranked

    await chat.progress(chat.text("waifu.choosing", done=0, of=request.cost), 0.0)
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(drawn(piece)) for piece in pieces]
    except* UserError as errors:
        raise errors.exceptions[0] from None
    except* RequestFailed:
        raise UserError("waifu.cannot_choose") from None
    return request.join([task.result() for task in tasks])


async def _ready(pixels: Pixels) -> Pixels:
    return pixels


def _pick_of(recipe: Recipe, kept: int) -> Pick | None:
    best = recipe.body.get("best")
    return Pick(kept, int(best["of"])) if isinstance(best, dict) else None


def offers(chat: Chat, picture: Picture, model: str, *, big: bool = True) -> tuple[Button, ...]:
    """What can be done next with a drawn picture."""
    assert picture.id is not None
    name = PictureName(picture.id)
    several = len(picture.faces) > 1
    labels = ["again", "more", "bigger", "save"] if big else ["again", "more", "save"]
    if obeyed_by(chat, model):
        labels.append("fade")
    return tuple(Button(label, label, {"picture": name}, per_face=several and label != "again") for label in labels)


def _alt(chat: Chat, count: int) -> str:
    return chat.text("waifu.alt", count=count)
