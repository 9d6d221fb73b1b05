"""`/railgun`: the group's character; `/strip`: how the network learnt her."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

from bot.chat import Chat, Moving
from bot.command import Button, Picture, Range, Reply, Seed, UserError, command
from bot.faces.drawing import draw_new
from bot.faces.models import called, model_for, parent_of
from bot.faces.recipes import random_seed
from bot.pool.base import RequestFailed
from data.pictures import Decoded, Encoded
from data.pictures.requests import Decode, Reencode

STRIP, FILM = "strip.jpg", "strip.webp"  # in a model's folder, as training leaves them there
MOST_BYTES = 30_000_000  # of such a file
SHEET_SIDE, QUALITY = 2048, 90
FRAMES, FRAME_SIDE = 64, 512  # of the film


@command("railgun", zh="炮姐", costs=True)
async def railgun(
    chat: Chat,
    count: Annotated[int, Range(1, 64)] = 4,
    seed: Seed | None = None,
    trunc: Annotated[float, Range(0.0, 1.0)] = 0.7,
    character: str | None = None,
) -> Reply:
    """Draw the group's character."""
    model = await model_for(chat, "railgun", character)
    first = random_seed() if seed is None else int(seed)
    return await draw_new(chat, model, first, count, trunc, {})


@command("strip", zh="训练过程", costs=True)
async def strip(chat: Chat, character: str | None = None, animate: bool = False) -> Reply:
    """The same faces at every stage of training."""
    model = await model_for(chat, "railgun", character)
    name = await called(chat, model)
    version = chat.services.models.resolve(model)
    file = version.folder / (FILM if animate else STRIP)
    content = await asyncio.to_thread(_read, file)
    if content is None:
        raise UserError("strip.none", model=name)
    try:
        shown = await _film(chat, content) if animate else await _sheet(chat, content)
    except RequestFailed:
        raise UserError("strip.none", model=name) from None
    kimg, parent = version.config.get("kimg"), await called(chat, parent_of(version))
    seen = f"{1000 * kimg:,.0f}" if isinstance(kimg, int | float) else "?"
    text = chat.text("strip.shown" if parent else "strip.from_nothing", model=name, parent=parent, images=seen)
    text += "" if animate else f"\n{chat.text('strip.how')}"
    other = {"character": model.partition("@")[0], "animate": "no" if animate else "yes"}
    buttons = (Button("sheet" if animate else "animate", "strip", other),)
    return Reply(text, (Picture(None, shown, (), chat.text("strip.alt", model=name)),), buttons)


def _read(file: Path) -> bytes | None:
    """What is in a file of a model; None where there is none that anybody would want to see."""
    try:
        return file.read_bytes() if 0 < file.stat().st_size <= MOST_BYTES else None
    except OSError:
        return None


async def _sheet(chat: Chat, content: bytes) -> Encoded:
    return await chat.run(Reencode(content, "image/jpeg", SHEET_SIDE, QUALITY))


async def _film(chat: Chat, content: bytes) -> Encoded:
    """Raises `UserError` for what does not move."""
    decoded = await chat.run(Decode(content, chat.services.settings.intake_max_pixels, FRAME_SIDE, FRAMES, FRAME_SIDE))
    if not isinstance(decoded, Decoded) or decoded.motion is None:
        raise UserError("strip.no_film")
    frames, durations = decoded.motion.frames, decoded.motion.durations
    return await chat.moving(frames, Moving(tuple(range(len(frames))), durations))
