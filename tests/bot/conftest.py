"""A house for the tests of this floor. Worker processes import the toys by their full names, hence the path."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.house import house
from tests.bot.postgres import NoServer, Server, serve
from tests.bot.store.files.s3 import Server as S3Server

_ROOT = str(Path(__file__).parents[2])
if _ROOT not in sys.path:
    sys.path.insert(0, _ROOT)


@pytest.fixture
async def home(tmp_path: Path):
    async with house(tmp_path) as built:
        yield built


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A real PostgreSQL, for as long as the tests run."""
    try:
        with serve() as server:
            yield server
    except NoServer as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """A real S3 server, for as long as the tests run."""
    pytest.importorskip("moto.server", reason="no S3 server is installed (pip install moto[server])")
    pytest.importorskip("s3fs", reason="s3fs is not installed")
    server = S3Server()
    yield server
    server.stop()
