"""What is asked for of somebody who is otherwise drawn by chance: read before, and put in place at the end."""

from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import Any, TypeVar

from data.drawn.plain import Plain

P = TypeVar("P", bound=Plain)


def check(kind: type[Plain], fixed: Mapping[str, Any], families: Mapping[str, Collection[str]]) -> None:
    """Raise TypeError for a name that is no parameter of `kind`, and ValueError where `families` lacks the value."""
    if strangers := sorted(fixed.keys() - {field.name for field in fields(kind)}):  # type: ignore[arg-type]
        raise TypeError(f"no such parameter: {', '.join(strangers)}")
    for name, known in families.items():
        if name in fixed and fixed[name] not in known:
            raise ValueError(f"{name} is one of {', '.join(known)}")


def settled(kind: type[P], drawn: Mapping[str, Any], fixed: Mapping[str, Any]) -> P:
    """The parameters: what was drawn, rounded so that it survives any text form, and what is fixed as it was given."""
    rounded = {name: round(value, 4) if isinstance(value, float) else value for name, value in drawn.items()}
    return kind(**{**rounded, **fixed})
