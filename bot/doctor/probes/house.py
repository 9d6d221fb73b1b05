"""Imports the bot as `python -m bot` would, without starting it."""

from __future__ import annotations

from typing import Any

from bot.doctor.probes import answer, why


def look(asked: dict[str, Any]) -> dict[str, Any]:
    """`broken`: why the bot cannot be imported, or ""."""
    try:
        import bot.app  # noqa: F401 - everything that a start needs, but the networks
    except Exception as error:
        return {"broken": why(error)}
    return {"broken": ""}


if __name__ == "__main__":
    answer(look)
