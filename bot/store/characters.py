"""The characters that groups teach the bot, members in private, and superusers for everybody."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypedDict, Unpack, cast, get_args

from sqlalchemy import ColumnElement, Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.contribution import Gone
from bot.store.contributions import Contributions
from bot.store.database import Database
from bot.store.schema import EVERYBODY, CharacterRow, DefaultCharacterRow

Contributors = Literal["everybody", "admins", "nobody"]
CONTRIBUTORS: tuple[Contributors, ...] = get_args(Contributors)
"""Who may contribute pictures of a character."""

Review = Literal["always", "auto", "never"]
REVIEWS: tuple[Review, ...] = get_args(Review)
"""Which contributions wait for an admin: all; those that nothing has looked at, or that look odd; none."""


@dataclass(frozen=True, slots=True)
class Character:
    id: int
    owner: str  # a group `qq:30003`, whose she is in private: `qq:10001`, or EVERYBODY
    name: str
    aliases: tuple[str, ...]
    description: str
    licence: str  # what contributors are told of the rights in their pictures
    contributors: Contributors
    review: Review
    hidden: bool
    member: str  # who created her; "" where that was forgotten
    created: datetime  # UTC

    @property
    def model(self) -> str:
        """The name under which her models are stored: `c12`."""
        return model_name(self.id)

    @property
    def private(self) -> bool:
        """Whether she is a member's own, who made her in private."""
        return self.owner == self.member

    def is_called(self, name: str) -> bool:
        """By her name or an alias, in any case."""
        return name.casefold() in {one.casefold() for one in (self.name, *self.aliases)}


_MODEL = re.compile(r"c(\d{1,9})")


def model_name(character: int) -> str:
    """The name under which a character's versions are stored."""
    return f"c{character}"


def number_of(model: str) -> int | None:
    """Of a model's name the number of the character whose models are called so; None where it is no character's."""
    found = _MODEL.fullmatch(model)
    return None if found is None else int(found[1])


class CharacterChanges(TypedDict, total=False):
    name: str
    aliases: Sequence[str]
    description: str
    licence: str
    contributors: Contributors
    review: Review
    hidden: bool


