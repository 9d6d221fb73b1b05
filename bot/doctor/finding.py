"""One line of the doctor's report, before it has a language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Sign(Enum):
    """How a finding stands, and what is printed in front of it."""

    GOOD = "✓"
    NOTE = "·"  # not in use, or not to be found out: nothing to mend
    WARN = "!"  # the bot runs, but its owner would want to know
    BAD = "✗"  # to be mended


@dataclass(frozen=True, slots=True)
class Phrase:
    """A piece of a sentence that comes from the catalogue too."""

    key: str  # below `doctor.`
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: the text `doctor.<check>.<what>`, and `doctor.<check>.<what>_do` where something is to do."""

    check: str
    sign: Sign
    what: str
    values: Mapping[str, Any] = field(default_factory=dict)  # for the texts' fields; a `Phrase` is looked up first


def good(check: str, what: str, **values: Any) -> Finding:
    return Finding(check, Sign.GOOD, what, values)


def note(check: str, what: str, **values: Any) -> Finding:
    return Finding(check, Sign.NOTE, what, values)


def warn(check: str, what: str, **values: Any) -> Finding:
    return Finding(check, Sign.WARN, what, values)


def bad(check: str, what: str, **values: Any) -> Finding:
    return Finding(check, Sign.BAD, what, values)
