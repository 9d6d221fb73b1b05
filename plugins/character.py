"""`/character`: whom a group teaches the bot. In private everybody has characters of their own."""

from __future__ import annotations

import re
from typing import Annotated

from bot.characters import characters, retraining, showing
from bot.characters.acting import manages
from bot.chat import Chat
from bot.command import Button, Longest, OneOf, Picture, Reply, UserError, command
from bot.line.names import spelt
from bot.store.characters import CONTRIBUTORS, REVIEWS, Character, CharacterChanges, Contributors, Review
from bot.store.schema import EVERYBODY
from bot.teaching.sheets import cards_sheet
from bot.teaching.standing import drawn_by, in_numbers, next_time
from data.portrait.requests import Card

SHOWN = 16  # pictures of hers
LONGEST = 300  # characters of what is said of her

Text = Annotated[str, Longest(LONGEST)]
Names = Annotated[str, Longest(250)]


@command("character create", zh="角色 创建", aliases=("角色 新建",))
async def create(
    chat: Chat,
    name: str,
    aliases: Names | None = None,
    about: Text | None = None,
    licence: Text | None = None,
    contributors: Annotated[Contributors, OneOf(CONTRIBUTORS)] = "everybody",
    review: Annotated[Review, OneOf(REVIEWS)] = "auto",
    everywhere: bool = False,
) -> Reply:
    """A new character, whom the bot may be taught."""
    her = await characters.create(
        chat.services.store,
        chat.actor,
        name,
        aliases=_split(aliases),
        description=about or "",
        licence=licence or "",
        contributors=contributors,
        review=review,
        everywhere=everywhere,
    )
    lines = [chat.text("character.created", name=her.name, spelt=spelt(her.name)), *_rules(chat, her)]
    return Reply("\n".join(lines))


@command("character list", zh="角色 列表")
async def list_(chat: Chat) -> Reply:
    """Who is known here, and what the bot has of them."""
    store = chat.services.store
    here = await characters.listed(store, chat.actor)
    if not here:
        raise UserError("character.none")
    meant = await characters.meant(store, chat.actor)
    lines = [chat.text("character.listed")]
    for one in here:
        counts = await store.contributions.counts(one.id)
        learnt = await chat.services.trainings.lineage.in_use(one) is not None
        key = "character.line" if learnt else "character.line_unlearnt"
        line = chat.text(key, name=_called(chat, one), accepted=counts.accepted)
        signs = [
            chat.text(f"character.is_{sign}")
            for sign, holds in (
                ("default", meant is not None and one.id == meant.id),
                ("everybodys", one.owner == EVERYBODY),
                ("hidden", one.hidden),
            )
            if holds
        ]
        lines.append(line + "".join(signs))
    return Reply("\n".join(lines))


@command("character show", zh="角色 看看", costs=True, aliases=("角色 查看",))
async def show(chat: Chat, character: str | None = None) -> Reply:
    """A character, the best pictures of her, and how far the bot is with her."""
    store = chat.services.store
    her = await characters.find(store, chat.actor, character)
    standing = await retraining.standing(chat.services, chat.actor, her)
    lines = [_called(chat, her), *_rules(chat, her), in_numbers(chat, standing)]
    lines += [drawn_by(chat, standing), next_time(chat, standing)]
    contents = await showing.sample(store, chat.actor, her, SHOWN)
    pictures: tuple[Picture, ...] = ()
    if contents:
        alt = chat.text("character.sample_alt", name=her.name, count=len(contents))
        pictures = (await cards_sheet(chat, [Card(content) for content in contents], alt),)
    buttons = [Button("draw_her", "railgun", {"character": her.name})] if standing.version is not None else []
    if manages(chat.actor, her) and standing.counts.waiting:
        buttons.append(Button("review_her", "review", {"character": her.name}))
    return Reply("\n".join(lines), pictures, tuple(buttons))


