"""Whether a member's pictures may be learnt from: asked once, in plain words, and taken back at any time."""

from __future__ import annotations

from bot.command import UserError
from bot.settings import Settings
from bot.store import Store
from bot.store.contribution import Gone

TEXT = 1
"""Version of the catalogue's text `consent.ask`. A text that says something else gets the next number, and everybody is
asked again."""


class ConsentMissing(UserError):
    """The member has not said yes yet: show `consent.ask`, and a button that calls `give`."""

    def __init__(self) -> None:
        super().__init__("consent.missing")


def check_surface(settings: Settings, surface: str) -> None:
    """Raises `UserError` where pictures of this platform may not be learnt from: Discord's developer policy forbids it
    unless the operator has Discord's permission, and says so by DISCORD_CONTRIBUTIONS."""
    if surface == "discord" and not settings.discord_contributions:
        raise UserError("contribute.not_on_discord")


async def given(store: Store, member: str) -> bool:
    """Whether a member has said yes to the text as it is now."""
    return await store.consents.holds(member, TEXT)


async def give(store: Store, member: str) -> bool:
    """A member says yes; False where they had already."""
    return await store.consents.give(member, TEXT)


async def withdraw(store: Store, member: str) -> tuple[bool, Gone]:
    """A member takes it back: their pictures go, and versions trained on them are left out from now on. Whether there
    was anything to take back, and what has gone."""
    held = await store.consents.withdraw(member)
    return held, await store.contributions.take_back(member)
