"""A character learnt by the whole bot, `python -m bot`, which dies while it is at it."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest
from PIL import Image

from bot.settings import Settings
from bot.store import Store
from tests.bot.characters import tiny
from tests.bot.store.contributed import draft, give
from tests.bot.test_app import running
from tests.wire.fake_onebot import PATIENCE

GROUP = "qq:7"
MINUTES = 0.03
TOLD = "重新学了一遍Kumo"


async def _prepare(settings: Settings, folder: Path) -> None:
    """A group with a character, pictures of her, and a run that waits."""
    tiny.store_base(settings.storage_dir / "models", "moe@20260101T000000-abcdef")  # in place of the one that ships
    store = await Store.open(settings)
    her = await store.characters.add(GROUP, member="qq:1", most=3, name="Kumo")
    for name in tiny.pictures(folder, 24):
        content = io.BytesIO()
        Image.open(folder / name).save(content, "WEBP", lossless=True)
        await give(store, draft(her, name, content=content.getvalue()))
    await store.runs.ask(her.id, MINUTES, member="qq:1", group=GROUP)
    await store.close()


@pytest.mark.slow
async def test_a_run_goes_on_after_a_kill_and_the_group_hears_of_it_and_draws_her(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, storage_dir=tmp_path / "var")  # type: ignore[call-arg]
    await _prepare(settings, tmp_path / "pictures")
    how = {"TRAIN_DEVICES": "cpu", "COOLDOWN_SECONDS": "0"}
    async with running(tmp_path, **how) as bot:
        order = settings.storage_dir / "runs" / "c-1" / "order.json"
        async with asyncio.timeout(PATIENCE):
            while not order.exists():  # noqa: ASYNC110 - nothing tells us but the file
                await asyncio.sleep(0.05)
        bot.process.kill()
        await bot.process.wait()
    async with running(tmp_path, **how) as bot, bot.napcat() as napcat:
        napcat.groups[7] = "a group"
        async with asyncio.timeout(10 * PATIENCE):  # at the lowest priority: on a busy machine it takes long
            while not (told := next((call for call in napcat.calls if TOLD in call.text), None)):  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        assert told.target == ("group", 7)
        assert len(told.images) == 1  # before and after, side by side
        store = await Store.open(settings)
        (run,) = await store.runs.list(1)
        await store.close()
        assert (run.state, run.pictures) == ("done", 24)
        assert run.version is not None
        number = run.version.partition("@")[2]
        await napcat.group_message(f"/railgun 1 character:kumo@{number}", group_id=7)
        while not (drawn := await napcat.delivered()).images or TOLD in drawn.text:
            pass  # what was said of the training before
        assert len(drawn.images) == 1
        assert "Kumo" in drawn.text