class NameTaken(Exception):
    """The owner has a character who is called so; `name` is what she is called."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class CharactersFull(Exception):
    """There is no room for another one."""


class Characters:
    """Names and aliases are looked up in any case; those of one owner are all different."""

    def __init__(self, database: Database, contributions: Contributions) -> None:
        self._database = database
        self._contributions = contributions

    async def add(self, owner: str, *, member: str, most: int, **columns: Unpack[CharacterChanges]) -> Character:
        """Create one unless `owner` has `most` already; the first one is meant from now on where nobody is named.

        `columns` has her name. Raises `NameTaken`, `CharactersFull`.
        """
        row: dict[str, Any] = {**_DEFAULTS, **_columns(columns), "owner": owner, "member_id": member}
        row["created"] = datetime.now(UTC)
        async with self._database.write() as connection:
            await self._database.lock(connection, _lock(owner))
            others = await self._read(connection, CharacterRow.owner == owner)
            if len(others) >= most:
                raise CharactersFull
            _refuse_taken([row["name"], *row["aliases"]], others)
            insert = self._database.insert(CharacterRow).values(**row).returning(CharacterRow.id)
            id = (await connection.execute(insert)).scalar_one()
            if owner != EVERYBODY:
                first = self._database.insert(DefaultCharacterRow).values(owner=owner, character_id=id)
                await connection.execute(first.on_conflict_do_nothing())
            (made,) = await self._read(connection, CharacterRow.id == id)
        return made

    async def get(self, id: int) -> Character | None:
        async with self._database.read() as connection:
            found = await self._read(connection, CharacterRow.id == id)
        return found[0] if found else None

    async def list(self, *owners: str) -> list[Character]:
        """Of these owners, in the order of `owners` and, for each, in which they were created."""
        async with self._database.read() as connection:
            found = await self._read(connection, CharacterRow.owner.in_(owners))
        return sorted(found, key=lambda one: owners.index(one.owner))

    async def of_member(self, member: str) -> list[Character]:
        """Those that a member created, wherever."""
        async with self._database.read() as connection:
            return await self._read(connection, CharacterRow.member_id == member)

    async def all(self) -> list[Character]:
        """Everybody's, for the operator and for the jobs of the night."""
        async with self._database.read() as connection:
            return await self._read(connection)

    async def change(self, id: int, **changes: Unpack[CharacterChanges]) -> Character | None:
        """Change what is given and leave the rest; None where she is gone. Raises `NameTaken`."""
        async with self._database.write() as connection:
            found = await self._read(connection, CharacterRow.id == id)
            if not found:
                return None
            await self._database.lock(connection, _lock(found[0].owner))
            others = await self._read(connection, CharacterRow.owner == found[0].owner, CharacterRow.id != id)
            row = _columns(changes)
            _refuse_taken([*([row["name"]] if "name" in row else []), *row.get("aliases", ())], others)
            if row:
                await connection.execute(update(CharacterRow).where(CharacterRow.id == id).values(**row))
            changed = await self._read(connection, CharacterRow.id == id)
        return changed[0] if changed else None

    async def delete(self, id: int) -> Gone | None:
        """Let go of her and of all that was contributed; None where she was not there."""
        async with self._contributions.removing(character=id) as (connection, gone):
            if (await connection.execute(delete(CharacterRow).where(CharacterRow.id == id))).rowcount == 0:
                return None
        return gone

    async def forget(self, member: str) -> None:
        """Characters that they created elsewhere than in private stay, and are nobody's work."""
        async with self._database.write() as connection:
            await connection.execute(delete(DefaultCharacterRow).where(DefaultCharacterRow.owner == member))
            mine = CharacterRow.member_id == member
            await connection.execute(update(CharacterRow).where(mine).values(member_id=""))

    async def default(self, owner: str) -> Character | None:
        """Whom an owner means where nobody is named."""
        chosen = select(DefaultCharacterRow.character_id).where(DefaultCharacterRow.owner == owner)
        async with self._database.read() as connection:
            found = await self._read(connection, CharacterRow.id == chosen.scalar_subquery())
        return found[0] if found else None

    async def set_default(self, owner: str, id: int | None) -> None:
        """With None nobody is meant any more."""
        async with self._database.write() as connection:
            if id is None:
                await connection.execute(delete(DefaultCharacterRow).where(DefaultCharacterRow.owner == owner))
                return
            insert = self._database.insert(DefaultCharacterRow).values(owner=owner, character_id=id)
            await connection.execute(insert.on_conflict_do_update(index_elements=["owner"], set_={"character_id": id}))

    @staticmethod
    async def _read(connection: AsyncConnection, *which: ColumnElement[bool]) -> list[Character]:
        rows = (await connection.execute(select(CharacterRow.__table__).where(*which).order_by(CharacterRow.id))).all()
        return [_character(row) for row in rows]


_DEFAULTS: dict[str, Any] = {
    "aliases": [],
    "description": "",
    "licence": "",
    "contributors": "everybody",
    "review": "auto",
    "hidden": False,
}


def _columns(changes: CharacterChanges) -> dict[str, Any]:
    row: dict[str, Any] = {**changes}
    if "name" in changes:
        row["folded"] = changes["name"].casefold()
    if "aliases" in changes:
        row["aliases"] = list(changes["aliases"])
    return row


def _refuse_taken(names: Sequence[str], others: Sequence[Character]) -> None:
    for name in names:
        if any(other.is_called(name) for other in others):
            raise NameTaken(name)


def _lock(owner: str) -> str:
    return f"characters:{owner}"


def _character(row: Row[Any]) -> Character:
    return Character(
        row.id,
        row.owner,
        row.name,
        tuple(row.aliases),
        row.description,
        row.licence,
        cast(Contributors, row.contributors),
        cast(Review, row.review),
        row.hidden,
        row.member_id,
        row.created,
    )
