"""Who runs the bot: the only one to whom the operator's page opens."""

from dataclasses import dataclass

from starlette.requests import Request

from bot.characters.acting import Actor
from bot.command import Role
from bot.settings import Settings
from bot.surfaces.web.peers import same_origin
from bot.surfaces.web.visitors import Admission, Refused


@dataclass(frozen=True, slots=True)
class Operator:
    """A superuser at the page."""

    member: str  # `web:local`

    def actor(self, group: str | None = None) -> Actor:
        """Themselves, as if they spoke in `group`; None: in private."""
        return Actor(self.member, group, Role.SUPERUSER, "web")


class OperatorDoor:
    """Without a password: who sits at this machine. With one: those who gave it and whom SUPERUSERS names; whoever has
    the password of the chat page alone is one of its members, and decides about nothing here."""

    def __init__(self, settings: Settings, admission: Admission) -> None:
        self._settings = settings
        self._admission = admission

    def admit(self, request: Request) -> Operator:
        """Raises `Refused`, `LoginNeeded`."""
        visitor = self._admission.admit(request)
        if not visitor.runs_the_bot(self._settings):
            raise Refused("web.refused.operator", member=visitor.member)
        return Operator(visitor.member)

    def admit_change(self, request: Request) -> Operator:
        """As `admit`, of a page of our own only. Raises `Refused`, `LoginNeeded`."""
        operator = self.admit(request)
        if not same_origin(request):
            raise Refused("web.refused.origin")
        return operator
