"""What some surfaces know of the members of their groups."""

from typing import Protocol, runtime_checkable

from bot.command import Role


@runtime_checkable
class KnowsMembers(Protocol):
    """A surface that can be asked about somebody who has said nothing just now. What it says is the platform's word of
    this moment; nothing of it is kept."""

    async def role_of(self, group: str, member: str) -> Role | None:
        """What a member (`qq:10001`) may do in a group (`qq:30003`); None: not in it, or the platform does not say.
        Never raises."""
        ...

    def is_me(self, member: str) -> bool:
        """Whether that is the bot itself."""
        ...
