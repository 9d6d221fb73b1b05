"""Who is let in, and as whom."""

from pathlib import Path
from typing import Any

import pytest

from bot.command import Role
from bot.settings import Settings
from bot.surfaces.web.sessions import COOKIE
from bot.surfaces.web.visitors import LOCAL, Admission, LoginNeeded, Refused
from tests.bot.surfaces.web.test_peers import connection


def admission(tmp_path: Path, **given: Any) -> Admission:
    return Admission(Settings(_env_file=None, storage_dir=tmp_path, **given))  # type: ignore[call-arg]


def test_without_a_password_who_sits_at_the_machine_is_a_superuser(tmp_path: Path) -> None:
    visitor = admission(tmp_path).admit(connection(host="localhost:8080"))
    assert visitor == LOCAL
    assert (visitor.member, visitor.chat, visitor.role) == ("web:local", "web:@local", Role.SUPERUSER)


@pytest.mark.parametrize(
    ("client", "headers", "key"),
    [
        ("192.168.1.5", {"host": "localhost"}, "web.refused.remote"),
        ("127.0.0.1", {"host": "rebound.evil.example"}, "web.refused.host"),
        ("127.0.0.1", {"host": "localhost", "x_forwarded_for": "127.0.0.1"}, "web.refused.proxy"),
        ("127.0.0.1", {"host": "localhost", "forwarded": "for=127.0.0.1"}, "web.refused.proxy"),
    ],
)
def test_without_a_password_nobody_else_gets_in(tmp_path: Path, client: str, headers: dict[str, str], key: str) -> None:
    with pytest.raises(Refused) as refused:
        admission(tmp_path).admit(connection(client, **headers))
    assert refused.value.key == key


def test_with_a_password_even_the_machine_itself_must_give_it(tmp_path: Path) -> None:
    with pytest.raises(LoginNeeded):
        admission(tmp_path, web_password="sesame").admit(connection(host="localhost"))


def test_with_a_password_everybody_is_a_member_of_their_own(tmp_path: Path) -> None:
    door = admission(tmp_path, web_password="sesame")
    assert door.sessions is not None
    cookies = [f"{COOKIE}={door.sessions.issue()}" for _ in range(2)]
    visitors = [door.admit(connection("203.0.113.9", host="nijigen.example", cookie=c)) for c in cookies]
    assert visitors[0].member != visitors[1].member
    assert {v.role for v in visitors} == {Role.MEMBER}
    assert door.admit(connection("198.51.100.1", host="nijigen.example", cookie=cookies[0])) == visitors[0]


def test_a_password_in_a_header_lets_machines_read_metrics_only(tmp_path: Path) -> None:
    door = admission(tmp_path, web_password="sesame")
    door.admit_machine(connection("203.0.113.9", host="n.example", authorization="Bearer sesame"))
    with pytest.raises(Refused):
        door.admit_machine(connection("203.0.113.9", host="n.example", authorization="Bearer wrong"))
    with pytest.raises(Refused):
        door.admit(connection("203.0.113.9", host="n.example", authorization="Bearer sesame"))
