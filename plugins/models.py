"""`/models`: which models there are, and which of them a group draws with."""

from __future__ import annotations

from typing import Annotated

from bot.chat import Chat
from bot.command import OneOf, Reply, Role, UserError, command
from bot.faces.heads import owner_of
from bot.faces.models import USES, Use, called, found, here, is_character, model_for, parent_of
from models.registry import ModelVersion

DEFAULT = frozenset({"default", "默认"})


@command("models list", zh="模型 列表")
async def list_(chat: Chat) -> Reply:
    """The models that there are, and what draws here."""
    versions = sorted(await here(chat), key=lambda one: one.name not in USES)  # the bot's own first
    used = {use: await _used(chat, use) for use in USES}
    lines = [chat.text("models.head" if versions else "models.none_at_all", model="waifu")]
    for one in versions:
        uses = [f"/{use}" for use in USES if used[use] == one.id]
        key = "models.line_used" if uses else "models.line"
        about, name = await _about(chat, one), await called(chat, one.name)
        lines.append(chat.text(key, model=name, about=about, uses=chat.text("list.comma").join(uses)))
    pinned = [(use, id) for use, id in used.items() if id is not None and id not in {v.id for v in versions}]
    lines += [chat.text("models.pinned", use=use, model=id) for use, id in pinned]
    if used["railgun"] is None:
        lines.append(chat.text("models.no_character"))
    lines.append(chat.text("models.foot"))
    return Reply("\n".join(lines))


@command("models use", zh="模型 换", aliases=("模型 用", "模型 切换"), bare=False)
async def use(chat: Chat, model: str, purpose: Annotated[Use, OneOf(USES)] | None = None) -> Reply:
    """Draw with another model here."""
    if chat.group is not None and chat.role < Role.ADMIN:
        raise UserError("gate.needs_admin", command="models use", zh="模型 换")
    store, owner = chat.services.store.chosen_models, owner_of(chat)
    if model.strip().lower() in DEFAULT:
        await store.forget(owner, purpose)
        return Reply(chat.text("models.default_again"))
    version = await found(chat, model)
    purpose = purpose or ("railgun" if is_character(version) else "waifu")
    # By its name the newest version is meant, whenever it comes; by a version that one for good.
    named = version.id if "@" in model else version.name
    if named == purpose:
        await store.forget(owner, purpose)
    else:
        await store.choose(owner, purpose, named)
    shown = await called(chat, named) + ("" if "@" not in named else f"@{version.version}")
    return Reply(chat.text("models.used", model=shown, use=purpose, about=await _about(chat, version)))


async def _used(chat: Chat, use: Use) -> str | None:
    """The full id of what draws here; None where nothing does."""
    try:
        return await model_for(chat, use)
    except UserError:
        return None


async def _about(chat: Chat, version: ModelVersion) -> str:
    """128 px, StyleGAN, 能听要求"""
    config = version.config
    network = config.get("network")
    size = network.get("resolution") if isinstance(network, dict) else None
    family = config.get("family")
    parts = [f"{size} px"] if isinstance(size, int) else []
    parts += [chat.text(f"models.family.{family}")] if family in ("dcgan", "stylegan", "twingan") else []
    if is_character(version) and (parent := parent_of(version)) and parent != version.name:
        parts.append(chat.text("models.learnt_from", parent=await called(chat, parent)))
    if any(config.get("labels") or ()):
        parts.append(chat.text("models.obeys"))
    return chat.text("list.comma").join(parts)
