"""`/morph`: faces that turn into one another, as a loop."""

from __future__ import annotations

from typing import Annotated

from bot.chat import Chat
from bot.command import FaceNames, OneOf, Range, Reply, UserError, command
from bot.faces.models import has_styles
from bot.faces.morphing import can_film, show_walk
from bot.faces.several import several
from bot.faces.walking import LEAST_FRAMES, MOST_FRAMES, Walk
from data.pictures import Form
from models.errors import BadRequest
from models.latent.points import Space

FRAMES = 60
NEW = 3  # faces where nobody names any


@command("morph", zh="变脸", costs=True)
async def morph(
    chat: Chat,
    faces: FaceNames | None = None,
    frames: Annotated[int, Range(LEAST_FRAMES, MOST_FRAMES)] = FRAMES,
    format: Annotated[Form, OneOf(("webp", "gif", "mp4"))] | None = None,
    space: Annotated[Space, OneOf(("w", "z"))] | None = None,
    ease: bool = True,
    trunc: Annotated[float, Range(0.0, 1.0)] | None = None,
    model: str | None = None,
) -> Reply:
    """A loop past several faces."""
    if format == "mp4" and not can_film():
        raise UserError("morph.no_video")
    found = await several(chat, faces or FaceNames(), model, trunc, least=2, otherwise=NEW)
    styles = has_styles(chat, found.model)
    stations = tuple(face.latent for face in found.faces)
    if space == "w" and not styles:
        raise UserError("morph.no_w", model=found.model.partition("@")[0])
    if space == "z" and any(point.styled for point in stations):
        raise UserError("morph.no_z")
    try:
        walk = Walk(found.model, stations, space or ("w" if styles else "z"), frames, ease, found.trunc, found.words)
        walk.points  # noqa: B018 - what is made of too many seeds says so
    except BadRequest:
        raise UserError("mix.too_deep") from None
    notes = [chat.text("morph.left_out", count=len(stations))] if found.left_out else []
    notes += [chat.text("morph.hint")] if found.made_up else []
    return await show_walk(chat, walk, form=format, note="\n".join(notes))
