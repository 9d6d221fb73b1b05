"""What groups hear of the learning of their characters."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.characters import following, retraining
from bot.characters.notices import Notices
from bot.command import Command, Reply
from bot.commands import Commands
from bot.gate import Gate
from bot.store.bans import Ban
from bot.surfaces.base import Incoming
from tests.bot.characters.given import ADMIN, ALONE, GROUP, SUPERUSER
from tests.bot.characters.school import School, school
from tests.bot.characters.toy_trainer import OLD
from tests.bot.monitoring.peers import StillSurface

BAD = {"old": OLD, "new": {**OLD, "distance": 9.0}}


@asynccontextmanager
async def telling(root: Path, **how: Any) -> AsyncIterator[tuple[School, Notices]]:
    async with school(root, **how) as at:
        notices = Notices(at.services)
        notices.start()
        try:
            yield at, notices
        finally:
            await notices.stop()


async def _said(notices: Notices) -> None:
    """When all has been said."""
    while notices._tasks:
        await asyncio.gather(*notices._tasks)
        await asyncio.sleep(0)


async def _learn(
    at: School, notices: Notices, actor: Any = ADMIN, scheduled: bool = False, follow: float = 0.0
) -> None:
    await at.more()
    over = asyncio.Event()
    end = at.services.trainings.listen(lambda run: None if run.under_way else over.set())
    await (
        at.services.trainings.ask(at.her) if scheduled else retraining.start(at.services, actor, at.her, follow=follow)
    )
    await over.wait()
    end()
    await _said(notices)


async def test_who_asked_hears_when_it_begins_and_what_came_of_it(tmp_path: Path) -> None:
    async with telling(tmp_path) as (at, notices):
        await _learn(at, notices)
        assert [chat for chat, _ in at.qq.told] == [GROUP, GROUP]
        began, done = at.qq.texts
        assert "Mikoto" in began
        assert "12" in began
        assert "/railgun" in done
        assert "0.5" in done
        assert at.qq.told[1][1].buttons == ()  # there is no such command here


async def test_where_somebody_follows_a_run_nobody_is_told_that_it_has_begun(tmp_path: Path) -> None:
    async with telling(tmp_path) as (at, notices):
        await _learn(at, notices, follow=60.0)
        (done,) = at.qq.texts
        assert "/railgun" in done


async def test_who_follows_a_run_no_longer_hears_when_it_begins(tmp_path: Path) -> None:
    async with telling(tmp_path) as (at, notices):
        services = at.services
        await services.trainings.stop()  # so that nothing begins before it is not followed any more
        await at.more()
        run = await retraining.start(services, ADMIN, at.her, follow=60.0)
        assert await following.followed(at.store, run.id)
        await following.end(at.store, run.id)
        notices._hear(replace(run, state="running", pictures=12))
        await _said(notices)
        assert len(at.qq.texts) == 1


async def test_of_a_run_by_schedule_the_group_hears_only_what_came_of_it(tmp_path: Path) -> None:
    async with telling(tmp_path, numbers=BAD) as (at, notices):
        at.services.commands = Commands([_command("retrain promote"), _command("retrain rollback")])
        await at.store.groups.update(GROUP, locale="en")
        await _learn(at, notices, scheduled=True)
        ((chat, reply),) = at.qq.told
        assert chat == GROUP
        assert "as before" in reply.text
        assert "further" in reply.text or at.services.catalogue.text("en", "retrain.reason.worse") in reply.text
        (button,) = reply.buttons
        assert button.line() == "/retrain promote character:c1 version:20260131T100001-000001"


async def test_what_is_hers_in_private_is_told_in_private(tmp_path: Path) -> None:
    async with telling(tmp_path, actor=ALONE) as (at, notices):
        await _learn(at, notices, scheduled=True)
        assert [chat for chat, _ in at.qq.told] == ["qq:@1"]


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
async def test_in_private_it_is_told_in_the_language_that_was_spoken_there(tmp_path: Path, locale: str) -> None:
    async with telling(tmp_path, actor=ALONE) as (at, notices):
        here = Incoming("qq", "qq:@1", "qq:1", "/retrain start", addressed=True, locale=locale)
        await at.services.gate.locale(here)
        await _learn(at, notices, scheduled=True)
        learnt = "Learnt" in at.qq.texts[0] or "learnt" in at.qq.texts[0]
        assert learnt == (locale == "en")


async def test_a_run_that_a_superuser_asks_for_elsewhere_is_told_there_and_at_home(tmp_path: Path) -> None:
    async with telling(tmp_path) as (at, notices):
        at.services.surfaces["web"] = web = StillSurface("web")
        await _learn(at, notices, actor=SUPERUSER)
        assert [chat for chat, _ in web.told] == ["web:@local", "web:@local"]
        assert [chat for chat, _ in at.qq.told] == [GROUP]


async def test_what_fails_is_told_to_who_asked_and_to_whoever_runs_the_bot(tmp_path: Path) -> None:
    async with telling(tmp_path, refuse="the losses are no numbers") as (at, notices):
        at.services.surfaces["web"] = web = StillSurface("web")
        await _learn(at, notices)
        assert len(at.qq.told) == 2
        assert "the losses" not in at.qq.texts[1]
        ((chat, told),) = web.told
        assert chat == "web:@local"
        assert "the losses are no numbers" in told.text


@pytest.mark.parametrize("how", ["banned", "not allowed", "down"])
async def test_nobody_is_told_where_the_bot_may_not_or_cannot_speak(tmp_path: Path, how: str) -> None:
    async with telling(tmp_path) as (at, notices):
        if how == "banned":
            await at.store.groups.update(GROUP, ban=Ban(None, ""))
        elif how == "not allowed":
            allowed = frozenset({"qq:999"})
            at.services.settings = at.services.settings.model_copy(update={"groups_allow": allowed})
        else:
            at.qq.is_("failed")
        await _learn(at, notices)
        assert at.qq.told == []


async def test_two_processes_say_it_once(tmp_path: Path) -> None:
    async with telling(tmp_path) as (at, notices):
        other = Notices(at.services)
        other.start()
        await _learn(at, notices)
        await _said(other)
        await other.stop()
        assert len(at.qq.told) == 2


async def test_what_nobody_asked_for_waits_for_the_end_of_quiet_hours(tmp_path: Path) -> None:
    async with telling(tmp_path) as (at, notices):
        moment = datetime(2026, 1, 31, 19, 30, 0, tzinfo=UTC)  # half past three in Shanghai
        at.services.gate = Gate(at.services.settings, at.store, now=lambda: moment)
        await at.store.groups.update(GROUP, quiet="23:00-07:00")
        slept: list[float] = []

        async def sleep(seconds: float) -> None:
            slept.append(seconds)

        with pytest.MonkeyPatch.context() as patch:
            real = asyncio.sleep
            patch.setattr(
                "bot.characters.notices.asyncio.sleep", lambda s, *rest: sleep(s) if s > 600 else real(s, *rest)
            )
            await _learn(at, notices, scheduled=True)
        assert slept == [3.5 * 3600]
        assert len(at.qq.told) == 1


def _command(name: str) -> Command:
    async def nothing(chat: Any) -> Reply:
        return Reply()

    return Command(name, f"{name}·", nothing, ())
