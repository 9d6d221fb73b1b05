"""A character that a group has taught the bot: contributed, learnt by a real network, drawn, and only where she is
known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.characters import retraining
from bot.characters.characters import create, delete
from bot.command import Role
from bot.surfaces.completion import Typing, known
from tests.bot.characters import tiny
from tests.bot.characters.given import ADMIN
from tests.bot.house import House
from tests.bot.store.contributed import draft, give
from tests.plugins.learning import LEARNT, contribute, drawn_by, learn, teaching

SHORT: dict[str, Any] = {"kimg": 2.0, "snap": 1, "micro_batch": 4, "batch": 8}
ELSEWHERE = {"chat": "qq:8", "group": "qq:8"}


@pytest.mark.slow
async def test_what_a_group_contributes_is_learnt_and_drawn_and_taken_back(gallery: House, tmp_path: Path) -> None:
    teaching(gallery, tmp_path, toy=False, **SHORT)
    services = gallery.services
    await services.trainings.start()
    try:
        her = await create(services.store, ADMIN, "Kumo", aliases=["蜘蛛"])
        assert (await gallery.ask("炮姐 2")).failed
        assert "Kumo" in (await gallery.ask("/railgun character:kumo")).text
        await contribute(gallery, her, tmp_path)
        first = await learn(gallery, her)
        if (await services.trainings.lineage.in_use(her)) is None:  # what so little has taught may be no better
            await retraining.promote(services, ADMIN, her, first)
        reply = await gallery.ask("炮姐 2 种子:7")
        assert await drawn_by(gallery, reply) == first
        assert "Kumo" in reply.text
        assert "c1" not in reply.text
        assert await drawn_by(gallery, await gallery.ask("/railgun 2 character:蜘蛛")) == first

        second = await learn(gallery, her, anyway=True)
        if (used := await services.trainings.lineage.in_use(her)) is None or used.id != second:
            await retraining.promote(services, ADMIN, her, second)
        assert await drawn_by(gallery, await gallery.ask("炮姐 2")) == second
        await retraining.rollback(services, ADMIN, her)
        again = await gallery.ask("炮姐 2 种子:7")
        assert await drawn_by(gallery, again) == first
        version = await services.store.versions.get(second)
        assert version is not None
        assert version.parent == first
        assert len(await services.store.versions.contributions(second)) == 24

        strip = await gallery.ask("/strip")
        assert not strip.failed, strip.text
        assert "Kumo" in strip.text
        await delete(services, ADMIN, her)
        assert (await gallery.ask("炮姐 2")).failed
    finally:
        await services.trainings.stop()


@pytest.fixture
async def taught(home: House, tmp_path: Path):
    """A house whose group has a character that was learnt."""
    teaching(home, tmp_path)
    await home.services.trainings.start()
    her = await create(home.services.store, ADMIN, "Kumo")
    await contribute(home, her, tmp_path, 12)
    await learn(home, her)
    yield home
    await home.services.trainings.stop()


async def test_she_is_drawn_by_her_name_where_she_is_known_and_nowhere_else(taught: House) -> None:
    for line in ("炮姐 2", "/railgun 2 character:kumo", "/railgun 2 character:c1", "/waifu 2 model:Kumo"):
        assert await drawn_by(taught, await taught.ask(line)) == f"c1{LEARNT}"
        if line != "炮姐 2":
            elsewhere = await taught.ask(line, **ELSEWHERE)
            assert elsewhere.failed
            assert "Kumo" not in elsewhere.text.replace("“Kumo”", "").replace("“kumo”", "")
    listed = await taught.ask("模型 列表")
    assert "Kumo" in next(line for line in listed.text.splitlines() if "/railgun" in line)
    elsewhere = await taught.ask("模型 列表", **ELSEWHERE)
    assert "Kumo" not in elsewhere.text
    assert "c1" not in elsewhere.text
    assert (await taught.ask("/models use c1", role=Role.ADMIN, **ELSEWHERE)).failed


async def test_a_group_that_chooses_another_model_keeps_to_it(taught: House) -> None:
    tiny.store_base(taught.services.settings.storage_dir / "models", "other@20260101T000000-abcdef")
    await taught.ask("/models use other purpose:railgun", role=Role.ADMIN)
    assert (await drawn_by(taught, await taught.ask("炮姐 2"))).startswith("other@")
    chosen = await taught.ask("/models use kumo", role=Role.ADMIN)
    assert "Kumo" in chosen.text
    assert await drawn_by(taught, await taught.ask("炮姐 2")) == f"c1{LEARNT}"


async def test_who_was_not_learnt_yet_is_said_to_be_so(taught: House) -> None:
    await create(taught.services.store, ADMIN, "Lily")
    for line in ("/railgun character:lily", "/waifu model:lily"):
        reply = await taught.ask(line)
        assert reply.failed
        assert "Lily" in reply.text
        assert "/contribute" in reply.text


async def test_a_version_that_has_learnt_from_what_was_taken_back_is_not_drawn_any_more(
    taught: House, tmp_path: Path
) -> None:
    services = taught.services
    her = await services.store.characters.get(1)
    assert her is not None
    await give(services.store, draft(her, "another"))
    second = await learn(taught, her, anyway=True)
    assert await drawn_by(taught, await taught.ask(f"/railgun 2 character:kumo{LEARNT}")) == f"c1{LEARNT}"
    one = (await services.store.contributions.accepted(her.id))[0]
    await services.store.contributions.decide([one.id], "refused", by=ADMIN.member)
    assert (await taught.ask(f"/railgun 2 character:kumo{LEARNT}")).failed
    assert await drawn_by(taught, await taught.ask("炮姐 2")) == second  # until the next run


async def test_only_those_who_know_her_are_offered_her_name(taught: House) -> None:
    command = taught.services.commands.get("railgun")
    assert command is not None
    option = command.option("character")
    assert option is not None
    for chat, names in (("qq:7", {"Kumo", "waifu", "tiny"}), ("qq:8", {"waifu", "tiny"})):
        offers = await known(taught.services, command, option, Typing(chat, "qq:1", "en", "", {}))
        assert {name for _, name in offers} == names
