"""A bot that learns a character from pictures which nobody had to send, and what it draws of her afterwards."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import Any

from PIL import Image

from bot.characters import retraining
from bot.characters.carrying_out import Command
from bot.characters.runs import Trainings
from bot.characters.sets import Pictures
from bot.command import Reply
from bot.store.characters import Character
from bot.store.runs import Run
from tests.bot.characters import tiny
from tests.bot.characters.given import ADMIN
from tests.bot.house import House
from tests.bot.store.contributed import draft, give

LEARNT = "@20260131T100001-000001"  # the first that the toy trainer makes


def teaching(home: House, tmp_path: Path, *, toy: bool = True, **options: Any) -> None:
    """Have the bot learn from a model that has learnt nothing."""
    services = home.services
    tiny.store_base(services.settings.storage_dir / "models")
    words = ("-m", "tests.bot.characters.toy_trainer") if toy else Command().words
    services.trainings = Trainings(
        services.settings, services.store, services.models, services.pool, services.store.characters.get,
        Pictures(services.store), Command(words, options, 0.2),
    )  # fmt: skip


async def contribute(home: House, her: Character, tmp_path: Path, count: int = 24) -> None:
    """Have pictures of her accepted."""
    for name in tiny.pictures(tmp_path / "pictures", count):
        content = io.BytesIO()
        Image.open(tmp_path / "pictures" / name).save(content, "WEBP", lossless=True)
        await give(home.services.store, draft(her, name, content=content.getvalue()))


async def learn(home: House, her: Character, **how: Any) -> str:
    """Have her learnt, until the models' folder says so, too; the version that comes of it."""
    over: asyncio.Queue[Run] = asyncio.Queue()
    end = home.services.trainings.listen(lambda run: None if run.under_way else over.put_nowait(run))
    await retraining.start(home.services, ADMIN, her, **how)
    run = await over.get()
    end()
    assert run.version is not None, run
    return run.version


async def drawn_by(home: House, reply: Reply) -> str:
    """The version that drew an answer's picture."""
    assert not reply.failed, reply.text
    recipe = await home.services.store.recipes.get(reply.pictures[0].id or "")
    assert recipe is not None
    return recipe.model
