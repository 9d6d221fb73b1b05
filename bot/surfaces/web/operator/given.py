"""What the page sends with a change, field by field."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeVar

from bot.command import UserError

MOST_IDS = 5000  # who holds a key down decides about thirty in a second
LONGEST = 2000  # characters of a field; what a field may really have is for whoever takes it to say
LARGEST = 2**53  # of what is a whole number to a browser

_Word = TypeVar("_Word", bound=str)


class Given:
    """The fields of one change. Every method raises `UserError` where a field is missing or of another kind."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = fields

    def __contains__(self, name: str) -> bool:
        return self._fields.get(name) is not None

    def text(self, name: str) -> str:
        value = self._fields.get(name)
        if not isinstance(value, str) or len(value) > LONGEST or "\0" in value:  # which PostgreSQL keeps in no text
            raise UserError("operator.odd", field=name)
        return value

    def word(self, name: str, words: tuple[_Word, ...]) -> _Word:
        """One of these."""
        value = self.text(name)
        found = next((word for word in words if word == value), None)
        if found is None:
            raise UserError("operator.odd", field=name)
        return found

    def words(self, name: str) -> list[str]:
        """What stands between commas, Chinese ones too."""
        return [one.strip() for one in self.text(name).replace("，", ",").replace("、", ",").split(",") if one.strip()]

    def number(self, name: str) -> float:
        value = self._fields.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise UserError("operator.odd", field=name)
        return float(value)

    def whole(self, name: str) -> int:
        value = self._fields.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < LARGEST:
            raise UserError("operator.odd", field=name)
        return value

    def flag(self, name: str) -> bool:
        value = self._fields.get(name)
        if not isinstance(value, bool):
            raise UserError("operator.odd", field=name)
        return value

    def ids(self, name: str) -> list[int]:
        """Each once, in the order of the first."""
        value = self._fields.get(name)
        if not isinstance(value, list) or not 0 < len(value) <= MOST_IDS:
            raise UserError("operator.odd", field=name)
        return list(dict.fromkeys(Given({name: one}).whole(name) for one in value))
