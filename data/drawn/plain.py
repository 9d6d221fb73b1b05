"""Frozen values that go to JSON's own types and back."""

from dataclasses import asdict, fields
from typing import Any, Self


class Plain:
    """For a dataclass of numbers, words and tuples of them."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Every field by name, in JSON's own types."""
        values = asdict(self)  # type: ignore[call-overload]
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """The inverse of `to_dict`; what is missing takes its default, a name that is unknown raises ValueError."""
        known = {field.name for field in fields(cls)}  # type: ignore[arg-type]
        if strangers := sorted(values.keys() - known):
            raise ValueError(f"no such parameter: {', '.join(strangers)}")
        return cls(**{name: tuple(v) if isinstance(v, list) else v for name, v in values.items()})
