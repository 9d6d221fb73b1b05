"""What a ban is, of a member and of a group alike."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Ban:
    """Kept out until a moment (UTC), or for good. `reason` is shown to who is banned; may be empty."""

    until: datetime | None = None
    reason: str = ""

    def holds(self, now: datetime) -> bool:
        return self.until is None or now < self.until


def ban_of(banned: bool, until: datetime | None, reason: str) -> Ban | None:
    """The ban in a row's columns."""
    return Ban(until, reason) if banned else None


def columns_of(ban: Ban | None) -> dict[str, Any]:
    """The columns of a row for a ban."""
    if ban is None:
        return {"banned": False, "banned_until": None, "ban_reason": ""}
    return {"banned": True, "banned_until": ban.until, "ban_reason": ban.reason}
