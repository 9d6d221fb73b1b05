"""`/retrain`: how the bot learns a character anew, by hand and by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from bot.characters import following, retraining, wording
from bot.characters.acting import manages
from bot.characters.characters import find
from bot.characters.retraining import MOST_NEW, Judged
from bot.characters.runs import LONGEST, SHORTEST
from bot.characters.scheduling import Schedule
from bot.chat import Chat
from bot.command import Button, Longest, Picture, Range, Reply, UserError, command
from bot.pool.base import RequestFailed
from bot.store.characters import Character
from bot.store.runs import Run
from bot.teaching.standing import drawn_by, in_numbers, next_time, over, share_of, short, under_way
from data.pictures import Encoded
from data.pictures.requests import Reencode

FOLLOWED = {"discord": 14 * 60.0, "web": 24 * 3600.0}
"""Seconds for which a message edits itself, where one can; Discord lets an answer be edited for 15 minutes."""

SIDE, QUALITY = 1600, 88  # of a strip
MOST_BYTES = 30_000_000  # of its file
LISTED = 6  # versions, and runs

Minutes = Annotated[float, Range(SHORTEST, LONGEST)]


@command("retrain start", zh="训练 开始", shown=True)
async def start(
    chat: Chat, character: str | None = None, minutes: Minutes | None = None, anyway: bool = False
) -> Reply:
    """Learn a character anew, now."""
    her = await find(chat.services.store, chat.actor, character)
    follow = FOLLOWED.get(chat.surface, 0.0)
    run = await retraining.start(chat.services, chat.actor, her, minutes=minutes, anyway=anyway, follow=follow)
    if chat.surface not in FOLLOWED:
        place = await _place(chat, run)
        return Reply(chat.text("retrain.asked", name=her.name, run=run.id, place=place), buttons=_stop(her))
    return await _followed(chat, her, run)


@command("retrain stop", zh="训练 停止")
async def stop(chat: Chat, character: str | None = None) -> Reply:
    """Stop learning her; what draws her now goes on doing so."""
    her = await find(chat.services.store, chat.actor, character)
    run = await retraining.stop(chat.services, chat.actor, her)
    return Reply(chat.text("retrain.stopped", name=her.name, run=run.id))


@command("retrain status", zh="训练 状态", aliases=("训练 进度",))
async def status(chat: Chat, character: str | None = None) -> Reply:
    """How far the learning of a character is."""
    her = await find(chat.services.store, chat.actor, character)
    standing = await retraining.standing(chat.services, chat.actor, her)
    lines = [f"{her.name}", in_numbers(chat, standing), drawn_by(chat, standing)]
    buttons = [Button("history", "retrain history", {"character": her.name})]
    pictures: tuple[Picture, ...] = ()
    if (run := standing.run) is not None:
        lines.append(under_way(chat, run, await _place(chat, run)))
        buttons = [Button("look_again", "retrain status", {"character": her.name}), *buttons]
        if manages(chat.actor, her):
            buttons += _stop(her)
        pictures = await _strip(chat, run, her)
    else:
        lines.append(next_time(chat, standing))
        if manages(chat.actor, her):
            buttons = [Button("learn_now", "retrain start", {"character": her.name}), *buttons]
    return Reply("\n".join(lines), pictures, tuple(buttons))


@command("retrain history", zh="训练 历史")
async def history(chat: Chat, character: str | None = None) -> Reply:
    """Her versions and runs, newest first, with what members think of them."""
    her = await find(chat.services.store, chat.actor, character)
    found = await retraining.history(chat.services, chat.actor, her, LISTED)
    if not found.versions and not found.runs:
        raise UserError("retrain.no_history", name=her.name)
    first = "retrain.history" if found.versions else "retrain.no_version"
    lines = [chat.text(first, name=her.name), *(_version(chat, one) for one in found.versions)]
    lines += [over(chat, run) for run in found.runs if run.state in ("failed", "stopped")]
    for run in (run for run in found.runs if run.under_way):
        lines.append(under_way(chat, run, await _place(chat, run)))
    if not manages(chat.actor, her) or not found.versions:
        return Reply("\n".join(lines))
    lines.append(chat.text("retrain.history_how"))
    return Reply("\n".join(lines), buttons=_changes(her, found.versions))


@command("retrain promote", zh="训练 采用")
async def promote(chat: Chat, version: str, character: str | None = None) -> Reply:
    """Have a version draw her, whatever was measured of it."""
    her = await find(chat.services.store, chat.actor, character)
    now, _ = await retraining.promote(chat.services, chat.actor, her, version)
    buttons = (Button("draw_her", "railgun", {"character": her.name}), _rollback(her))
    return Reply(chat.text("retrain.promoted", name=her.name, version=short(now)), buttons=buttons)


@command("retrain rollback", zh="训练 退回", aliases=("训练 回退",))
async def rollback(chat: Chat, character: str | None = None) -> Reply:
    """Back to the version that drew her before; from the first one to nothing."""
    her = await find(chat.services.store, chat.actor, character)
    now, before = await retraining.rollback(chat.services, chat.actor, her)
    buttons = [] if now is None else [Button("draw_her", "railgun", {"character": her.name})]
    if before is not None:
        buttons.append(_promote(her, before, "promote_again"))
    if now is None:
        return Reply(chat.text("retrain.unlearnt", name=her.name), buttons=tuple(buttons))
    return Reply(chat.text("retrain.rolled_back", name=her.name, version=short(now)), buttons=tuple(buttons))


@command("retrain schedule", zh="训练 定时")
async def schedule(
    chat: Chat,
    when: Annotated[str, Longest(100)] | None = None,
    character: str | None = None,
    zone: str | None = None,
    enabled: bool | None = None,
    minutes: Minutes | None = None,
    least: Annotated[int, Range(1, MOST_NEW)] | None = None,
) -> Reply:
    """When she is learnt by herself; without anything, when that is."""
    her = await find(chat.services.store, chat.actor, character)
    found = await retraining.schedule(
        chat.services, chat.actor, her, when=when, zone=zone, enabled=enabled, minutes=minutes, least=least
    )
    return Reply(await _scheduled(chat, her, found))


@command("retrain unschedule", zh="训练 取消定时")
async def unschedule(chat: Chat, character: str | None = None) -> Reply:
    """Every night again, as with everybody of whom nothing is said."""
    her = await find(chat.services.store, chat.actor, character)
    return Reply(await _scheduled(chat, her, await retraining.unschedule(chat.services, chat.actor, her)))


# ---------------------------------------------------------------------------------------------------------------------


async def _followed(chat: Chat, her: Character, run: Run) -> Reply:
    """The answer once a run is over, or cannot be followed any longer; until then a message says how far it is."""
    now, told = run, ""
    try:
        async with asyncio.timeout(FOLLOWED[chat.surface]):
            async for now in chat.services.trainings.watch(run.id):
                text = f"{her.name} · {under_way(chat, now, await _place(chat, now))}"
                if text != told:
                    told = text
                    await chat.progress(text, share_of(now))
    except TimeoutError:
        pass  # she is learnt all the same, and the group hears of it
    finally:
        if now.under_way:
            await following.end(chat.services.store, run.id)
    text = f"{her.name} · {under_way(chat, now, await _place(chat, now))}"
    return Reply(text, buttons=(Button("look_again", "retrain status", {"character": her.name}),))


async def _place(chat: Chat, run: Run) -> int:
    """How many runs wait before one, itself among them; 0 where it runs."""
    waiting = [one.id for one in await chat.services.trainings.under_way() if one.state == "queued"]
    return waiting.index(run.id) + 1 if run.id in waiting else 0


async def _strip(chat: Chat, run: Run, her: Character) -> tuple[Picture, ...]:
    """What a run has drawn so far."""
    path = (await chat.services.trainings.sheets(run)).get("strip")
    content = None if path is None else await asyncio.to_thread(_read, path)
    if content is None:
        return ()
    try:
        shown: Encoded = await chat.run(Reencode(content, "image/jpeg", SIDE, QUALITY))
    except (RequestFailed, UserError):
        return ()
    return (Picture(None, shown, (), chat.text("strip.alt", model=her.name), fleeting=True),)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if 0 < path.stat().st_size <= MOST_BYTES else None
    except OSError:
        return None


def _version(chat: Chat, one: Judged) -> str:
    """1a2b3c（正在用）：02-01 03:31，120 张图，👍 12 👎 3"""
    version, catalogue = one.version, chat.services.catalogue
    parts = [
        chat.text("retrain.version_line", made=chat.services.gate.shown(version.created), pictures=version.pictures)
    ]
    if one.votes.count:
        parts.append(chat.text("retrain.votes", good=one.votes.good, bad=one.votes.bad))
    if reasons := wording.reasons(catalogue, chat.locale, version):
        parts.append(reasons)
    if version.pruned:
        parts.append(chat.text("retrain.pruned"))
    state = chat.text(f"retrain.version.{version.state}")
    about = chat.text("retrain.joined").join(parts)
    return chat.text("retrain.version_of", version=short(version), state=state, about=about)


def _changes(her: Character, versions: Sequence[Judged]) -> tuple[Button, ...]:
    """What who manages her may do with her versions: take the newest candidate, go back from the one in use, or, where
    none is, take one again."""
    buttons: list[Button] = []
    candidate = next((one.version for one in versions if one.version.state == "candidate"), None)
    if candidate is not None and not candidate.tainted and not candidate.pruned:
        buttons.append(_promote(her, candidate.id, "promote"))
    retired = [one.version for one in versions if one.version.state == "retired"]
    if retired and any(one.version.state == "promoted" for one in versions):
        buttons.append(_rollback(her))
    elif again := [version for version in retired if not version.tainted and not version.pruned]:
        buttons.append(_promote(her, again[0].id, "promote_again"))
    return tuple(buttons)


def _promote(her: Character, version: str, label: str) -> Button:
    return Button(label, "retrain promote", {"character": her.model, "version": version.partition("@")[2]})


def _rollback(her: Character) -> Button:
    return Button("rollback", "retrain rollback", {"character": her.model})


def _stop(her: Character) -> tuple[Button, ...]:
    return (Button("stop_it", "retrain stop", {"character": her.name}),)


async def _scheduled(chat: Chat, her: Character, found: Schedule) -> str:
    standing = await retraining.standing(chat.services, chat.actor, her)
    minutes = chat.services.settings.train_minutes if found.minutes is None else found.minutes
    lines = [f"{her.name} · {next_time(chat, standing)}"]
    if found.enabled:
        lines.append(chat.text("retrain.schedule", cron=found.cron, minutes=f"{minutes:g}", least=standing.least))
    return "\n".join(lines)
