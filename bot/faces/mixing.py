"""Showing faces that have the styles of several others."""

from __future__ import annotations

from dataclasses import replace

from bot.chat import Chat
from bot.command import Button, PictureName, Reply, UserError
from bot.faces.crossing import Mix
from bot.faces.models import has_styles, model_for
from bot.faces.recipes import random_seed, version
from bot.faces.several import parents_of
from bot.pool.base import RequestFailed
from bot.store.recipes import Recipe
from models.errors import BadRequest
from models.latent.bands import BANDS
from models.requests import Draw, Latent


async def show_mix(chat: Chat, mix: Mix) -> Reply:
    """Draw it, and say whose is what."""
    points = mix.points
    try:
        made = await chat.publish(
            chat.run(Draw(version(chat, mix.model), points, mix.trunc)),
            mix.body(),
            parents=parents_of(mix.words),
            alt=chat.text("mix.alt", count=len(points)),
            columns=mix.columns,
        )
    except RequestFailed:
        raise UserError("morph.cannot") from None
    assert made.id is not None
    name = {"picture": PictureName(made.id)}
    buttons = [Button("again", "again", name)]
    if not mix.grid and len(mix.parents) == 2:
        buttons.append(Button("grid", "grid", name))
    buttons += [Button(label, label, name, per_face=True) for label in ("more", "bigger", "save")]
    return Reply(_said(chat, mix, f"#{made.id}"), (made,), tuple(buttons))


def mix_in(recipe: Recipe) -> Mix:
    """What a recipe says of a mix. Raises `UserError` where it is something else."""
    try:
        if recipe.op == "mix":
            return Mix.of(recipe.body)
    except (BadRequest, KeyError, TypeError, ValueError):
        pass
    raise UserError("mix.not_a_mix", picture=f"#{recipe.id}")


async def mix_again(chat: Chat, recipe: Recipe) -> Reply:
    """The same mix of other faces."""
    mix = mix_in(recipe)
    model = await model_for(chat, named=mix.model.partition("@")[0])
    seeds = [random_seed() for _ in mix.parents]
    styles = mix.styles and has_styles(chat, model)
    parents, words = tuple(map(Latent, seeds)), tuple(map(str, seeds))
    return await show_mix(chat, replace(mix, model=model, parents=parents, words=words, styles=styles))


def shares_in_words(chat: Chat, mix: Mix) -> str:
    """脸型取自 #k7f3.1、五官取自 #k7f3.2…"""
    first, second, *_ = mix.words or ("1", "2")
    named = {"first": first, "second": second, "half": chat.text("mix.both")}
    parts = zip(BANDS, mix.take, strict=True)
    return chat.text("list.comma").join(chat.text(f"mix.{band}", whose=named[share]) for band, share in parts)


def _said(chat: Chat, mix: Mix, picture: str) -> str:
    faces = chat.text("mix.plus").join(mix.words)
    if not mix.styles:
        return chat.text("mix.halfway" if not mix.grid else "mix.way", picture=picture, faces=faces)
    if not mix.grid:
        return chat.text("mix.shown", picture=picture, faces=faces, shares=shares_in_words(chat, mix))
    if len(mix.parents) == 2:
        return chat.text("mix.all", picture=picture, first=mix.words[0], second=mix.words[1])
    return chat.text("mix.table", picture=picture, faces=faces)
