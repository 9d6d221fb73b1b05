"""The places where files can be: whatever takes `place` runs once on each."""

import json
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.store.files import Folder, Place
from tests.bot.store.files.s3 import Server

PLACES = ("folder", "s3")


@pytest.fixture(params=PLACES)
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    """An empty one."""
    if request.param == "folder":
        yield Folder(tmp_path / "files")
        return
    from bot.store.files.remote import Bucket

    server: Server = request.getfixturevalue("s3")
    bucket = Bucket(f"s3://{server.bucket()}/prefix", server.options)
    yield bucket
    await bucket.close()


def settings_of(folder: Path, url: str, options: object, **changes: object) -> Settings:
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        storage_dir=folder,
        database_url=None,
        files_url=url,
        files_options=options if isinstance(options, str) else json.dumps(options),
        **changes,  # type: ignore[arg-type]
    )


def unheard_of() -> str:
    """The address of a bucket that nobody has made."""
    return f"s3://nobody-{uuid.uuid4().hex}"
