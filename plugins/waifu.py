"""`/waifu`: faces of people who do not exist, and what one does with them next."""

from typing import Annotated

from bot.chat import Chat
from bot.command import Button, Picture, PictureName, Range, Reply, Seed, UserError, command
from bot.recipes import DrawnFace, draw_body, draw_faces, draw_of, face_of, faces_of, random_seed, version
from models.requests import MAX_SEED, MAX_STEPS, Draw, Latent

MODEL = "waifu"
NEAR = 0.35  # how far "more like this" walks: far enough to differ, near enough to be her sister


@command("waifu", zh="老婆", costs=True)
async def waifu(
    chat: Chat,
    count: Annotated[int, Range(1, 64)] = 4,
    seed: Seed | None = None,
    trunc: Annotated[float, Range(0.0, 1.0)] = 0.7,
) -> Reply:
    """Draw faces of people who do not exist."""
    first = random_seed() if seed is None else int(seed)
    latents = tuple(Latent((first + i) % (MAX_SEED + 1)) for i in range(count))
    draw = Draw(version(chat, MODEL), latents, trunc)
    picture = await chat.publish(chat.run(draw), draw_body(draw.model, latents, trunc), alt=_alt(chat, count))
    text = chat.text("waifu.drawn", count=count, picture=f"#{picture.id}", seed=first)
    return Reply(text, (picture,), offers(picture))


@command("again", zh="再来", costs=True, hidden=True)
async def again(chat: Chat, picture: PictureName) -> Reply:
    """The same request with new faces."""
    recipe = await chat.recipe(picture)
    faces = await faces_of(chat, recipe)
    first = random_seed()
    fresh = tuple(Latent((first + i) % (MAX_SEED + 1)) for i in range(len(faces)))
    model, trunc = version(chat, faces[0].model.partition("@")[0]), faces[0].trunc
    body = draw_body(model, fresh, trunc)
    made = await chat.publish(chat.run(draw_of(body)), body, alt=_alt(chat, len(fresh)))
    return Reply(chat.text("waifu.drawn", count=len(fresh), picture=f"#{made.id}", seed=first), (made,), offers(made))


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
        draw_body(draw.model, latents, face.trunc),
        parents=(str(picture).removeprefix("#"),),
        alt=_alt(chat, count),
    )
    text = chat.text("waifu.more", count=count, picture=f"#{made.id}", parent=str(picture))
    return Reply(text, (made,), offers(made))


@command("bigger", zh="大", costs=True)
async def bigger(chat: Chat, picture: PictureName) -> Reply:
    """One face, as large as it can decently be shown."""
    face = await face_of(chat, picture)
    return await _shown_big(chat, face, str(picture))


async def _shown_big(chat: Chat, face: DrawnFace, parent: str) -> Reply:
    body = draw_body(face.model, (face.latent,), face.trunc, big=True)
    made = await chat.publish(draw_faces(chat, (face,)), body, parents=(parent.removeprefix("#"),), alt=_alt(chat, 1))
    return Reply(chat.text("waifu.big", picture=f"#{made.id}", parent=parent), (made,), offers(made, big=False))


def offers(picture: Picture, *, big: bool = True) -> tuple[Button, ...]:
    """What can be done next with a drawn picture."""
    assert picture.id is not None
    name = PictureName(picture.id)
    several = len(picture.faces) > 1
    labels = ("again", "more", "bigger", "save") if big else ("again", "more", "save")
    return tuple(Button(label, label, {"picture": name}, per_face=several and label != "again") for label in labels)


def _alt(chat: Chat, count: int) -> str:
    return chat.text("waifu.alt", count=count)
