"""Where files go, as the settings say."""

from __future__ import annotations

import json
import re
from typing import Any

from bot.settings import Settings
from bot.store.errors import StoreError
from bot.store.files.base import Place
from bot.store.files.content import Files
from bot.store.files.folder import Folder

ADDRESS = re.compile(r"s3://[A-Za-z0-9._-]{3,63}(/[A-Za-z0-9._-]+)*/?")


async def open_files(settings: Settings) -> Files:
    """The bot's files: a folder in STORAGE_DIR, or what FILES_URL names. Raises `StoreError`."""
    place = await _place(settings)
    return Files(place, within=settings.storage_dir, cap_bytes=int(settings.storage_cap_gb * 1e9))


async def _place(settings: Settings) -> Place:
    url = settings.files_url
    if url is None:
        return Folder(settings.storage_dir / "files")
    if not ADDRESS.fullmatch(url):
        raise StoreError("FILES_URL is no address that is known here; an example is s3://bucket/nijigen")
    from bot.store.files.remote import Bucket  # here: who has a folder needs none of it

    bucket = Bucket(url, _options(settings))
    try:
        await bucket.check()
    except BaseException:
        await bucket.close()
        raise
    return bucket


def _options(settings: Settings) -> dict[str, Any]:
    secret = settings.files_options
    try:
        options = json.loads(secret.get_secret_value()) if secret else {}
    except ValueError:
        options = None  # and no word of what it says, which is a secret
    if not isinstance(options, dict):
        raise StoreError('FILES_OPTIONS must be a JSON object such as {"key": "...", "secret": "..."}')
    return options
