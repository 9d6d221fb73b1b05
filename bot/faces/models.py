"""Which model draws: the one that is named, else the one that the group has chosen, else the bot's own."""

from __future__ import annotations

import asyncio
from typing import Literal, get_args

from bot.chat import Chat
from bot.command import UserError
from bot.faces.heads import owner_of
from bot.line.values import quoted
from models.registry import ModelVersion, UnknownModel, is_name

Use = Literal["waifu", "railgun"]
USES: tuple[Use, ...] = get_args(Use)
"""What a model can be for, each named like the model that does it where nobody has chosen: anybody's face, which
/waifu, /fade, /morph and /mix draw; and the face of one character, which /railgun draws."""


async def model_for(chat: Chat, use: Use = "waifu", named: str | None = None) -> str:
    """The full id of the version that draws, `moe@starter`. Raises `UserError` where there is none."""
    if named is not None:
        return (await found(chat, named)).id
    chosen = (await chat.services.store.chosen_models.of(owner_of(chat))).get(use, use)
    try:
        return _drawing(chat.services.models.resolve(chosen)).id
    except UnknownModel:
        if chosen != use:
            raise UserError("models.gone", model=chosen) from None
        raise UserError("railgun.none" if use == "railgun" else "models.none_at_all", model=use) from None


async def found(chat: Chat, typed: str) -> ModelVersion:
    """The version that a member names, which draws. Raises `UserError`, which says what there is."""
    name, at, number = typed.strip().partition("@")
    try:
        return _drawing(chat.services.models.resolve(f"{name.lower()}{at}{number}"))
    except UnknownModel:
        newest = await asyncio.to_thread(chat.services.models.newest)
        names = [version.name for version in newest if not version.translates]
        known = chat.text("list.comma").join(names) or chat.text("models.nothing")
        raise UserError("models.unknown", model=quoted(typed), known=known) from None


def _drawing(version: ModelVersion) -> ModelVersion:
    """Raises `UserError` for one that makes pictures of pictures: it draws no faces of its own."""
    if version.translates:
        raise UserError("models.translates", model=version.name)
    return version


def has_styles(chat: Chat, model: str) -> bool:
    """Whether a model (`moe`, `moe@starter`) draws by styles; False where it is gone."""
    try:
        return chat.services.models.resolve(model).config.get("family") == "stylegan"
    except UnknownModel:
        return False


def is_character(version: ModelVersion) -> bool:
    """Whether it is a model of somebody: a StyleGAN that began with another one."""
    return version.config.get("family") == "stylegan" and version.config.get("parent") is not None


def parent_of(version: ModelVersion) -> str:
    """The name of the model that it began with; "" for none, or one that was a folder of somebody's disk."""
    name = str(version.config.get("parent") or "").partition("@")[0]
    return name if is_name(name) else ""
