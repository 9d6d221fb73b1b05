"""`/waifu`: faces of people who do not exist, and what one does with them next."""

from __future__ import annotations

from typing import Annotated

from bot.chat import Chat
from bot.command import Button, EachOf, Pick, PictureName, Range, Reply, Seed, UserError, command
from bot.faces.attributes import known_wishes, names_of, obeyed_by
from bot.faces.drawing import alt, draw_new, offers
from bot.faces.fading import fade_again
from bot.faces.mixing import mix_again
from bot.faces.models import model_for
from bot.faces.morphing import walk_again
from bot.faces.recipes import DrawnFace, draw_body, draw_faces, face_of, faces_of, random_seed, version
from bot.faces.shown import show_faces, shown_face
from bot.store.recipes import Recipe
from data.labels import ATTRIBUTES
from models.latent.points import labels_common
from models.requests import MAX_STEPS, Draw

NEAR = 0.35  # how far "more like this" walks: far enough to differ, near enough to be her sister


@command("waifu", zh="老婆", costs=True)
async def waifu(
    chat: Chat,
    count: Annotated[int, Range(1, 64)] = 4,
    seed: Seed | None = None,
    trunc: Annotated[float, Range(0.0, 1.0)] = 0.7,
    best: Pick | None = None,
    model: str | None = None,
    **wishes: Annotated[str, EachOf(ATTRIBUTES)],
) -> Reply:
    """Draw faces of people who do not exist."""
    first = random_seed() if seed is None else int(seed)
    if best is not None:
        best = Pick(min(best.keep or count, best.of), best.of)
    return await draw_new(chat, await model_for(chat, named=model), first, count, trunc, known_wishes(wishes), best)


@command("again", zh="再来", costs=True, hidden=True)
async def again(chat: Chat, picture: PictureName) -> Reply:
    """The same request with new faces."""
    recipe = await chat.recipe(picture)
    if recipe.op == "fade":
        return await fade_again(chat, recipe)
    if recipe.op == "walk":
        return await walk_again(chat, recipe)
    if recipe.op == "mix":
        return await mix_again(chat, recipe)
    faces = await faces_of(chat, recipe)
    model = version(chat, faces[0].model.partition("@")[0])
    wishes, best = known_wishes(recipe.body.get("wishes")), _pick_of(recipe, len(faces))
    if wishes:
        return await draw_new(chat, model, random_seed(), len(faces), faces[0].trunc, wishes, best)
    # What was asked of all of them without words: a step of a fade, or what an older version knew.
    common = labels_common([face.latent for face in faces])
    if not common.keys() <= set(names_of(chat, model)):
        raise UserError("waifu.wishes_gone")
    return await draw_new(chat, model, random_seed(), len(faces), faces[0].trunc, {}, best, common)


@command("more", zh="像", costs=True)
async def more(chat: Chat, picture: PictureName, count: Annotated[int, Range(1, 16)] = 4) -> Reply:
    """Her sisters: small steps in latent space from one face."""
    face = await face_of(chat, picture)
    if max(len(leaf.steps) for leaf in face.latent.leaves) >= MAX_STEPS:
        raise UserError("waifu.too_far", most=MAX_STEPS)
    latents = tuple(face.latent.step(random_seed(), NEAR) for _ in range(count))
    draw = Draw(version(chat, face.model), latents, face.trunc)
    made = await chat.publish(
        chat.run(draw),
        draw_body(draw.model, latents, face.trunc, wishes=dict(face.wishes)),
        parents=(str(picture).removeprefix("#"),),
        alt=alt(chat, count),
    )
    text = chat.text("waifu.more", count=count, picture=f"#{made.id}", parent=str(picture))
    return Reply(text, (made,), offers(chat, made, draw.model))


@command("like", zh="照着画", costs=True, hidden=True)
async def like(chat: Chat, picture: PictureName, count: Annotated[int, Range(1, 16)] = 4) -> Reply:
    """New faces with what was seen in a picture that was judged, or with what was asked of one."""
    recipe = await chat.recipe(picture)
    model = await model_for(chat)
    can = obeyed_by(chat, model)
    wishes = {name: choice for name, choice in known_wishes(recipe.body.get("wishes")).items() if name in can}
    if not wishes:
        raise UserError("waifu.nothing_to_copy", picture=str(picture))
    return await draw_new(chat, model, random_seed(), count, 0.7, wishes, None)


@command("bigger", zh="大", costs=True)
async def bigger(chat: Chat, picture: PictureName) -> Reply:
    """One face, as large as it can decently be shown."""
    face = await shown_face(chat, picture)
    if isinstance(face, DrawnFace):
        return await _shown_big(chat, face, str(picture))
    body = {"op": "collage", "model": "", "faces": [str(picture).removeprefix("#")], "big": True}
    made = await chat.publish(show_faces(chat, [face]), body, parents=body["faces"], alt=alt(chat, 1))
    assert made.id is not None
    text = chat.text("waifu.big", picture=f"#{made.id}", parent=str(picture))
    return Reply(text, (made,), (Button("unsave", "unsave", {"picture": PictureName(made.id)}),))


async def _shown_big(chat: Chat, face: DrawnFace, parent: str) -> Reply:
    body = draw_body(face.model, (face.latent,), face.trunc, big=True, wishes=dict(face.wishes))
    made = await chat.publish(draw_faces(chat, (face,)), body, parents=(parent.removeprefix("#"),), alt=alt(chat, 1))
    text = chat.text("waifu.big", picture=f"#{made.id}", parent=parent)
    return Reply(text, (made,), offers(chat, made, face.model, big=False))


def _pick_of(recipe: Recipe, kept: int) -> Pick | None:
    best = recipe.body.get("best")
    return Pick(kept, int(best["of"])) if isinstance(best, dict) else None
