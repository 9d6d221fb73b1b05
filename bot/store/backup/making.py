"""Makes a backup, while the bot runs or not."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

from bot.settings import Settings
from bot.store.backup.archive import FORMAT, MODEL, Manifest, Member, Progress, Refused, Sums, Table, Writer
from bot.store.backup.snapshot import Snapshot, snapshot
from bot.store.database import Database, url_of
from bot.store.files import Files
from bot.store.files.folder import sync_folder
from bot.store.files.opening import open_files

AHEAD = 8  # files that are fetched while one is written: each takes a while where they are elsewhere


async def backup(settings: Settings, target: Path, *, models: bool = True, progress: Progress) -> Manifest:
    """Copy database, files and models into `target`, which must not exist; ".gz" or ".tgz" compresses it.

    Rows are of one moment. A file that is removed after it, with its row, is named in the manifest's `missing`.
    Nothing is at `target` until everything is. Raises `Refused`, `StoreError`, `StoreUnavailable`, `OSError`.
    """
    if await asyncio.to_thread(os.path.lexists, target):
        raise Refused(f"{target} exists already; name a new file")
    url = url_of(settings)
    if url.get_backend_name() == "sqlite" and not await asyncio.to_thread(Path(url.database or "").is_file):
        raise Refused(f"there is nothing to back up: {url.database} is not there")
    database, files = Database(url), await open_files(settings)
    try:
        async with snapshot(database, target.parent, progress) as rows, _new(target) as file:
            return await _write(
                rows, files, settings.storage_dir / "models" if models else None, target, file, progress
            )
    finally:
        await files.close()
        await database.close()


async def _write(
    rows: Snapshot, files: Files, models: Path | None, target: Path, file: BinaryIO, progress: Progress
) -> Manifest:
    created = datetime.now(UTC).replace(microsecond=0)
    writer = Writer(file, target.suffix in (".gz", ".tgz"), created)
    tables = {}
    for spool in rows.tables:
        await asyncio.to_thread(spool.file.seek, 0)
        member = await asyncio.to_thread(writer.add, f"tables/{spool.table}.jsonl", spool.file, spool.bytes)
        tables[spool.table] = Table(bytes=member.bytes, sha256=member.sha256, rows=spool.rows)
    sums, missing = Sums(), []
    async with aclosing(_fetched(files, rows.keys)) as fetched:
        async for done, key, content in fetched:
            if content is None or hashlib.sha256(content).hexdigest() != key.partition(".")[0]:
                missing.append(key)
            else:
                await asyncio.to_thread(writer.add_bytes, f"files/{key}", content)
                sums.add(key, len(content))
            progress("files", done, len(rows.keys))
    manifest = Manifest(
        format=FORMAT,
        program=_program(),
        revision=rows.revision,
        created=created,
        tables=tables,
        sequences=rows.sequences,
        files=sums.result(),
        missing=missing,
        models=None if models is None else await asyncio.to_thread(_add_models, writer, models, progress),
    )
    await asyncio.to_thread(writer.close, manifest)
    return manifest


@asynccontextmanager
async def _new(target: Path) -> AsyncIterator[BinaryIO]:
    """A file that nobody else may read, and that is at `target` when the block has ended well."""

    def begin() -> tuple[int, Path]:
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}.", suffix=".part")
        return descriptor, Path(name)

    def end(file: BinaryIO, part: Path) -> None:
        file.flush()
        os.fsync(file.fileno())
        file.close()  # Windows renames nothing that is open
        part.replace(target)
        sync_folder(target.parent)

    descriptor, part = await asyncio.to_thread(begin)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            await asyncio.to_thread(end, file, part)
    except BaseException:
        await asyncio.to_thread(part.unlink, missing_ok=True)
        raise


async def _fetched(files: Files, keys: list[str]) -> AsyncGenerator[tuple[int, str, bytes | None]]:
    """How many there were, key and content of each, in order."""
    ahead: deque[tuple[str, asyncio.Task[bytes | None]]] = deque()
    upcoming = iter(keys)

    def begin(count: int) -> None:
        ahead.extend((key, asyncio.create_task(files.get(key))) for key in islice(upcoming, count))

    begin(AHEAD)
    done = 0
    try:
        while ahead:
            key, task = ahead[0]
            content = await task
            ahead.popleft()
            begin(1)
            done += 1
            yield done, key, content
    finally:
        for _, task in ahead:
            task.cancel()


def _add_models(writer: Writer, folder: Path, progress: Progress) -> dict[str, Member]:
    added: dict[str, Member] = {}
    for path in _plain_files(folder):
        name = path.relative_to(folder).as_posix()
        if not MODEL.fullmatch(f"models/{name}"):
            continue
        try:
            with path.open("rb") as file:
                added[name] = writer.add(f"models/{name}", cast(BinaryIO, file), os.fstat(file.fileno()).st_size)
        except FileNotFoundError:  # removed since
            continue
        progress("files of models", len(added), None)
    return added


def _plain_files(folder: Path) -> Iterator[Path]:
    """No links, and nothing that hides: that is somebody's work under way."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(parent, name)
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                yield path


def _program() -> str:
    try:
        return f"nijigen {version('nijigen')}"
    except PackageNotFoundError:  # run from a checkout that nobody installed
        return "nijigen"
