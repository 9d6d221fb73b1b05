"""Runs that somebody follows in the chat where they asked for them: nobody need be told there that they have begun.

Kept as leases, which all of the bot's processes know of and which run out by themselves.
"""

from __future__ import annotations

from bot.store import Store


async def begin(store: Store, run: int, seconds: float) -> None:
    """Who asked for a run sees how far it is for so long."""
    await store.leases.take(_name(run), seconds)


async def end(store: Store, run: int) -> None:
    """They see it no longer, though it is not over."""
    await store.leases.release(_name(run))


async def followed(store: Store, run: int) -> bool:
    return await store.leases.taken(_name(run))


def _name(run: int) -> str:
    return f"follow run {run}"
