"""Tells Discord which commands there are, only when they have changed.

What was told is remembered as a digest in `STORAGE_DIR/discord-commands.json`, by application. Comparing with what
Discord itself says would take a request at every start and guessing, since it fills in fields of its own; the digest
takes neither. Whoever changes an application's commands by other means deletes the file.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

import discord
from discord import app_commands
from loguru import logger

from bot.surfaces.discord.tree import Texts, Tree

FILE = "discord-commands.json"


async def publish(tree: Tree, application_id: int, storage: Path) -> bool:
    """Register the tree's commands if need be; says whether it was. Raises `discord.DiscordException`."""
    texts = Texts()
    payload = [await command.get_translated_payload(tree, texts) for command in tree.get_commands()]
    digest = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
    known = await asyncio.to_thread(_read, storage / FILE)
    if known.get(str(application_id)) == digest:
        return False
    await tree.client.http.bulk_upsert_global_commands(application_id, payload=payload)
    logger.info("discord: {} commands registered; Discord may take a minute to show them", len(payload))
    try:
        await asyncio.to_thread(_write, storage / FILE, {**known, str(application_id): digest})
    except OSError as error:  # then they are registered again at the next start, which harms nobody
        logger.warning("discord: {} could not be written: {}", FILE, type(error).__name__)
    return True


async def keep_published(tree: Tree, application_id: int, storage: Path, *, first_delay: float) -> None:
    """As `publish`, again after a failure: after `first_delay` seconds, then more and more."""
    delay = first_delay
    while True:
        try:
            await publish(tree, application_id, storage)
            return
        except (discord.DiscordException, app_commands.AppCommandError, OSError, TimeoutError) as error:
            said = f" (HTTP {error.status}, code {error.code})" if isinstance(error, discord.HTTPException) else ""
            logger.error("discord: the commands were not registered: {}{}", type(error).__name__, said)
        await asyncio.sleep(delay)
        delay = min(delay * 4, 3600.0)


def _read(path: Path) -> Mapping[str, str]:
    try:
        known = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _write(path: Path, known: Mapping[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(json.dumps(known), "utf-8")
    os.replace(new, path)  # noqa: PTH105 - the atomic one, by its own name
