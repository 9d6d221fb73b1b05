"""Who is let in, and as whom."""

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from bot.command import Role
from bot.settings import Settings
from bot.surfaces.web.peers import asks_for_loopback, forwarded, from_loopback, network_of
from bot.surfaces.web.sessions import COOKIE, Sessions, installation_secret


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at the page; all their tabs are one conversation."""

    id: str
    role: Role

    @property
    def member(self) -> str:
        return f"web:{self.id}"

    @property
    def chat(self) -> str:
        return f"web:@{self.id}"

    def runs_the_bot(self, settings: Settings) -> bool:
        """Whether the operator's page is theirs."""
        return self.role >= Role.SUPERUSER or self.member in settings.superusers


LOCAL = Visitor("local", Role.SUPERUSER)
"""Who sits at the machine itself, where no password is set: they could change the settings just as well."""


class Refused(Exception):
    """Not let in; `key` is the catalogue's sentence that says why, `values` its fields."""

    def __init__(self, key: str, status: int = 403, **values: str) -> None:
        super().__init__(key)
        self.key = key
        self.status = status
        self.values = values


class LoginNeeded(Refused):
    """The password would open the door."""

    def __init__(self) -> None:
        super().__init__("web.refused.login", 401)


class Admission:
    """With a password: whoever gave it, each as a member of their own. Without: this machine only, as a superuser."""

    def __init__(self, settings: Settings) -> None:
        password = settings.web_password
        self.sessions: Sessions | None = None
        if password is not None:
            self.sessions = Sessions(password.get_secret_value(), installation_secret(settings.storage_dir))

    def admit(self, connection: HTTPConnection) -> Visitor:
        """The visitor behind a connection. Raises `Refused`, `LoginNeeded`."""
        if self.sessions is not None:
            visitor = self.sessions.visitor(connection.cookies.get(COOKIE))
            if visitor is None:
                raise LoginNeeded
            return Visitor(visitor, Role.MEMBER)  # SUPERUSERS can name them: the gate looks there
        if forwarded(connection):
            raise Refused("web.refused.proxy")
        if not from_loopback(connection):
            raise Refused("web.refused.remote")
        if not asks_for_loopback(connection):
            raise Refused("web.refused.host")
        return LOCAL

    def admit_machine(self, connection: HTTPConnection) -> None:
        """Let in what a person is not needed for (`/metrics`): as `admit`, or by `Authorization: Bearer <password>`.
        Raises `Refused`."""
        scheme, _, given = connection.headers.get("authorization", "").partition(" ")
        if self.sessions is None or scheme.lower() != "bearer":
            self.admit(connection)
            return
        network = network_of(connection)
        if self.sessions.wait(network) > 0:
            raise Refused("web.login.slower", 429)
        if not self.sessions.is_password(given.strip(), network):
            raise Refused("web.login.wrong", 401)
