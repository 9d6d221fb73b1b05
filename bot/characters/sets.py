"""What a run learns from: a character's accepted pictures as they are at one moment, in a folder of their own.

`<folder>/<sha256>.webp` each, and `<folder>/manifest.json`, which may stay when the pictures go.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, Self

from bot.store import Store
from bot.store.contribution import Contribution
from bot.store.files.folder import sync_folder
from data import durable

MANIFEST = "manifest.json"
FORMAT = 1
MOST_MANIFEST = 20_000_000  # bytes; 10,000 pictures take three million


class Learnt(Protocol):
    """What a set needs to know of a character."""

    @property
    def id(self) -> int: ...

    @property
    def model(self) -> str:
        """The name under which what is learnt is stored: `c12`."""
        ...


class DamagedSet(Exception):
    """A folder is no frozen set; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One picture of a set."""

    file: str  # in the folder
    sha256: str  # of what is in it
    contribution: int
    member: str  # `m3`: who gave it, told apart within this set and known nowhere else
    side: int
    sharpness: float
    score: float


_ENTRY = tuple(part.name for part in fields(Entry))


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in a frozen set."""

    character: int
    model: str  # the name under which what is learnt is stored: `c12`
    created: str  # UTC, ISO 8601
    pictures: tuple[Entry, ...]  # oldest first
    members: int  # who gave them
    missing: tuple[int, ...] = ()  # contributions whose files are gone: a damaged disk, a file that somebody deleted
    format: int = field(default=FORMAT, kw_only=True)

    @property
    def text(self) -> str:
        """As it lies in the folder: JSON, a line a picture."""
        rest = {name: getattr(self, name) for name in ("format", "character", "model", "created", "members", "missing")}
        lines = ",\n".join(json.dumps({name: getattr(one, name) for name in _ENTRY}) for one in self.pictures)
        return f'{json.dumps(rest)[:-1]}, "pictures": [\n{lines}\n]}}\n'

    @property
    def sha256(self) -> str:
        """Names the set: of `text`."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Of a folder, its pictures there or not. Raises `DamagedSet`, `OSError`."""
        path = folder / MANIFEST
        try:
            if path.stat().st_size > MOST_MANIFEST:
                raise ValueError
            value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            if value["format"] != FORMAT:
                raise ValueError
            entries = tuple(Entry(**entry) for entry in value.pop("pictures"))
            return cls(**{**value, "pictures": entries, "missing": tuple(value["missing"])})
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise DamagedSet(f"{path} is no manifest of a frozen set") from error


class Pictures:
    """What a character may be learnt from, as those who train it ask."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def accepted(self, character: int) -> frozenset[int]:
        """Ids of the contributions that are accepted now. Raises `bot.store.StoreUnavailable`."""
        return frozenset(await self._store.contributions.ids(character, "accepted"))

    async def freeze(self, character: Learnt, folder: Path) -> Manifest:
        """Put what is accepted now into `folder`, which must not be there: all of it or nothing.

        What is accepted, taken back or refused later changes nothing in it. Files are links where the store's are on
        the same disk, and are not to be written to. Raises `StorageFull`, `bot.store.StoreUnavailable`, `OSError`.
        """
        accepted = [one for one in await self._store.contributions.accepted(character.id) if one.file is not None]
        part = folder.with_name(f".{folder.name}.part")
        await asyncio.to_thread(_begin, part, folder)
        try:
            missing = {*await self._store.files.copy_out([str(one.file) for one in accepted], part)}
            manifest = _manifest(character, accepted, missing)
            await asyncio.to_thread(_end, part, folder, manifest)
        except BaseException:
            await asyncio.to_thread(shutil.rmtree, part, ignore_errors=True)
            raise
        return manifest


def _manifest(character: Learnt, accepted: Sequence[Contribution], missing: set[str]) -> Manifest:
    members: dict[str, str] = {}
    there = [one for one in accepted if one.file not in missing]
    entries = [
        Entry(
            str(one.file),
            one.sha256,
            one.id,
            members.setdefault(one.member, f"m{len(members) + 1}"),
            one.side,
            one.sharpness,
            one.score,
        )
        for one in there
    ]
    gone = tuple(one.id for one in accepted if one.file in missing)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Manifest(character.id, character.model, now, tuple(entries), len(members), gone)


def _begin(part: Path, folder: Path) -> None:
    if folder.exists():
        raise FileExistsError(f"{folder} is there already")
    shutil.rmtree(part, ignore_errors=True)  # of one that was killed
    part.mkdir(parents=True)


def _end(part: Path, folder: Path, manifest: Manifest) -> None:
    durable.write_text(part / MANIFEST, manifest.text)
    sync_folder(part)
    durable.move_folder(part, folder)
