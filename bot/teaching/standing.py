"""How far the bot is with a character, in sentences."""

from __future__ import annotations

import math

from bot.characters import wording
from bot.characters.retraining import Standing
from bot.chat import Chat
from bot.store.runs import Run
from bot.store.versions import Version


def in_numbers(chat: Chat, standing: Standing) -> str:
    """What was contributed, and how much of it is new."""
    counts = standing.counts
    text = chat.text("retrain.counts", accepted=counts.accepted, contributors=counts.contributors)
    parts = [text]
    if standing.new and standing.version is not None:
        parts.append(chat.text("retrain.counts_new", new=standing.new))
    if counts.waiting:
        parts.append(chat.text("retrain.counts_waiting", waiting=counts.waiting))
    return chat.text("retrain.joined").join(parts)


def drawn_by(chat: Chat, standing: Standing) -> str:
    """Which version draws her."""
    version = standing.version
    if version is None:
        return chat.text("retrain.drawn_by_none")
    return chat.text("retrain.drawn_by", version=short(version), pictures=version.pictures)


def next_time(chat: Chat, standing: Standing) -> str:
    """When she is learnt by herself."""
    if standing.due is None:
        return chat.text("retrain.never")
    due = f"{standing.due:%m-%d %H:%M}"
    return chat.text("retrain.next", due=due, zone=standing.schedule.zone.key, least=standing.least)


def under_way(chat: Chat, run: Run, place: int) -> str:
    """How far a run is; `place` is how many wait before it, itself among them."""
    if run.state == "queued":
        return chat.text("retrain.queued", run=run.id, place=place)
    if run.state != "running":
        return over(chat, run)
    found = run.progress
    stage = found.get("stage", "waiting")
    parts = [chat.text("retrain.running", run=run.id, stage=chat.text(f"retrain.stage.{stage}"))]
    if stage == "learning":
        share, kimg, eta = found.get("share") or 0.0, found.get("kimg") or 0.0, found.get("eta")
        key = "retrain.share_seen" if kimg else "retrain.share"
        parts.append(chat.text(key, percent=round(100 * share), images=f"{1000 * kimg:,.0f}"))
        if eta is not None:
            parts.append(chat.text("retrain.eta", minutes=max(1, math.ceil(eta / 60))))
    return chat.text("retrain.joined").join(parts)


def share_of(run: Run) -> float | None:
    """0…1 of the learning; None where nobody knows."""
    return run.progress.get("share") if run.state == "running" else None


def over(chat: Chat, run: Run) -> str:
    """How a run has ended."""
    state = chat.text(f"retrain.state.{run.state}")
    if run.state == "done" or not run.reason:
        return chat.text("retrain.over", run=run.id, state=state)
    why = wording.ended(chat.services.catalogue, chat.locale, run)
    return chat.text("retrain.over_because", run=run.id, state=state, why=why)


def short(version: Version) -> str:
    """Of `c12@20260131T101500-1a2b3c` what tells it from her others, and is typed: `1a2b3c`."""
    return version.id.rpartition("-")[2]
