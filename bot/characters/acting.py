"""Who does something to a character, and whether they may."""

from __future__ import annotations

from dataclasses import dataclass

from bot.command import Role, UserError
from bot.store.characters import Character
from bot.store.schema import EVERYBODY


@dataclass(frozen=True, slots=True)
class Actor:
    """A member in a chat, as it is at this moment: roles are read from the platform each time."""

    member: str  # `qq:10001`
    group: str | None  # `qq:30003`; None in private
    role: Role
    surface: str  # "qq", "discord", "web"

    @property
    def owner(self) -> str:
        """Whose characters are at home here: the group's, in private the member's."""
        return self.group or self.member


def sees(actor: Actor, character: Character) -> bool:
    """Whether a character is known here: one's own, or everybody's."""
    return character.owner in (actor.owner, EVERYBODY) or actor.role >= Role.SUPERUSER


def manages(actor: Actor, character: Character) -> bool:
    """Whether they decide about a character: a group's admins about the group's, everybody about their own in private,
    superusers about all."""
    if actor.role >= Role.SUPERUSER:
        return True
    return character.owner == actor.owner and (actor.group is None or actor.role >= Role.ADMIN)


def must_see(actor: Actor, character: Character) -> None:
    """Raises `UserError` where she is not known here; a hidden one is to nobody but who manages her."""
    if not sees(actor, character) or (character.hidden and not manages(actor, character)):
        raise UserError("character.not_here", name=character.model)


def must_manage(actor: Actor, character: Character) -> None:
    """Raises `UserError`. A character of another group is not even admitted to exist."""
    if not sees(actor, character):
        raise UserError("character.not_here", name=character.model)
    if not manages(actor, character):
        raise UserError("character.not_yours", name=character.name)
