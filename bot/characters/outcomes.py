"""What became of one picture that a member gave, and the words for it: each is a text of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from bot.command import UserError
from bot.store.contribution import Contribution, Obstacle, State
from data.pictures import Pixels
from data.pictures.types import Refusal
from data.portrait.requests import Flaw

Trouble = Literal["pool_busy", "pool_timeout", "pool_closed", "blind", "storage_full", "poison"]
"""What went wrong on the bot's side: too many wait, it took too long, it is stopping, it has no network that sees, no
room is left; and a picture that killed two workers."""

Other = Literal["no_face", "which_face", "no_such_face", "nsfw", "empty_zip", "left_out"]
"""The last two are of zips: nothing in it is a picture, and some of what is in it was left out."""

Fetching = Literal["not_allowed", "too_large", "too_slow", "gone", "unreachable", "busy", "withheld"]
"""Why a picture could not be fetched: `bot.door` says so of any command's."""

Reason = Refusal | Fetching | Flaw | Obstacle | Trouble | Other
"""Why a picture was refused."""

REASONS: tuple[str, ...] = tuple(
    reason for kind in (Refusal, Fetching, Flaw, Obstacle, Trouble, Other) for reason in get_args(kind)
)

Note = Literal["reviewed", "unrated", "doubtful", "unlike"]
"""Why a picture waits: all do here; nothing has looked whether it is fit for everybody; something that has is not sure;
it does not look like the others."""

NOTES: tuple[Note, ...] = get_args(Note)

ENDING: frozenset[str] = frozenset(
    {"character_gone", "no_consent", "full", "quota_day", "quota_share", "pool_closed", "storage_full"}
)
"""Reasons that hold for every other picture, too."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one picture."""

    state: State
    reason: str = ""  # one of REASONS where it was refused, of NOTES where it waits, "" where it was accepted
    values: Mapping[str, Any] = field(default_factory=dict)  # fields of the catalogue's text
    contribution: Contribution | None = None  # what it is now; of a copy the one that came first
    portrait: bytes | None = field(default=None, repr=False)  # the head, a lossless WebP; to be shown where `published`
    choices: tuple[Pixels, ...] = field(default=(), repr=False)  # of `which_face`: the faces, from left to right

    @property
    def key(self) -> str:
        """Of the catalogue's text: `contribute.refused.no_face`, `contribute.waiting.unrated`, `contribute.taken`."""
        return f"contribute.{self.state}.{self.reason}" if self.reason else "contribute.taken"

    @property
    def published(self) -> bool:
        """Whether others may be shown it: nobody has to look at it first."""
        return self.state == "accepted"

    @property
    def ends(self) -> bool:
        """Whether the rest of the batch would fare no better."""
        return self.reason in ENDING


def refused(reason: Reason, first: Contribution | None = None, **values: Any) -> Outcome:
    return Outcome("refused", reason, {**values, **({} if first is None else {"number": first.id})}, first)


def unfetched(error: UserError) -> Outcome:
    """Of a picture that could not be had, as `bot.door` says. Raises what is not of its saying."""
    reason = error.key.removeprefix("intake.")
    if reason not in get_args(Fetching):
        raise error
    return Outcome("refused", reason, error.values)
