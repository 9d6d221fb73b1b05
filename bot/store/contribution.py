"""One picture that a member gave, for a character to be learnt from: before it is kept, kept, and gone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, cast, get_args

import numpy as np
from sqlalchemy import Row

State = Literal["accepted", "waiting", "refused"]
STATES: tuple[State, ...] = get_args(State)

Obstacle = Literal[
    "character_gone", "no_consent", "banned_picture", "duplicate", "refused_before", "full", "quota_day", "quota_share"
]
"""Why a picture was not kept."""

DIMENSIONS = 128  # of an embedding


@dataclass(frozen=True, slots=True)
class Contribution:
    id: int
    character: int
    member: str
    batch: str  # pictures that were sent together share one
    origin: str  # the surface: "qq", "discord", "web"
    state: State
    note: str  # why it waits, or waited; "" for no reason
    file: str | None  # key of a lossless WebP in the store's files; None where it was refused
    sha256: str  # of the file
    phash: bytes = field(repr=False)  # 256 bits, as `data.hashes` compares them
    whole: bytes = field(repr=False)  # the same of the picture that the head was cut out of
    embedding: bytes | None = field(repr=False)  # float16 (128,) of unit length, little-endian
    side: int  # px of the picture that the head took
    sharpness: float
    likeness: float | None  # to those accepted before, -1…1; None: there were too few
    nsfw: float | None  # 0…1; None: nothing has looked
    score: float  # 0…1
    created: datetime  # UTC
    decided: datetime | None  # UTC
    decided_by: str | None  # None: the bot, or nobody yet; "" where that was forgotten


@dataclass(frozen=True, slots=True)
class Draft:
    """A contribution that is not kept yet; fields as in `Contribution`."""

    character: int
    member: str
    batch: str
    origin: str
    state: State
    note: str
    content: bytes = field(repr=False)  # a lossless WebP
    phash: bytes = field(repr=False)
    whole: bytes = field(repr=False)
    turned: tuple[bytes, ...] = field(repr=False)  # the hashes of the mirror images of both
    embedding: bytes = field(repr=False)
    side: int
    sharpness: float
    likeness: float | None
    nsfw: float | None
    score: float

    def row(self, key: str) -> dict[str, Any]:
        """The columns of one whose file has this key."""
        return {
            "character_id": self.character,
            "member_id": self.member,
            "batch": self.batch,
            "origin": self.origin,
            "state": self.state,
            "note": self.note,
            "file": key,
            "sha256": key.partition(".")[0],
            "phash": self.phash,
            "whole": self.whole,
            "embedding": self.embedding,
            "side": self.side,
            "sharpness": self.sharpness,
            "likeness": self.likeness,
            "nsfw": self.nsfw,
            "score": self.score,
            "created": datetime.now(UTC),
            "decided": None,
            "decided_by": None,
        }


@dataclass(frozen=True, slots=True)
class Limits:
    """What one more picture may not go beyond."""

    day_began: datetime  # aware
    per_day: int  # pictures of a member since then, of all characters
    consent: int  # version of the text that the member must have agreed to
    share: float = 0.3  # of a character's pictures that may be one member's, once
    sharing: int = 4  # so many have contributed; and
    free: int = 4  # pictures that everybody may have all the same: of few pictures each one is a large share
    most: int = 10_000  # of a character


class NotKept(Exception):
    """A picture was not kept; nothing has changed. `first` is the one that it is a copy of."""

    def __init__(self, reason: Obstacle, first: Contribution | None = None, **values: Any) -> None:
        super().__init__(reason)
        self.reason: Obstacle = reason
        self.first = first
        self.values = values


@dataclass(frozen=True, slots=True)
class Gone:
    """What has been let go of: how many pictures, and how many versions of models were trained on any of them."""

    pictures: int = 0
    versions: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    accepted: int = 0
    waiting: int = 0
    refused: int = 0
    contributors: int = 0  # of those that were accepted or wait


@dataclass(frozen=True, slots=True)
class Known:
    """What a character's pictures look like, but for those that were refused, by their ids; arrays of N."""

    ids: np.ndarray  # int64
    accepted: np.ndarray  # bool
    hashes: np.ndarray  # uint64 (N, 4)
    embeddings: np.ndarray  # float16 (N, 128)

    @property
    def last(self) -> int:
        """The newest id; 0 where there is none."""
        return int(self.ids[-1]) if len(self.ids) else 0

    def __add__(self, newer: Known) -> Known:
        """These, and those that came after them."""
        return Known(
            np.concatenate([self.ids, newer.ids]),
            np.concatenate([self.accepted, newer.accepted]),
            np.concatenate([self.hashes, newer.hashes]),
            np.concatenate([self.embeddings, newer.embeddings]),
        )


def contribution_of(row: Row[Any]) -> Contribution:
    """Of a row with all columns."""
    return Contribution(
        row.id,
        row.character_id,
        row.member_id,
        row.batch,
        row.origin,
        cast(State, row.state),
        row.note,
        row.file,
        row.sha256,
        row.phash,
        row.whole,
        row.embedding,
        row.side,
        row.sharpness,
        row.likeness,
        row.nsfw,
        row.score,
        row.created,
        row.decided,
        row.decided_by,
    )
