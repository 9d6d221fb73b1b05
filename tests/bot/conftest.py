"""A house for the tests of this floor. Worker processes import the toys by their full names, hence the path."""

import sys
from pathlib import Path

import pytest

from tests.bot.house import house

_ROOT = str(Path(__file__).parents[2])
if _ROOT not in sys.path:
    sys.path.insert(0, _ROOT)


@pytest.fixture
async def home(tmp_path: Path):
    async with house(tmp_path) as built:
        yield built
