"""The pictures that members have saved."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, func, select

from bot.store.database import Database
from bot.store.schema import FavouriteRow, RecipeRow


@dataclass(frozen=True, slots=True)
class Favourite:
    picture: str  # the id of a recipe
    face: int | None  # from 1; None: the whole picture
    created: datetime  # UTC


class Favourites:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, member: str, picture: str, face: int | None = None) -> bool:
        """Save a picture or one face of it; False where it was saved already. `picture` is the id of a kept recipe."""
        insert = self._database.insert(FavouriteRow).values(
            member_id=member, picture=picture, face=face or 0, created=datetime.now(UTC)
        )
        async with self._database.write() as connection:
            result = await connection.execute(insert.on_conflict_do_nothing().returning(FavouriteRow.id))
            return result.scalar_one_or_none() is not None

    async def remove(self, member: str, picture: str, face: int | None = None) -> bool:
        """Let go of one; says whether it was there."""
        which = (FavouriteRow.member_id == member, FavouriteRow.picture == picture, FavouriteRow.face == (face or 0))
        async with self._database.write() as connection:
            return (await connection.execute(delete(FavouriteRow).where(*which))).rowcount > 0

    async def of_group(self, group: str, *, most: int) -> list[Favourite]:
        """The faces that anybody has saved of pictures which were drawn in a group, each once, newest first."""
        newest = func.max(FavouriteRow.id)
        query = (
            select(FavouriteRow.picture, FavouriteRow.face, func.max(FavouriteRow.created).label("created"))
            .join(RecipeRow, RecipeRow.id == FavouriteRow.picture)
            .where(RecipeRow.group_id == group)
            .group_by(FavouriteRow.picture, FavouriteRow.face)
            .order_by(newest.desc())
            .limit(most)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [Favourite(row.picture, row.face or None, row.created) for row in rows]

    async def anybodys(self, picture: str, face: int | None = None) -> bool:
        """Whether anybody has saved it."""
        query = select(FavouriteRow.id).where(FavouriteRow.picture == picture, FavouriteRow.face == (face or 0))
        async with self._database.read() as connection:
            return (await connection.execute(query.limit(1))).first() is not None

    async def count(self, member: str) -> int:
        query = select(func.count()).select_from(FavouriteRow).where(FavouriteRow.member_id == member)
        async with self._database.read() as connection:
            return (await connection.execute(query)).scalar_one()

    async def list(self, member: str, *, limit: int = 20, offset: int = 0) -> list[Favourite]:
        """A member's favourites, newest first."""
        query = (
            select(FavouriteRow.picture, FavouriteRow.face, FavouriteRow.created)
            .where(FavouriteRow.member_id == member)
            .order_by(FavouriteRow.id.desc())
            .limit(limit)
            .offset(offset)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [Favourite(picture, face or None, created) for picture, face, created in rows]
