"""What must not be lost. One small class a concern, all on one database and one place for files."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from bot.settings import Settings
from bot.store.characters import Characters
from bot.store.chosen_models import ChosenModels
from bot.store.claims import Claims
from bot.store.consents import Consents
from bot.store.contributions import Contributions
from bot.store.database import Database, url_of
from bot.store.encodings import Encodings
from bot.store.errors import StoreError, StoreUnavailable
from bot.store.favourites import Favourites
from bot.store.files import Files, StorageFull
from bot.store.files.opening import open_files
from bot.store.group_bans import GroupBans
from bot.store.groups import Groups
from bot.store.heads import Heads
from bot.store.leases import Leases
from bot.store.members import Members
from bot.store.migrate import migrate
from bot.store.recipes import Recipes
from bot.store.refused_hashes import RefusedHashes
from bot.store.runs import Runs
from bot.store.schedules import Schedules
from bot.store.sent import SentMessages
from bot.store.usage import Usage
from bot.store.versions import Versions, taint
from bot.store.votes import Votes
from bot.store.web import WebLog

__all__ = ["StorageFull", "Store", "StoreError", "StoreUnavailable"]


@dataclass(frozen=True, slots=True)
class Store:
    database: Database
    recipes: Recipes
    sent: SentMessages
    members: Members
    groups: Groups
    group_bans: GroupBans
    usage: Usage
    favourites: Favourites
    heads: Heads
    encodings: Encodings
    chosen_models: ChosenModels
    characters: Characters
    contributions: Contributions
    consents: Consents
    refused_hashes: RefusedHashes
    versions: Versions
    runs: Runs
    votes: Votes
    schedules: Schedules
    web: WebLog
    claims: Claims
    leases: Leases
    files: Files

    @classmethod
    async def open(
        cls,
        settings: Settings,
        *,
        exclusive: bool = False,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> Store:
        """Open the store, made or brought up to date as needed. Raises `StoreError`.

        `exclusive` is for the running bot: a second one on the same SQLite file is refused; what only looks or copies
        beside it is not. `clock` (seconds, monotonic) says how old a memory is; `now` (aware) is the machine's clock,
        used where no database has one for all.
        """
        folder = settings.storage_dir
        try:
            await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"STORAGE_DIR {folder} cannot be made or is no folder: {error.strerror}") from error
        database = Database(url_of(settings), now=now)
        try:
            if exclusive:
                await database.be_alone()
            await migrate(database)
            files = await open_files(settings)
        except BaseException as error:
            await database.close()
            if isinstance(error, (SQLAlchemyError, OSError, StoreUnavailable, StorageFull)):
                cause = getattr(error, "orig", None) or error
                raise StoreError(f"the database {database.name} cannot be used: {cause}") from error
            raise
        contributions = Contributions(database, files, taint)
        return cls(
            database,
            Recipes(database),
            SentMessages(database),
            Members(database, clock),
            Groups(database, clock),
            GroupBans(database, clock),
            Usage(database),
            Favourites(database),
            Heads(database, files),
            Encodings(database, files),
            ChosenModels(database, clock),
            Characters(database, contributions),
            contributions,
            Consents(database),
            RefusedHashes(database),
            Versions(database),
            Runs(database),
            Votes(database),
            Schedules(database),
            WebLog(database, files),
            Claims(database),
            Leases(database, clock),
            files,
        )

    async def close(self) -> None:
        """Let go of files and database; what was promised is safe already."""
        try:
            await self.files.close()
        finally:
            await self.database.close()
