"""Discord: what is handed to `/contribute`, what only admins see, and presses that somebody has made up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest

from bot import chat
from tests.bot.characters import given
from tests.bot.house import House, house
from tests.bot.surfaces.discord.conftest import connected, on
from tests.plugins.test_taught import contribute, teaching
from tests.wire.fake_discord import FakeDiscord, Interaction

ADMIN: dict[str, Any] = {"user_id": 77, "permissions": discord.Permissions(manage_guild=True).value}


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a slow machine "Drawing…" would be the first answer."""
    monkeypatch.setattr(chat, "PATIENCE", 600.0)


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as built:
        yield built


@pytest.fixture
async def home(tmp_path: Path, fake: FakeDiscord) -> AsyncIterator[House]:
    host = fake.base.removeprefix("http://")
    options: dict[str, Any] = {"models": given.FACTORY, "intake_allow": [host], "discord_contributions": True}
    async with house(tmp_path, **options, **on(fake)) as built, connected(built.services):
        teaching(built, tmp_path)
        yield built


def picture(number: int) -> bytes:
    return given.file(given.picture(number))


async def says(it: Interaction, words: str) -> Interaction:
    """Once its message says so: before, it says how far it is."""
    async with asyncio.timeout(90):
        while words not in it.content:  # noqa: ASYNC110 - it does not tell
            await asyncio.sleep(0.01)
    return it


async def states(home: House) -> list[str]:
    return [one.state for one in await home.services.store.contributions.list(1)]


async def test_what_is_handed_over_is_taken_after_a_yes_and_reviewed_by_admins_alone(
    home: House, fake: FakeDiscord
) -> None:
    refused = await (await fake.slash("character create", {"name": "Mikoto"})).answered()
    assert "admins" in refused.content
    await (await fake.slash("character create", {"name": "Mikoto"}, **ADMIN)).answered()
    asked = await (await fake.slash("contribute", {"picture": picture(1)})).answered()
    assert asked.ephemeral
    thanks = await (await fake.click(asked.message, asked.labels["I agree, take them"])).answered()
    assert "Noted" in thanks.content
    given_ = {"picture": picture(1), "picture2": picture(2), "character": "Mikoto"}
    taken = await says(await fake.slash("contribute", given_), "2 waiting")
    assert len(taken.files) == 1

    sheet = await (await fake.slash("review", **ADMIN)).answered()
    assert sheet.ephemeral
    assert len(sheet.files) == 1
    accept = sheet.labels["Accept all of these"]
    for stranger in (42, 78):
        pressed = await (await fake.click(sheet.message, accept, user_id=stranger)).answered()
        assert "not yours" in pressed.content
    assert await states(home) == ["waiting"] * 2
    done = await (await fake.click(sheet.message, accept, **ADMIN)).answered()
    assert "2 accepted" in done.content
    assert await states(home) == ["accepted"] * 2


async def test_a_press_that_somebody_made_up_does_nothing(home: House, fake: FakeDiscord) -> None:
    await (await fake.slash("character create", {"name": "Mikoto"}, **ADMIN)).answered()
    asked = await (await fake.slash("contribute", {"picture": picture(1), "agree": True})).answered()
    for custom_id in (
        "nj1:review::character=c1:accept=all",
        "nj1:review::character=c1:ban_member=1:sure=yes",
        "nj1:character delete::character=c1:confirm=yes",
        "nj1:retrain start::character=c1:anyway=yes",
        "nj1:retrain stop::character=c1",
        "nj1:retrain promote::character=c1:version=1a2b3c",
        "nj1:retrain rollback::character=c1",
        "nj1:retrain schedule::character=c1:enabled=no",
    ):
        pressed = await (await fake.click(asked.message, custom_id)).answered()
        assert "not yours" in pressed.content, custom_id
    assert await states(home) == ["waiting"]
    assert await home.services.trainings.history(1) == []


async def test_a_zip_that_is_attached_is_unpacked(home: House, fake: FakeDiscord) -> None:
    await (await fake.slash("character create", {"name": "Mikoto"}, **ADMIN)).answered()
    archive = given.zipped(picture(1), picture(2))
    await says(await fake.slash("contribute", {"picture": archive, "agree": True}), "2 waiting")
    assert await states(home) == ["waiting"] * 2


async def test_the_learning_is_followed_by_one_message_that_edits_itself(
    home: House, fake: FakeDiscord, tmp_path: Path
) -> None:
    await (await fake.slash("character create", {"name": "Mikoto"}, **ADMIN)).answered()
    her = await home.services.store.characters.get(1)
    assert her is not None
    few = await (await fake.slash("retrain start", **ADMIN)).answered()
    assert "at least" in few.content
    await contribute(home, her, tmp_path, 12)
    followed = await fake.slash("retrain start", **ADMIN)
    await says(followed, "run 1 waits")
    await home.services.trainings.start()
    try:
        await says(followed, "run 1: done")
    finally:
        await home.services.trainings.stop()
    assert len(followed.messages) == 1
    assert not followed.ephemeral  # it is the group's one word of it
    history = await (await fake.slash("retrain history")).answered()
    assert "in use" in history.content
