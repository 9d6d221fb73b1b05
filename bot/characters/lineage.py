"""Versions of a character: which one draws, the way back, and which files are kept.

The database says which version is in use; the file `current` beside the versions says it to everything that looks a
model up by its name (`models.registry`), and follows the database.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from loguru import logger

from bot.characters.promotion import ENOUGH_VOTES, reasons_against
from bot.command import UserError
from bot.store.characters import model_name
from bot.store.versions import NoSuchVersion, Version
from bot.store.votes import NO_VOTES
from data import durable
from models.registry import CURRENT

if TYPE_CHECKING:
    from bot.store import Store

KEPT = 5  # versions of a character whose files stay, besides every one that was ever in use


class Character(Protocol):
    """What training needs to know of a character."""

    @property
    def id(self) -> int: ...

    @property
    def model(self) -> str:
        """The name under which her versions are stored: `c12`."""
        ...

    @property
    def owner(self) -> str:
        """Whose she is: a group's, `qq:30003`, or somebody's in private, or everybody's."""
        ...


class Lineage:
    """`models` is the folder of stored models."""

    def __init__(self, store: Store, models: Path) -> None:
        self._store = store
        self._models = models

    def folder(self, version: str) -> Path:
        """Of a version's files."""
        name, _, number = version.partition("@")
        return self._models / name / number

    async def in_use(self, character: Character) -> Version | None:
        """The version that draws her; None while there is none."""
        return await self._store.versions.in_use(character.id)

    async def adopt(
        self, character: Character, version: Version, files: Path, learnt: Iterable[int], held_out: Iterable[int]
    ) -> Version:
        """Keep a new version, whose files are in the folder `files`, and bring it into use where the gate lets it.

        It may be asked for again after a death at any moment of it. Raises OSError.
        """
        target = self.folder(version.id)
        if not await asyncio.to_thread(target.is_dir):
            await asyncio.to_thread(self._bring, files, target)
        before = await self._store.versions.in_use(character.id)
        newest = next(iter(await self._store.versions.list(character.id)), None)
        if newest is not None and newest.created >= version.created:  # the machine's clock was set back
            version = replace(version, created=newest.created + timedelta(seconds=1))
        votes = await self._store.votes.tallies([before.id] if before else [])
        reasons = reasons_against(version.numbers, *votes.values())
        if version.tainted:
            reasons = (*reasons, "tainted")
        judged = replace(version, reasons=reasons)
        kept = await self._store.versions.add(judged, [*learnt], [*held_out], promote=not reasons)
        await self.point(character)
        await self.prune(character)
        logger.info("{}: a new version, {}, is {} {}", character.model, kept.id, kept.state, ", ".join(kept.reasons))
        return kept

    async def promote(self, character: Character, id: str) -> Version | None:
        """Bring a version into use, whatever the gate says; gives the one before. Raises `UserError`."""
        found = await self._store.versions.get(id)
        if found is None or found.character != character.id:
            raise UserError("retrain.no_such_version", version=id)
        if found.tainted:
            raise UserError("retrain.tainted", version=id)
        if found.pruned or not await asyncio.to_thread(self.folder(id).is_dir):
            raise UserError("retrain.version_gone", version=id)
        try:
            before = await self._store.versions.promote(id, datetime.now(UTC))
        except NoSuchVersion:
            raise UserError("retrain.version_gone", version=id) from None
        await self.point(character)
        return before

    async def rollback(self, character: Character) -> Version | None:
        """Back to the version that was in use before the one that is now; gives it.

        None where there is none that may be: then nothing draws her, as before she was learnt. Raises `UserError`.
        """
        versions = await self._store.versions.list(character.id)
        used = next((one for one in versions if one.state == "promoted"), None)
        if used is None:
            raise UserError("retrain.none_in_use")
        earlier = [one for one in versions if one.was_used and one.created < used.created]
        for one in earlier:
            if not one.tainted and not one.pruned and await asyncio.to_thread(self.folder(one.id).is_dir):
                await self.promote(character, one.id)
                return one
        await self._store.versions.retire(used.id)
        await self.point(character)
        return None

    async def reconsider(self, character: Character, id: str) -> bool:
        """Ask the gate once more, now that members have voted on a candidate; says whether it came into use.

        Only the newest version can, and only over the one that it was compared with.
        """
        versions = await self._store.versions.list(character.id)
        new = versions[0] if versions and versions[0].id == id else None
        used = next((one for one in versions if one.state == "promoted"), None)
        if new is None or new.state != "candidate" or new.tainted or new.pruned:
            return False
        if new.numbers.get("against") != (used.id if used else new.parent):
            return False
        votes = await self._store.votes.tallies([new.id, *([used.id] if used else [])])
        if votes[new.id].count < ENOUGH_VOTES:
            return False
        if reasons := reasons_against(new.numbers, votes[used.id] if used else NO_VOTES, votes[new.id]):
            await self._store.versions.keep_back(id, reasons, new.numbers)
            return False
        await self.promote(character, id)
        return True

    async def prune(self, character: Character) -> Sequence[str]:
        """Remove the files of old versions that were never in use; gives their ids."""
        versions = await self._store.versions.list(character.id)
        old = [one.id for one in versions[KEPT:] if not one.was_used and not one.pruned]
        await self._store.versions.mark_pruned(old)
        for one in versions:
            if one.pruned or one.id in old:
                await asyncio.to_thread(shutil.rmtree, self.folder(one.id), ignore_errors=True)
        return old

    async def point(self, character: Character) -> None:
        """Have the file `current` say what the database says. Raises OSError."""
        used = await self._store.versions.in_use(character.id)
        number = used.id.partition("@")[2] if used else ""
        await asyncio.to_thread(_write, self._models / character.model / CURRENT, number)

    async def reconcile(self) -> None:
        """The same for all characters, of whose files a death has left one behind, or that come from a backup."""
        in_use = await self._store.versions.all_in_use()
        for used in in_use:
            name, _, number = used.id.partition("@")
            if await asyncio.to_thread(self.folder(used.id).is_dir):
                await asyncio.to_thread(_write, self._models / name / CURRENT, number)
        for unused in await self._store.versions.characters() - {used.character for used in in_use}:
            current = self._models / model_name(unused) / CURRENT
            if await asyncio.to_thread(current.is_file):
                await asyncio.to_thread(_write, current, "")

    async def forget(self, character: int) -> int:
        """Let go of all of a character's versions, rows and files; gives how many there were."""
        ids = await self._store.versions.forget(character)
        for model in {id.partition("@")[0] for id in ids}:
            await asyncio.to_thread(shutil.rmtree, self._models / model, ignore_errors=True)
        return len(ids)

    def _bring(self, files: Path, target: Path) -> None:
        current = target.parent / CURRENT
        if not current.exists():  # a candidate is not what her name means
            _write(current, "")
        for torn in target.parent.iterdir():
            if durable.is_torn(torn) and torn.is_dir():  # by a death; nobody else brings hers
                shutil.rmtree(torn, ignore_errors=True)
        with durable.replacing_folder(target) as fresh:
            for file in files.iterdir():
                if file.is_file():
                    shutil.copy2(file, fresh / file.name)


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text(encoding="utf-8").strip() != text:
        durable.write_text(path, f"{text}\n" if text else "")
