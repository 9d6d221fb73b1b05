"""Who is at the other end, told from addresses and headers alone."""

import pytest
from starlette.requests import HTTPConnection

from bot.surfaces.web.peers import asks_for_loopback, from_loopback, is_loopback, network_of, same_origin


def connection(client: str | None = "127.0.0.1", **headers: str) -> HTTPConnection:
    """A connection from `client`; `_` in a header's name stands for `-`."""
    raw = [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
    return HTTPConnection({"type": "http", "headers": raw, "client": (client, 5000) if client else None})


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_loopback_is_known_in_every_spelling(address: str) -> None:
    assert is_loopback(address)
    assert from_loopback(connection(address))


@pytest.mark.parametrize(
    "address", ["192.168.1.5", "203.0.113.9", "::ffff:203.0.113.9", "fe80::1%eth0", "", "localhost"]
)
def test_other_addresses_are_not_loopback(address: str) -> None:
    assert not is_loopback(address)
    assert not from_loopback(connection(address))


def test_a_connection_without_an_address_is_not_loopback() -> None:
    assert not from_loopback(connection(None))


@pytest.mark.parametrize("header", ["x_forwarded_for", "forwarded", "x_real_ip", "cf_connecting_ip"])
def test_what_a_proxy_passes_on_is_not_loopback_whatever_it_claims(header: str) -> None:
    assert not from_loopback(connection(**{header: "127.0.0.1"}))


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "LOCALHOST.", "127.0.0.1:8080", "[::1]:8080"])
def test_names_of_this_machine_are_loopback_names(host: str) -> None:
    assert asks_for_loopback(connection(host=host))


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "user@localhost", "192.168.1.5", "", "a:b:c"]
)
def test_names_that_somebody_else_can_own_are_not(host: str) -> None:
    assert not asks_for_loopback(connection(host=host))


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://localhost:8080", "localhost:8080"),
        ("http://nijigen.example", "nijigen.example"),
        ("https://nijigen.example", "nijigen.example:443"),
        ("https://Nijigen.example:8443", "nijigen.example:8443"),
        ("http://[::1]:8080", "[::1]:8080"),
    ],
)
def test_a_page_may_ask_the_host_that_it_came_from(origin: str, host: str) -> None:
    assert same_origin(connection(origin=origin, host=host))


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://localhost:8081",
        "http://localhost",
        "null",
        "",
        "file://localhost:8080",
        "http://[",
    ],
)
def test_other_pages_may_not(origin: str) -> None:
    assert not same_origin(connection(origin=origin, host="localhost:8080"))


def test_a_request_without_an_origin_is_from_no_page_of_ours() -> None:
    assert not same_origin(connection(host="localhost:8080"))


def test_a_household_of_ipv6_is_one_network() -> None:
    assert network_of(connection("2001:db8:1:2::3")) == network_of(connection("2001:db8:1:2:ffff::9"))
    assert network_of(connection("2001:db8:1:2::3")) != network_of(connection("2001:db8:1:3::3"))
    assert network_of(connection("::ffff:203.0.113.9")) == network_of(connection("203.0.113.9"))
