"""`/mix`: faces with the coarse, middle and fine styles of two others."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from bot.chat import Chat
from bot.command import FaceNames, OneOf, PictureName, Range, Reply, UserError, command
from bot.faces.crossing import SHARES, USUAL, Mix, Share
from bot.faces.mixing import mix_in, show_mix
from bot.faces.models import has_styles
from bot.faces.several import several
from models.errors import BadRequest


@command("mix", zh="融合", costs=True)
async def mix(
    chat: Chat,
    faces: FaceNames | None = None,
    grid: bool = False,
    coarse: Annotated[Share, OneOf(SHARES)] | None = None,
    middle: Annotated[Share, OneOf(SHARES)] | None = None,
    fine: Annotated[Share, OneOf(SHARES)] | None = None,
    trunc: Annotated[float, Range(0.0, 1.0)] | None = None,
    model: str | None = None,
) -> Reply:
    """A face with the styles of two."""
    found = await several(chat, faces or FaceNames(), model, trunc, least=2, otherwise=2)
    styles = has_styles(chat, found.model)
    asked = (coarse, middle, fine)
    if any(asked) and not styles:
        raise UserError("mix.no_styles", model=found.model.partition("@")[0])
    if any(asked) and (grid or len(found.faces) > 2):
        raise UserError("mix.grid_or_shares")
    take = (coarse or USUAL[0], middle or USUAL[1], fine or USUAL[2])
    parents = tuple(face.latent for face in found.faces)
    try:
        made = Mix(found.model, parents, take, grid or len(parents) > 2, styles, found.trunc, found.words)
        made.points  # noqa: B018 - what is made of too many seeds says so
    except BadRequest:
        raise UserError("mix.too_deep") from None
    return await show_mix(chat, made)


@command("grid", zh="全部", costs=True, hidden=True, bare=False)
async def grid(chat: Chat, picture: PictureName) -> Reply:
    """All ways to cross the two faces of a mix."""
    found = mix_in(await chat.recipe(picture))
    return await show_mix(chat, replace(found, grid=True))
