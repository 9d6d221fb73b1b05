"""Plugins are tested in a whole bot."""

from pathlib import Path

import pytest

from data.labels import NAMES
from tests.bot.conftest import home
from tests.bot.house import house

__all__ = ["home"]


@pytest.fixture
async def obedient(tmp_path: Path):
    """A house whose model can be told what to draw."""
    async with house(tmp_path, labels=NAMES) as built:
        yield built
