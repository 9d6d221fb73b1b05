"""Recipes of pictures, and the short ids that name them."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from bot.store.database import Database
from bot.store.schema import RecipeRow

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base32, lower case: no i, l, o, u
SHORTEST, LONGEST = 4, 16  # characters of an id
TRIES = 4  # at one length; ids grow when about half of a length is taken
MAX_BODY_BYTES = 64 * 1024

_ALIASES = str.maketrans("oil", "011")


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that it takes to make a picture again: the same recipe on the same version gives the same picture."""

    id: str
    op: str  # what was done, such as "draw"
    model: str  # the resolved version, `waifu@starter`; empty where no network was needed
    body: dict[str, Any]
    member: str
    group: str | None
    parents: tuple[str, ...]  # ids of the pictures that it was made from
    created: datetime  # UTC


class Recipes:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, body: Mapping[str, Any], *, member: str, group: str | None, parents: Sequence[str] = ()
    ) -> Recipe:
        """Keep a recipe under a new id. Raises `ValueError` where `body` lacks "op" or "model", is not JSON, or is over
        64 KB as such."""
        kept = _checked(body)
        created = datetime.now(UTC)
        columns: dict[str, Any] = {
            "op": kept["op"],
            "model": kept["model"],
            "body": kept,
            "member_id": member,
            "group_id": group,
            "parents": list(parents),
            "created": created,
        }
        async with self._database.write() as connection:
            for attempt in range(TRIES * (LONGEST - SHORTEST + 1)):
                id = new_id(SHORTEST + attempt // TRIES)
                insert = self._database.insert(RecipeRow).values(id=id, **columns)
                result = await connection.execute(insert.on_conflict_do_nothing().returning(RecipeRow.id))
                if result.scalar_one_or_none() is not None:
                    return Recipe(id, kept["op"], kept["model"], kept, member, group, tuple(parents), created)
        raise RuntimeError("no id is free")  # 32¹⁶ pictures

    async def get(self, id: str) -> Recipe | None:
        """The recipe under an id as `normalise_id` gives it."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(RecipeRow.__table__).where(RecipeRow.id == id))).one_or_none()
        if row is None:
            return None
        return Recipe(row.id, row.op, row.model, row.body, row.member_id, row.group_id, tuple(row.parents), row.created)


def new_id(length: int) -> str:
    """A random id. Never digits alone: a bare number names a face of the picture that is replied to."""
    while True:
        id = "".join(secrets.choice(ALPHABET) for _ in range(length))
        if not id.isdecimal():
            return id


def normalise_id(text: str) -> str | None:
    """The id that somebody typed, `#` or not; upper case, o for 0, i and l for 1 are understood. None: it is no id."""
    text = text.removeprefix("#")
    if not (text.isascii() and SHORTEST <= len(text) <= LONGEST):
        return None
    id = text.lower().translate(_ALIASES)
    return id if all(c in ALPHABET for c in id) else None


def _checked(body: Mapping[str, Any]) -> dict[str, Any]:
    if not (isinstance(body.get("op"), str) and isinstance(body.get("model"), str)):
        raise ValueError('a recipe names its "op" and its "model"')
    try:
        text = json.dumps(dict(body), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"a recipe is JSON: {error}") from error
    if len(text) > MAX_BODY_BYTES:
        raise ValueError(f"a recipe of {len(text)} bytes is over {MAX_BODY_BYTES}")
    return json.loads(text)  # as it will be read again: no tuples, string keys, nothing shared with the caller
