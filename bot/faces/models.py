"""Which model draws: the one that is named, else the one that the group has chosen, else the bot's own. And the one
that turns photos into drawings."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Literal, get_args

from bot.characters.characters import known_as, listed, meant
from bot.chat import Chat
from bot.command import UserError
from bot.faces.heads import owner_of
from bot.line.values import quoted
from bot.store.characters import Character, number_of
from models.registry import ModelVersion, Registry, UnknownModel, is_name

Use = Literal["waifu", "railgun"]
USES: tuple[Use, ...] = get_args(Use)
"""What a model can be for, each named like the model that does it where nobody has chosen: anybody's face, which
/waifu, /fade, /morph and /mix draw; and the face of one character, which /railgun draws, whom the group has taught the
bot where it has."""

TRANSLATOR = "twin"
"""The model that turns pictures of one domain (photos, drawings) into pictures of another."""


async def model_for(chat: Chat, use: Use = "waifu", named: str | None = None) -> str:
    """The full id of the version that draws, `moe@starter`. Raises `UserError` where there is none."""
    if named is not None:
        return (await found(chat, named, use)).id
    chosen = (await chat.services.store.chosen_models.of(owner_of(chat))).get(use)
    if chosen is None and use == "railgun" and (hers := await _own(chat)) is not None:
        return hers.id
    try:
        return _drawing(chat.services.models.resolve(chosen or use)).id
    except UnknownModel:
        if chosen is not None:
            raise UserError("models.gone", model=await called(chat, chosen)) from None
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


async def found(chat: Chat, typed: str, use: Use = "waifu") -> ModelVersion:
    """The version that a member names, which draws: a model's, or that of a character who is known here; hers first
    where it is for /railgun. Raises `UserError`, which says what there is."""
    name, at, number = typed.strip().partition("@")
    character = await known_as(chat.services.store, chat.actor, name)
    if number_of(name.lower()) is None and (character is None or use != "railgun"):
        with suppress(UnknownModel):
            return _drawing(chat.services.models.resolve(f"{name.lower()}{at}{number}"))
    if character is not None:
        return await _of(chat, character, f"{at}{number}")
    names = [await called(chat, version.name) for version in await here(chat) if not version.translates]
    known = chat.text("list.comma").join(names) or chat.text("models.nothing")
    raise UserError("models.unknown", model=quoted(typed), known=known)


async def here(chat: Chat) -> list[ModelVersion]:
    """What each model's name means, but for those of characters who are not known here."""
    newest = await asyncio.to_thread(chat.services.models.newest)
    characters = {one.model for one in await listed(chat.services.store, chat.actor)}
    return [version for version in newest if number_of(version.name) is None or version.name in characters]


async def called(chat: Chat, model: str) -> str:
    """What members call a model (`moe`, `moe@starter`, `c12`): by its name, or the name of her whose it is."""
    name = model.partition("@")[0]
    number = number_of(name)
    character = None if number is None else await chat.services.store.characters.get(number)
    return name if character is None else character.name


async def _own(chat: Chat) -> ModelVersion | None:
    """Of her who is meant here where nobody is named; None where there is nobody, or nobody has learnt her yet."""
    character = await meant(chat.services.store, chat.actor)
    if character is None:
        return None
    try:
        return chat.services.models.resolve(character.model)
    except UnknownModel:
        return None


async def _of(chat: Chat, character: Character, version: str) -> ModelVersion:
    """A character's version: `@20260131T101500-1a2b3c`, or "" for the one in use. Raises `UserError`."""
    try:
        one = chat.services.models.resolve(f"{character.model}{version}")
    except UnknownModel:
        raise UserError("models.not_learnt", name=character.name) from None
    kept = await chat.services.store.versions.get(one.id)
    if kept is not None and kept.tainted and kept.state != "promoted":
        raise UserError("retrain.tainted", version=one.version)
    return one


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


def drawn_by(version: ModelVersion) -> tuple[str, ...]:
    """Those of its domains that a model draws well enough to be asked for: `to` of its config, all without it."""
    named = version.config.get("to")
    domains = domains_of(version)
    return tuple(name for name in domains if name in named) if isinstance(named, list) else domains


def takes_looks(version: ModelVersion) -> bool:
    """Whether it gives one face the look of another, which `like` of its config denies."""
    return version.config.get("like") is not False


def is_character(version: ModelVersion) -> bool:
    """Whether it is a model of somebody: a group's own, or a StyleGAN that began with another one."""
    if number_of(version.name) is not None:
        return True
    return version.config.get("family") == "stylegan" and version.config.get("parent") is not None


def parent_of(version: ModelVersion) -> str:
    """The name of the model that it began with; "" for none, or one that was a folder of somebody's disk."""
    name = str(version.config.get("parent") or "").partition("@")[0]
    return name if is_name(name) else ""
