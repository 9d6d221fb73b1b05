from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bot.characters import given
from tests.bot.house import House, house
from tests.bot.store.conftest import settings, store  # noqa: F401 - on both databases


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    """A bot whose networks are toys that look at faces; it has no classifier of ratings."""
    async with house(tmp_path, models=given.FACTORY) as built:
        yield built


@pytest.fixture
async def rated(tmp_path: Path) -> AsyncIterator[House]:
    """One that has."""
    async with house(tmp_path, models=given.FACTORY, rater_onnx=tmp_path / "rater") as built:
        yield built
