"""The tables. What changes here needs a revision in `migrations/versions/`; a test compares the two.

Only types that SQLite and PostgreSQL share.
"""

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, Double, ForeignKey, Index, MetaData, UniqueConstraint
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. SQLite stores no zone, so that what goes in must be aware, and what comes out is UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs its time zone: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    # Named constraints: a later revision can only change what it can name.
    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[str]: JSON,
        list[float]: JSON,
    }


class RecipeRow(Base):
    __tablename__ = "recipes"

    id: Mapped[str] = mapped_column(primary_key=True)
    op: Mapped[str]
    model: Mapped[str]
    body: Mapped[dict[str, Any]]
    member_id: Mapped[str]
    group_id: Mapped[str | None]
    parents: Mapped[list[str]]
    created: Mapped[datetime]


class SentRow(Base):
    __tablename__ = "sent"
    __table_args__ = (
        UniqueConstraint("surface", "chat", "message_id"),
        Index(None, "surface", "chat", "member_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    surface: Mapped[str]
    chat: Mapped[str]
    message_id: Mapped[str]
    picture: Mapped[str | None] = mapped_column(ForeignKey("recipes.id"), index=True)
    member_id: Mapped[str]
    created: Mapped[datetime]


class MemberRow(Base):
    __tablename__ = "members"

    id: Mapped[str] = mapped_column(primary_key=True)
    locale: Mapped[str | None]
    banned: Mapped[bool]
    banned_until: Mapped[datetime | None]  # None while banned: for good
    ban_reason: Mapped[str]


class GroupRow(Base):
    __tablename__ = "groups"

    id: Mapped[str] = mapped_column(primary_key=True)
    locale: Mapped[str | None]
    disabled: Mapped[list[str]]
    cooldown_seconds: Mapped[float | None] = mapped_column(Double)
    quota_per_day: Mapped[int | None]
    quiet: Mapped[str | None]  # hours without commands, in the bot's time zone: "23:00-07:00"
    banned: Mapped[bool]
    banned_until: Mapped[datetime | None]
    ban_reason: Mapped[str]


class GroupBanRow(Base):
    """A member whom a group's admins have banned there."""

    __tablename__ = "group_bans"

    group_id: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(primary_key=True, index=True)
    until: Mapped[datetime | None]  # None: for good
    reason: Mapped[str]


class UsageRow(Base):
    __tablename__ = "usage"

    member_id: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int]


class FavouriteRow(Base):
    __tablename__ = "favourites"
    __table_args__ = (UniqueConstraint("member_id", "picture", "face"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    member_id: Mapped[str]
    picture: Mapped[str] = mapped_column(ForeignKey("recipes.id"))
    face: Mapped[int]  # 0: the whole picture, since NULLs would not be unique
    created: Mapped[datetime]


class HeadRow(Base):
    """A head for `/conhead` that a group has of its own, or a member in private."""

    __tablename__ = "heads"
    # Numbers are never given twice: files are needed by number.
    __table_args__ = (UniqueConstraint("owner", "folded"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    owner: Mapped[str]  # `qq:30003`, or whose it is in private: `qq:10001`
    folded: Mapped[str]  # the name as it is looked up
    name: Mapped[str]
    file: Mapped[str]  # a key in the store's files
    place: Mapped[list[float]]
    member_id: Mapped[str] = mapped_column(index=True)
    created: Mapped[datetime]


class EncodingRow(Base):
    """What a face that was made of a member's own picture is drawn from, where they saved it."""

    __tablename__ = "encodings"
    # Numbers are never given twice: files are needed by number.
    __table_args__ = (UniqueConstraint("member_id", "picture", "face"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    member_id: Mapped[str]
    picture: Mapped[str] = mapped_column(ForeignKey("recipes.id"), index=True)
    face: Mapped[int]
    file: Mapped[str]  # a key in the store's files
    created: Mapped[datetime]


class ChosenModelRow(Base):
    """The model that a group draws with, or a member in private, where it is not the bot's own choice."""

    __tablename__ = "chosen_models"

    owner: Mapped[str] = mapped_column(primary_key=True)  # `qq:30003`, or whose choice it is in private: `qq:10001`
    use: Mapped[str] = mapped_column(primary_key=True)  # what for: "waifu", "railgun"
    model: Mapped[str]  # `moe`, `moe@20260131T101500-1a2b3c`


EVERYBODY = "*"  # in place of an owner: what holds in every group


class CharacterRow(Base):
    """Somebody whom a group teaches the bot: a name, and who may contribute pictures of her."""

    __tablename__ = "characters"
    # Numbers are never given twice: models are called by them, `c12`.
    __table_args__ = (UniqueConstraint("owner", "folded"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    owner: Mapped[str]  # `qq:30003`, whose she is in private: `qq:10001`, or EVERYBODY
    folded: Mapped[str]  # the name as it is looked up
    name: Mapped[str]
    aliases: Mapped[list[str]]
    description: Mapped[str]
    licence: Mapped[str]  # what contributors are told of the rights in their pictures
    contributors: Mapped[str]  # "everybody", "admins", "nobody"
    review: Mapped[str]  # "always", "auto", "never"
    hidden: Mapped[bool]
    member_id: Mapped[str] = mapped_column(index=True)  # who created her
    created: Mapped[datetime]


class DefaultCharacterRow(Base):
    """Whom a group means where it names nobody."""

    __tablename__ = "default_characters"

    owner: Mapped[str] = mapped_column(primary_key=True)
    character_id: Mapped[int] = mapped_column(ForeignKey("characters.id", ondelete="CASCADE"), index=True)


class ContributionRow(Base):
    """A head that a member gave to be learnt from. One that was refused has lost its picture."""

    __tablename__ = "contributions"
    # Numbers are never given twice: versions remember what they were trained on, files are needed by number.
    __table_args__ = (
        UniqueConstraint("character_id", "sha256"),
        Index(None, "character_id", "state", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    character_id: Mapped[int] = mapped_column(ForeignKey("characters.id"))
    member_id: Mapped[str] = mapped_column(index=True)
    batch: Mapped[str]  # pictures that were sent together share one
    origin: Mapped[str]  # the surface: "qq", "discord", "web"
    state: Mapped[str]  # "accepted", "waiting", "refused"
    note: Mapped[str]  # why it waits, or waited; "" for no reason
    file: Mapped[str | None]  # a key in the store's files
    sha256: Mapped[str]  # of the file
    phash: Mapped[bytes]  # 256 bits
    whole: Mapped[bytes]  # the same of the picture that the head was cut out of
    embedding: Mapped[bytes | None]  # float16 (128,), little-endian
    side: Mapped[int]  # px of the picture that the head took
    sharpness: Mapped[float] = mapped_column(Double)
    likeness: Mapped[float | None] = mapped_column(Double)  # to those accepted before, -1…1; None: there were too few
    nsfw: Mapped[float | None] = mapped_column(Double)  # 0…1; None: nothing has looked
    score: Mapped[float] = mapped_column(Double)  # 0…1
    created: Mapped[datetime]
    decided: Mapped[datetime | None]
    decided_by: Mapped[str | None]  # None: the bot


class ConsentRow(Base):
    """That a member said yes to being learnt from, to which text, and until when."""

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    member_id: Mapped[str] = mapped_column(index=True)
    version: Mapped[int]  # of the text
    given: Mapped[datetime]
    withdrawn: Mapped[datetime | None]


class RefusedHashRow(Base):
    """A picture that may not be contributed again, by what it looks like."""

    __tablename__ = "refused_hashes"
    __table_args__ = (UniqueConstraint("owner", "phash"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    owner: Mapped[str]  # where: as `characters.owner`
    phash: Mapped[bytes]  # 256 bits
    reason: Mapped[str]
    member_id: Mapped[str] = mapped_column(index=True)  # who said so
    created: Mapped[datetime]


class VersionRow(Base):
    """A model that a character's pictures have taught. Its files are in `STORAGE_DIR/models`."""

    __tablename__ = "versions"

    id: Mapped[str] = mapped_column(primary_key=True)  # `c12@20260131T101500-1a2b3c`
    character: Mapped[int] = mapped_column(index=True)
    parent: Mapped[str]  # the version that it began with, a starter's or another of hers
    run: Mapped[int | None]
    kimg: Mapped[float] = mapped_column(Double)
    data: Mapped[str]  # hash of the frozen set's manifest
    pictures: Mapped[int]  # in that set
    state: Mapped[str]  # "candidate", "promoted", "retired"; one a character is promoted at most
    reasons: Mapped[list[str]]  # why the gate has kept it a candidate
    numbers: Mapped[dict[str, Any]]
    tainted: Mapped[bool]  # it has learnt from what has been taken back since
    pruned: Mapped[bool]  # its files are gone
    created: Mapped[datetime]
    promoted: Mapped[datetime | None]  # when it last came into use


class VersionContributionRow(Base):
    """What a version has learnt from, and what was held out. What its parents learnt from is its own, too."""

    __tablename__ = "version_contributions"

    version: Mapped[str] = mapped_column(ForeignKey("versions.id"), primary_key=True)
    contribution: Mapped[int] = mapped_column(primary_key=True, index=True)
    held_out: Mapped[bool]


class RunRow(Base):
    """One training of a character, from the moment when it was asked for. Its folder is `STORAGE_DIR/runs/c-<id>`."""

    __tablename__ = "runs"
    # Numbers are never given twice: they name folders.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    character: Mapped[int] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(index=True)  # "queued", "running", "done", "failed", "stopped"
    member_id: Mapped[str | None]  # who asked for it; None: the schedule, or somebody who was forgotten
    group_id: Mapped[str | None]  # where
    minutes: Mapped[float] = mapped_column(Double)  # that it may learn for
    device: Mapped[str | None]
    base: Mapped[str | None]  # the version that it begins with
    data: Mapped[str | None]  # hash of the frozen set's manifest
    pictures: Mapped[int]  # in that set
    deaths: Mapped[int]  # how often its process has died
    progress: Mapped[dict[str, Any]]
    reason: Mapped[str]  # a word for why it ended early
    detail: Mapped[str]  # the same in a sentence, for who runs the bot
    version: Mapped[str | None]  # what came of it
    created: Mapped[datetime]
    began: Mapped[datetime | None]
    ended: Mapped[datetime | None]


class VoteRow(Base):
    """What a member thinks of a picture that a version drew."""

    __tablename__ = "votes"

    version: Mapped[str] = mapped_column(ForeignKey("versions.id"), primary_key=True)
    picture: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(primary_key=True, index=True)
    good: Mapped[bool]
    created: Mapped[datetime]


class ScheduleRow(Base):
    """When a character is trained, where it is not the default."""

    __tablename__ = "schedules"

    character: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    cron: Mapped[str]  # five fields
    timezone: Mapped[str | None]  # None: the bot's
    enabled: Mapped[bool]
    minutes: Mapped[float | None] = mapped_column(Double)  # None: the bot's
    least: Mapped[int | None]  # new pictures since the last run; None: the default


class WebLogRow(Base):
    __tablename__ = "web_log"
    # Numbers are never given twice: the page asks for "what came after 41".
    __table_args__ = (Index(None, "visitor", "seq"), {"sqlite_autoincrement": True})

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    visitor: Mapped[str]
    kind: Mapped[str]
    body: Mapped[dict[str, Any]]
    files: Mapped[list[str]]
    created: Mapped[datetime]


class FileUseRow(Base):
    """Who needs a file: `web:41`, `head:7`, `contribution:3`, `encoding:3`. A file that nobody needs is removed."""

    __tablename__ = "file_uses"

    key: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(primary_key=True, index=True)


class ClaimRow(Base):
    """A message that one of the bot's processes answers, so that another that heard it too does not."""

    __tablename__ = "claims"

    surface: Mapped[str] = mapped_column(primary_key=True)
    chat: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(primary_key=True)
    created: Mapped[datetime] = mapped_column(index=True)


class LeaseRow(Base):
    """Who of the bot's processes does a job, and until when nobody else may."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(primary_key=True)  # "clean-up"
    holder: Mapped[str]
    until: Mapped[datetime]
