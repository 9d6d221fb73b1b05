"""What members see of several processes on one database, and of a database that is away."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.settings import Settings
from bot.store import database
from bot.store.schema import UsageRow
from tests.bot.house import House, house
from tests.bot.postgres import Server
from tests.bot.store.conftest import on_postgresql, on_sqlite


async def _answers(houses: list[House], text: str, message_id: str | None, **changes: object) -> list[str]:
    """What is answered in all to a message that all of them hear."""
    said = await asyncio.gather(*(h.say(text, message_id=message_id, **changes) for h in houses))
    return [reply.text for reply in said if reply is not None]


@on_postgresql
async def test_a_message_that_two_processes_hear_is_answered_once(settings: Settings, tmp_path: Path) -> None:
    url = settings.database_url
    async with house(tmp_path / "a", database_url=url) as one, house(tmp_path / "b", database_url=url) as two:
        lines = ["/waifu 1", "/waifu 99", "/nonsense", "/help", "老婆 1"]
        for n, line in enumerate(lines):
            assert len(await _answers([one, two], line, f"m{n}")) == 1, line
        assert len(await _answers([one, two], "hello?", "hello", addressed=True)) == 1
        assert await _answers([one, two], "老婆 今天吃什么", "talk") == []
        assert len(await _answers([one, two], "/help", None)) == 2  # nobody can tell whether that was one message
        async with one.services.store.database.read() as connection:
            assert (await connection.execute(select(func.sum(UsageRow.count)))).scalar_one() == 2


@on_postgresql
async def test_a_message_that_is_left_alone_is_not_claimed(settings: Settings, tmp_path: Path) -> None:
    async with house(tmp_path, database_url=settings.database_url) as home:
        assert await home.say("老婆 今天吃什么", message_id="1") is None
        assert await home.services.store.claims.take("qq", "qq:7", "1") is True


@on_sqlite
async def test_one_process_claims_nothing(settings: Settings, tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        await home.ask("/help", message_id="1")
        await home.ask("/help", message_id="1")  # OneBot's ids come again
        assert await home.services.store.claims.take("qq", "qq:7", "1") is True


@on_postgresql
async def test_members_are_told_that_the_database_is_away_and_then_answered_again(
    settings: Settings, tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PAUSES", (0.01,))
    async with house(tmp_path, database_url=settings.database_url) as home:
        await home.ask("/waifu 1", message_id="1")
        away = home.services.catalogue.text("zh-CN", "error.storage_away")
        await asyncio.to_thread(postgres.stop)
        try:
            assert (await home.ask("/waifu 1", message_id="2")).text == away
            assert await home.say("老婆 今天吃什么", message_id="3", member="qq:2") is None
            assert await home.say("好看！", message_id="4", replied_to="1") is None
        finally:
            await asyncio.to_thread(postgres.start)
        assert not (await home.ask("/waifu 1", message_id="5")).failed
