"""Which model draws: the one that is named, else the one that the group has chosen, else the bot's own. And the one
that turns photos into drawings."""

from __future__ import annotations

import asyncio
from typing import Literal, get_args

from bot.chat import Chat
from bot.command import UserError
from bot.faces.heads import owner_of
from bot.line.values import quoted
from models.registry import ModelVersion, Registry, UnknownModel, is_name

Use = Literal["waifu", "railgun"]
USES: tuple[Use, ...] = get_args(Use)
"""What a model can be for, each named like the model that does it where nobody has chosen: anybody's face, which
/waifu, /fade, /morph and /mix draw; and the face of one character, which /railgun draws."""

TRANSLATOR = "twin"
"""The model that turns pictures of one domain (photos, drawings) into pictures of another."""


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


async def judge_for(chat: Chat, named: str | None = None) -> str:
    """The full id of the version whose discriminator judges: the named one, else what draws here where it keeps one,
    else the bot's own. Raises `UserError`."""
    if named is not None:
        version = await found(chat, named)
        if not await _judges(version):
            raise UserError("judge.no_judge", model=version.name)
        return version.id
    chosen = (await chat.services.store.chosen_models.of(owner_of(chat))).get(USES[0], USES[0])
    for name in dict.fromkeys((chosen, USES[0])):
        try:
            version = chat.services.models.resolve(name)
        except UnknownModel:
            continue
        if name == USES[0] or await _judges(version):
            return version.id
    raise UserError("models.none_at_all", model=USES[0])


async def _judges(version: ModelVersion) -> bool:
    return "D" in await asyncio.to_thread(version.networks)


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


def translator(models: Registry) -> ModelVersion | None:
    """The version that translates; None where there is none. Reads files."""
    try:
        found = models.resolve(TRANSLATOR)
    except UnknownModel:
        return None
    return found if found.translates else None


def domains_of(version: ModelVersion) -> tuple[str, ...]:
    """The domains between which a model translates."""
    network = version.config.get("network")
    named = network.get("domains") if isinstance(network, dict) else None
    return tuple(str(name) for name in named) if isinstance(named, list) else ()


def is_character(version: ModelVersion) -> bool:
    """Whether it is a model of somebody: a StyleGAN that began with another one."""
    return version.config.get("family") == "stylegan" and version.config.get("parent") is not None


def parent_of(version: ModelVersion) -> str:
    """The name of the model that it began with; "" for none, or one that was a folder of somebody's disk."""
    name = str(version.config.get("parent") or "").partition("@")[0]
    return name if is_name(name) else ""