@command("character rename", zh="角色 改名")
async def rename(chat: Chat, character: str, name: str) -> Reply:
    """Call a character otherwise."""
    store = chat.services.store
    her = await characters.find(store, chat.actor, character)
    changed = await characters.change(store, chat.actor, her, name=name)
    return Reply(chat.text("character.renamed", before=her.name, name=changed.name))


@command("character edit", zh="角色 修改")
async def edit(
    chat: Chat,
    character: str | None = None,
    aliases: Names | None = None,
    about: Text | None = None,
    licence: Text | None = None,
    contributors: Annotated[Contributors, OneOf(CONTRIBUTORS)] | None = None,
    review: Annotated[Review, OneOf(REVIEWS)] | None = None,
) -> Reply:
    """Say otherwise who she is, who may contribute, what an admin looks at first."""
    store = chat.services.store
    her = await characters.find(store, chat.actor, character)
    changes: CharacterChanges = {}
    if aliases is not None:
        changes["aliases"] = _split(aliases)
    if about is not None:
        changes["description"] = _unless_none(about)
    if licence is not None:
        changes["licence"] = _unless_none(licence)
    if contributors is not None:
        changes["contributors"] = contributors
    if review is not None:
        changes["review"] = review
    if not changes:
        raise UserError("character.no_change", name=her.name)
    changed = await characters.change(store, chat.actor, her, **changes)
    lines = [chat.text("character.changed", name=_called(chat, changed)), *_rules(chat, changed)]
    return Reply("\n".join(lines))


@command("character hide", zh="角色 隐藏")
async def hide(chat: Chat, character: str, hidden: bool = True) -> Reply:
    """Show a character to nobody but who manages her, or to everybody again."""
    store = chat.services.store
    her = await characters.find(store, chat.actor, character)
    await characters.change(store, chat.actor, her, hidden=hidden)
    key = "character.hidden" if hidden else "character.shown_again"
    return Reply(chat.text(key, name=her.name, spelt=spelt(her.name)))


@command("character default", zh="角色 默认")
async def default(chat: Chat, character: str) -> Reply:
    """Whom one means here who names nobody."""
    store = chat.services.store
    her = await characters.find(store, chat.actor, character)
    await characters.make_default(store, chat.actor, her)
    return Reply(chat.text("character.default_now", name=her.name))


@command("character delete", zh="角色 删除")
async def delete(chat: Chat, character: str, confirm: bool = False) -> Reply:
    """Let go of a character with all her pictures and models; asks back first."""
    store = chat.services.store
    her = await characters.find(store, chat.actor, character)
    if not manages(chat.actor, her):
        raise UserError("character.not_yours", name=her.name)
    if not confirm:
        counts = await store.contributions.counts(her.id)
        button = Button("delete_her", "character delete", {"character": her.model, "confirm": "yes"})
        pictures = counts.accepted + counts.waiting
        text = chat.text("character.delete_ask", name=her.name, pictures=pictures, contributors=counts.contributors)
        return Reply(text, buttons=(button,), private=True)
    gone = await characters.delete(chat.services, chat.actor, her)
    return Reply(chat.text("character.deleted", name=her.name, pictures=gone.pictures, versions=gone.versions))


def _called(chat: Chat, her: Character) -> str:
    """Mikoto（炮姐, 御坂）"""
    if not her.aliases:
        return her.name
    return chat.text("character.called", name=her.name, aliases=chat.text("list.comma").join(her.aliases))


def _rules(chat: Chat, her: Character) -> list[str]:
    """Who she is, what there is to know before one contributes, and who may."""
    lines = [her.description] if her.description else []
    lines += [chat.text("character.licence", licence=her.licence)] if her.licence else []
    if her.private:
        return lines  # nobody else contributes, and nothing waits
    return [*lines, chat.text(f"character.from_{her.contributors}"), chat.text(f"character.review_{her.review}")]


def _split(typed: str | None) -> list[str]:
    """Names, one a comma; none for `none`."""
    return [name for part in re.split(r"[,，、;；]", _unless_none(typed or "")) if (name := part.strip())]


def _unless_none(typed: str) -> str:
    return "" if typed.strip().casefold() in ("none", "无", "-") else typed
