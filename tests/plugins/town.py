"""A platform with groups, for what is said unasked and who is who."""

from __future__ import annotations

from collections.abc import Sequence

from bot.command import Reply, Role
from bot.surfaces.base import KnownGroup, SendFailed, Surface, SurfaceHealth


class Town(Surface):
    """Takes what it is told, but for groups that are `deaf`; knows who is an admin where."""

    def __init__(self, name: str, *groups: KnownGroup) -> None:
        self.name = name
        self.known = groups
        self.deaf: set[str] = set()
        self.admins: set[tuple[str, str]] = set()  # (group, member)
        self.told: list[tuple[str, Reply]] = []

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def health(self) -> SurfaceHealth:
        return SurfaceHealth("up")

    async def tell(self, chat: str, reply: Reply) -> str | None:
        if chat in self.deaf:
            raise SendFailed("muted")
        self.told.append((chat, reply))
        return str(len(self.told))

    async def groups(self) -> Sequence[KnownGroup]:
        return self.known

    async def role_of(self, group: str, member: str) -> Role | None:
        return Role.ADMIN if (group, member) in self.admins else Role.MEMBER

    def is_me(self, member: str) -> bool:
        return member == f"{self.name}:99999"
