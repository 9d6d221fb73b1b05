"""`/selfie2anime`: a photo becomes a drawing, a drawing a photo; and what one does with it next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from bot.chat import Chat
from bot.command import EachOf, OneOf, PictureName, Range, Reply, Seed, UserError, command
from bot.faces.again import brought_look, brought_photo, photo_again, turning_of
from bot.faces.attributes import known_wishes
from bot.faces.recipes import random_seed
from bot.faces.selfies import Photo, model_here, turned
from bot.faces.shown import look_of, show_faces, shown_face
from bot.faces.turning import BROUGHT, MOST_VARIANTS, STRONGEST, USUAL, Turning
from bot.faces.twins import domain_of
from bot.likeness.embedding import DRAWN, PHOTO
from bot.line.values import picture_name
from data.labels import ATTRIBUTES
from data.pictures import Pixels
from data.vision.requests import MOST_FACES
from models.requests import MAX_SEED

STEP = 0.25  # of strength
# Pose is the photo's, and Discord takes so many options and no more.
WISHES = {name: choices for name, choices in ATTRIBUTES.items() if name not in ("look", "headwear")}


@command("selfie2anime", zh="动漫化", costs=True, pictures=2, aliases=("二次元化",))
async def selfie2anime(
    chat: Chat,
    face: Annotated[int, Range(1, MOST_FACES)] | None = None,
    to: Annotated[str, OneOf((DRAWN, PHOTO, "cat"))] = DRAWN,
    like: str | None = None,
    strength: Annotated[float, Range(0.0, STRONGEST)] = USUAL,
    variants: Annotated[int, Range(1, MOST_VARIANTS)] = 1,
    side: bool = False,
    seed: Seed | None = None,
    middle: bool = False,
    picture: PictureName | None = None,
    **wishes: Annotated[str, EachOf(WISHES)],
) -> Reply:
    """Everybody in a photo as an anime face."""
    first = 0 if seed is None else int(seed)
    seeds = tuple((first + i) % (MAX_SEED + 1) for i in range(variants))
    named = "" if like is None else str(picture_name(like, chat.replied))
    turning = Turning(
        model_here(chat).id, PHOTO, to, seeds, strength, known_wishes(wishes), named, only=face or 0, middle=middle,
        side=side,
    )  # fmt: skip
    photo, look = await _brought(chat, picture, to)
    if look is not None and not named:
        return await turned(chat, photo, replace(turning, like=BROUGHT), look)
    return await turned(chat, photo, turning, await look_of(chat, named))


@command("another", zh="再变一张", costs=True, hidden=True, pictures=2)
async def another(chat: Chat, picture: PictureName) -> Reply:
    """The same faces turned a little differently."""
    first = random_seed()
    return await _again(
        chat,
        picture,
        lambda one: replace(one, seeds=tuple((first + i) % (MAX_SEED + 1) for i in range(len(one.seeds)))),
    )


@command("stronger", zh="更强", costs=True, hidden=True, pictures=2, bare=False)
async def stronger(chat: Chat, picture: PictureName) -> Reply:
    """The same, farther from what they were."""
    if turning_of(await chat.recipe(picture)).strength >= STRONGEST:
        raise UserError("selfie.strongest")
    return await _again(chat, picture, lambda one: replace(one, strength=min(STRONGEST, one.strength + STEP)))


@command("beside", zh="对比", costs=True, hidden=True, pictures=2, bare=False)
async def beside(chat: Chat, picture: PictureName) -> Reply:
    """The same beside what they were."""
    return await _again(chat, picture, lambda one: replace(one, side=True))


@command("tophoto", zh="变照片", costs=True, hidden=True, pictures=2)
async def tophoto(chat: Chat, picture: PictureName) -> Reply:
    """A drawn face as a photo."""
    return await _again(chat, picture, lambda one: replace(one, to=PHOTO))


@command("middle", zh="用中间", costs=True, hidden=True, pictures=2, bare=False)
async def middle(chat: Chat, picture: PictureName) -> Reply:
    """The middle of a picture in which no face was found."""
    return await _again(chat, picture, lambda one: replace(one, middle=True, only=0))


async def _again(chat: Chat, picture: PictureName, change: Callable[[Turning], Turning]) -> Reply:
    """The faces of a picture turned in another way; the picture of which they were is brought once more."""
    recipe = await chat.recipe(picture)
    turning = turning_of(recipe)
    wished = change(turning)
    photo, look = await photo_again(chat, recipe, turning, line=wished.line)
    return await turned(chat, photo, replace(wished, heads=1, animated=False), look)


async def _brought(chat: Chat, picture: PictureName | None, to: str) -> tuple[Photo, Pixels | None]:
    """The picture to turn, and the one whose look is taken, where there is a second one: what the message brings, else
    one of ours. Raises `UserError`."""
    named = picture is not None and picture.id != (chat.replied.id if chat.replied else None)
    if picture is not None and (named or not chat.brought):
        face = await shown_face(chat, picture)
        (pixels,) = await show_faces(chat, [face])
        return Photo(pixels, None, (pixels,), domain_of(face)), None
    photo = await brought_photo(chat)
    second = chat.ways[1] if len(chat.ways) > 1 else None
    # Who replies to one of ours with a picture of their own need not mean that it should look like that one.
    is_look = second == "attached" or (second == "replied" and chat.attached and chat.replied is None)
    return photo, await brought_look(chat, 1, to) if is_look else None
