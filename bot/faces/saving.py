"""Saving a face that was turned from a picture: then, and only then, what the network made of the picture is kept."""

from __future__ import annotations

from dataclasses import replace

from bot.chat import Chat
from bot.command import PictureName, UserError
from bot.faces.again import photo_again
from bot.faces.recipes import number_of
from bot.faces.selfies import heads_of, translated
from bot.faces.turning import BROUGHT, Turning
from bot.store.encodings import EncodingsFull
from bot.store.recipes import Recipe

MOST = 100  # of a member: each takes a megabyte or two


async def save_turned(chat: Chat, recipe: Recipe, turning: Turning, picture: PictureName) -> None:
    """Keep what one face is drawn from. Raises `UserError`, where the picture is not at hand too."""
    if not turning.count:
        raise UserError("selfie.not_turned", picture=str(picture))
    if turning.animated:
        raise UserError("selfie.moving_not_saved", picture=str(picture))
    if turning.like == BROUGHT:
        raise UserError("selfie.look_not_saved", picture=str(picture))
    number = number_of(recipe, picture, turning.count)
    encodings = chat.services.store.encodings
    if await encodings.has(chat.member, recipe.id, number):
        return
    name = PictureName(recipe.id, number if turning.count > 1 else None)
    photo, _ = await photo_again(chat, recipe, turning, "selfie.save_needs", line=f"/save {name}")
    heads = await heads_of(chat, replace(photo, motion=None), turning)
    if len(heads.pixels) != turning.heads or heads.domain != turning.source:
        raise UserError("selfie.other_photo", picture=str(name))
    one = replace(turning, seeds=(turning.seed_of(number),))
    answer = await translated(chat, one, [heads.pixels[turning.head_of(number)]], None, encode=True)
    try:
        await encodings.add(chat.member, recipe.id, number, answer.encodings[0], most=MOST)
    except EncodingsFull:
        raise UserError("selfie.save_full", most=MOST) from None
