"""Puts a backup back: all of it or nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator, Sequence
from contextlib import AsyncExitStack, closing
from pathlib import Path
from typing import Any, TypeVar

from loguru import logger
from sqlalchemy import Connection, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.settings import Settings
from bot.store.backup.archive import FILE, Damaged, Manifest, Progress, Refused
from bot.store.backup.loading import first_in_use, held, load
from bot.store.backup.models import Models
from bot.store.backup.reading import Archive
from bot.store.database import Database, url_of
from bot.store.errors import StoreUnavailable
from bot.store.files import Files
from bot.store.files.opening import open_files

AT_ONCE = 8  # files that are written: each takes a while, where they are elsewhere or each is fsynced

T = TypeVar("T")


async def restore(settings: Settings, source: Path, *, replace: bool = False, progress: Progress) -> Manifest:
    """Fill an empty store from a backup, whatever database and place for files the settings name.

    With `replace` the backup takes the place of everything that is there; models stay where it holds none. The archive
    is checked from end to end before anything is touched, and where anything fails later, all is as it was. Raises
    `Refused`, `StoreError`, `StoreUnavailable`, `StorageFull`, `OSError`.
    """
    archive = Archive(source)
    manifest = await asyncio.to_thread(archive.check, int(settings.storage_cap_gb * 1e9), progress)
    await asyncio.to_thread(settings.storage_dir.mkdir, parents=True, exist_ok=True)
    database = Database(url_of(settings))
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        await database.be_alone()
        files = await open_files(settings)
        stack.push_async_callback(files.close)
        models = Models(settings.storage_dir / "models", manifest)
        async with database.read() as connection:
            await _refuse_company(database, connection)
            if not replace:
                await _refuse_rows(database, connection)
                await asyncio.to_thread(models.check)
        added: list[str] = []
        try:
            await _add_files(archive, manifest, files, added, progress)
            await _to_its_end(asyncio.to_thread(models.unpack, archive, progress))
            async with database.upgrade() as connection:
                if not replace:
                    await _refuse_rows(database, connection)
                old = await connection.run_sync(_keys)
                await load(connection, archive, manifest, progress)
                new = await connection.run_sync(_keys)
                await _to_its_end(asyncio.to_thread(models.swap))
        except BaseException:
            await _to_its_end(_undo(models, files, added))
            raise
        await asyncio.to_thread(models.tidy)
        await _remove(files, sorted(old - new))
    return manifest


async def _refuse_company(database: Database, connection: AsyncConnection) -> None:
    """On SQLite, `be_alone` does."""
    if not database.shared:
        return
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user "
        "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    if (await connection.execute(others)).scalar_one():
        raise Refused(f"somebody is connected to {database.name}, the bot most likely: stop it first")


async def _refuse_rows(database: Database, connection: AsyncConnection) -> None:
    used = await connection.run_sync(lambda sync: first_in_use(sync, held(sync)))
    if used is not None:
        raise Refused(
            f"the database {database.name} is not empty (there are {used}); --replace puts the backup in the place of "
            "everything that is there"
        )


def _keys(connection: Connection) -> set[str]:
    """Of the files that rows need."""
    uses = [table for table in held(connection) if table.name == "file_uses"]
    return set(connection.execute(select(uses[0].c.key)).scalars()) if uses else set()


async def _add_files(archive: Archive, manifest: Manifest, files: Files, added: list[str], progress: Progress) -> None:
    """`added` is told of each that was not there before."""
    done = 0

    async def add(key: str, content: bytes) -> None:
        nonlocal done
        if not await files.has(key):
            added.append(key)  # first: what is half done is undone too
            if await files.put(content, key[key.index(".") :]) != key:
                raise Damaged("the backup was changed while it was read")
        done += 1
        progress("files", done, manifest.files.count)

    with closing(_files_in(archive)) as contents:
        pending: set[asyncio.Task[None]] = set()
        try:
            while one := await _to_its_end(asyncio.to_thread(next, contents, None)):
                pending.add(asyncio.create_task(add(*one)))
                if len(pending) == AT_ONCE:
                    finished, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                    for task in finished:
                        task.result()
            for task in pending:
                await asyncio.shield(task)
        finally:
            # Not cancelled: a thread goes on writing, and what it writes would come after the undoing.
            await _to_its_end(_ended(pending))


def _files_in(archive: Archive) -> Generator[tuple[str, bytes]]:
    for name, _, content in archive.members():
        if match := FILE.fullmatch(name):
            yield match[1], content.whole()


async def _ended(tasks: set[asyncio.Task[None]]) -> None:
    await asyncio.gather(*tasks, return_exceptions=True)


async def _to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """Also where who waits for it is cancelled, who is so when it has ended: what it does is to be undone then."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise


async def _undo(models: Models, files: Files, added: list[str]) -> None:
    await asyncio.to_thread(models.undo)
    await _remove(files, added)


async def _remove(files: Files, keys: Sequence[str]) -> None:
    """What stays is in nobody's way, and no reason to say that all has failed."""
    try:
        for key in keys:
            await files.remove(key)
    except (StoreUnavailable, OSError) as error:
        logger.warning("some pictures that nobody needs could not be removed: {}", error)
