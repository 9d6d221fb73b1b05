"""What members may do about the learning of a character, and what comes of it."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.characters import retraining
from bot.characters.characters import create, delete
from bot.command import Role, UserError
from bot.store import Store
from models.registry import UnknownModel
from tests.bot.characters import tiny
from tests.bot.characters.given import ADMIN, ALONE, MEMBER, STRANGER, SUPERUSER
from tests.bot.characters.school import School, school
from tests.bot.characters.toy_trainer import OLD

BAD = {"old": OLD, "new": {**OLD, "distance": 9.0}}


async def refusal(doing: Awaitable[Any]) -> str:
    with pytest.raises(UserError) as caught:
        await doing
    return caught.value.key


async def _learnt(at: School, **how: Any) -> str:
    run = await at.over(await retraining.start(at.services, ADMIN, at.her, **how))
    assert run.version is not None, run
    return run.version


async def test_an_admin_has_her_learnt_and_goes_back_and_forth(tmp_path: Path) -> None:
    async with school(tmp_path) as at:
        assert await refusal(retraining.start(at.services, ADMIN, at.her)) == "retrain.too_few"
        await at.more()
        before = await retraining.standing(at.services, MEMBER, at.her)
        assert (before.counts.accepted, before.new, before.least) == (12, 12, 10)
        assert (before.version, before.run) == (None, None)
        assert before.due is not None
        one = await _learnt(at)
        assert at.services.models.resolve("c1").id == one
        assert await refusal(retraining.start(at.services, ADMIN, at.her)) == "retrain.too_few_new"
        two = await _learnt(at, anyway=True)
        after = await retraining.standing(at.services, MEMBER, at.her)
        assert (after.new, after.version and after.version.id, after.run) == (0, two, None)

        version, instead = await retraining.rollback(at.services, ADMIN, at.her)
        assert version is not None
        assert (version.id, instead) == (one, two)
        assert at.services.models.resolve("c1").id == one
        assert await retraining.rollback(at.services, ADMIN, at.her) == (None, one)
        with pytest.raises(UnknownModel):
            at.services.models.resolve("c1")
        assert (await at.services.trainings.preparing.base(at.her)).id == tiny.BASE  # and nothing of hers
        await retraining.promote(at.services, ADMIN, at.her, one)
        for named in (two, two.partition("@")[2], two[-6:].upper()):
            version, instead = await retraining.promote(at.services, ADMIN, at.her, named)
            assert (version.id, instead) == (two, one)
            assert await refusal(retraining.promote(at.services, ADMIN, at.her, named)) == "retrain.in_use"
            await retraining.rollback(at.services, ADMIN, at.her)
        for wrong in ("", "@", "c2@20260131T100001-000001", "ffffff"):
            assert await refusal(retraining.promote(at.services, ADMIN, at.her, wrong)) == "retrain.no_such_version"

        known = await retraining.history(at.services, MEMBER, at.her)
        assert [run.version for run in known.runs] == [two, one]
        assert [(one.version.id, one.version.state) for one in known.versions] == [(two, "retired"), (one, "promoted")]


async def test_nobody_else_does_and_of_other_groups_nobody_knows(tmp_path: Path) -> None:
    async with school(tmp_path) as at:
        await at.more()
        await _learnt(at)
        cases = [
            (MEMBER, "character.not_yours"),
            (STRANGER, "character.not_here"),
            (replace(ADMIN, group=None), "character.not_here"),  # an admin there who asks in private
            (ALONE, "character.not_here"),
        ]
        for actor, key in cases:
            doings = [
                retraining.start(at.services, actor, at.her, anyway=True),
                retraining.stop(at.services, actor, at.her),
                retraining.promote(at.services, actor, at.her, "000001"),
                retraining.rollback(at.services, actor, at.her),
                retraining.schedule(at.services, actor, at.her, when="4:30"),
                retraining.unschedule(at.services, actor, at.her),
                delete(at.services, actor, at.her),
            ]
            assert {await refusal(doing) for doing in doings} == {key}
        for actor in (STRANGER, ALONE):
            doings = [
                retraining.standing(at.services, actor, at.her),
                retraining.history(at.services, actor, at.her),
                retraining.schedule(at.services, actor, at.her),
            ]
            assert {await refusal(doing) for doing in doings} == {"character.not_here"}
        await retraining.schedule(at.services, SUPERUSER, at.her, enabled=False)


async def test_what_runs_is_stopped_and_what_waits_is_seen_where_she_is_known(tmp_path: Path) -> None:
    async with school(tmp_path, hold=True) as at:
        await at.more()
        run = await retraining.start(at.services, ADMIN, at.her)
        assert run.member == ADMIN.member
        async for now in at.services.trainings.watch(run.id):
            if now.progress.get("stage") == "learning":
                break
        (waiting,) = await retraining.under_way(at.services, MEMBER)
        assert (waiting.run.id, waiting.character, waiting.place) == (run.id, at.her, 0)
        assert await retraining.under_way(at.services, STRANGER) == []
        stopped = await retraining.stop(at.services, ADMIN, at.her)
        assert (stopped.id, stopped.state, stopped.reason) == (run.id, "stopped", "asked")
        assert await refusal(retraining.stop(at.services, ADMIN, at.her)) == "retrain.nothing_runs"


async def test_a_run_that_waits_knows_how_many_come_first(tmp_path: Path) -> None:
    async with school(tmp_path, work=False) as at:
        await at.more()
        await at.store.runs.ask(77, 5, member=None, group=None)  # somebody else's
        await retraining.start(at.services, ADMIN, at.her)
        assert [one.place for one in await retraining.under_way(at.services, MEMBER)] == [2]


async def test_her_schedule_is_hers_and_nothing_odd_is_kept(tmp_path: Path) -> None:
    async with school(tmp_path) as at:
        changed = await retraining.schedule(
            at.services, ADMIN, at.her, when="4:30", zone="Europe/Berlin", minutes=5, least=3
        )
        assert (changed.cron, changed.zone.key, changed.minutes, changed.least) == ("30 4 * * *", "Europe/Berlin", 5, 3)
        odd = [{"minutes": 0.1}, {"minutes": float("nan")}, {"least": 0}, {"least": 10**9}, {"when": "noon"}]
        for values in odd:
            await refusal(retraining.schedule(at.services, ADMIN, at.her, **values))
        assert await retraining.schedule(at.services, MEMBER, at.her) == changed
        assert (await retraining.standing(at.services, MEMBER, at.her)).least == 3
        await at.more(10)
        first = await retraining.start(at.services, ADMIN, at.her)
        assert first.minutes == 5
        await at.over(first)
        await at.more(3, first=10)
        await at.over(await retraining.start(at.services, ADMIN, at.her))  # three are enough
        assert not (await retraining.unschedule(at.services, ADMIN, at.her)).chosen


async def test_in_private_nobody_keeps_the_device_for_longer_than_is_usual(tmp_path: Path) -> None:
    alone = replace(ADMIN, group=None, role=Role.MEMBER)
    async with school(tmp_path, alone, work=False) as at:
        await at.more()
        assert at.services.settings.train_minutes == 30
        for wanted in (31.0, 1440.0):
            assert await refusal(retraining.start(at.services, alone, at.her, minutes=wanted)) == "retrain.minutes"
            assert await refusal(retraining.schedule(at.services, alone, at.her, minutes=wanted)) == "retrain.minutes"
        assert (await retraining.schedule(at.services, alone, at.her, minutes=20.0)).minutes == 20
        host = replace(alone, role=Role.SUPERUSER)
        assert (await retraining.start(at.services, host, at.her, minutes=60.0)).minutes == 60


async def test_all_that_was_learnt_goes_with_her(tmp_path: Path) -> None:
    async with school(tmp_path) as at:
        await at.more()
        await _learnt(at)
        gone = await delete(at.services, ADMIN, at.her)
        assert (gone.pictures, gone.versions) == (12, 1)
        with pytest.raises(UnknownModel):
            at.services.models.resolve(at.her.model)
        assert not (at.services.models.models_dir / at.her.model).exists()
        assert await _rows(at.store) == ([], [])


async def test_she_can_go_while_she_is_learnt(tmp_path: Path) -> None:
    async with school(tmp_path, hold=True) as at:
        await at.more()
        run = await retraining.start(at.services, ADMIN, at.her)
        async for now in at.services.trainings.watch(run.id):
            if now.progress.get("stage") == "learning":
                break
        await delete(at.services, ADMIN, at.her)
        async with asyncio.timeout(60):
            while at.services.trainings._carrying_out.progress:  # noqa: ASYNC110 - its trainer is told to end
                await asyncio.sleep(0.02)
        assert await at.services.trainings.get(run.id) is None
        assert not list((at.services.settings.storage_dir / "runs").glob("*/set"))
        other = await create(at.store, ADMIN, "Kuroko")  # the device is free for the next one
        assert other.model == "c2"


async def _rows(store: Store) -> tuple[Any, Any]:
    return await store.versions.list(1), await store.runs.list(1)


async def test_a_candidate_is_taken_by_hand(tmp_path: Path) -> None:
    async with school(tmp_path, numbers=BAD) as at:
        await at.more()
        version = await _learnt(at)
        (one,) = (await retraining.history(at.services, MEMBER, at.her)).versions
        assert (one.version.id, one.version.state, one.version.reasons) == (version, "candidate", ("worse",))
        with pytest.raises(UnknownModel):
            at.services.models.resolve("c1")
        assert await refusal(retraining.rollback(at.services, ADMIN, at.her)) == "retrain.none_in_use"
        assert (await retraining.promote(at.services, ADMIN, at.her, version))[1] is None
        assert at.services.models.resolve("c1").id == version
