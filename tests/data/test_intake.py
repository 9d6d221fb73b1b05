"""The door, with hosts behind it that mean no good."""

import asyncio
import base64
import gzip
import socket
import ssl
import tracemalloc
from collections.abc import AsyncIterator, Iterable
from typing import Any

import pytest
from aiohttp.abc import AbstractResolver

from data.addresses import Allowance
from data.intake import IntakeError, Limits, _qq_tls, ask, fetch
from tests.wire.picture_host import PictureHost

PNG = b"\x89PNG\r\n\x1a\n and so on"


@pytest.fixture
async def host() -> AsyncIterator[PictureHost]:
    async with PictureHost() as one:
        one.files["/a.png"] = PNG
        yield one


def limits(*hosts: PictureHost, **more: Any) -> Limits:
    """Limits that let these hosts through."""
    return Limits(allowance=Allowance.parse(h.address for h in hosts), **more)


async def refused(address: str, given: Limits | None = None, **more: Any) -> IntakeError:
    with pytest.raises(IntakeError) as caught:
        await fetch(address, given or Limits(), **more)
    return caught.value


class Names(AbstractResolver):
    """Looks names up in a table; a name with several lines there gets the next one each time."""

    def __init__(self, **table: Iterable[list[str]]) -> None:
        self._table = {name.replace("_", "."): iter(answers) for name, answers in table.items()}

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[Any]:
        return [
            {
                "hostname": host,
                "host": ip,
                "port": port,
                "family": socket.AF_INET6 if ":" in ip else socket.AF_INET,
                "proto": 0,
                "flags": socket.AI_NUMERICHOST,
            }
            for ip in next(self._table[host])
        ]

    async def close(self) -> None:
        pass


# ---------------------------------------------------------------------------------------------------------------------
# What is let in


async def test_a_picture_at_an_allowed_address_is_fetched(host: PictureHost) -> None:
    upload = await fetch(host.url("/a.png?rkey=A%2BB_c-d"), limits(host), origin="qq")
    assert (upload.content, upload.media_type, upload.origin) == (PNG, "image/png", "qq")
    path, headers = host.asked[0]
    assert path == "/a.png?rkey=A%2BB_c-d"  # a key is not written in another way
    assert headers["accept-encoding"] == "identity"
    assert "cookie" not in headers


async def test_an_allowed_network_lets_a_name_through(host: PictureHost) -> None:
    upload = await fetch(f"http://localhost:{host.port}/a.png", Limits(allowance=Allowance.parse(["127.0.0.0/8"])))
    assert upload.content == PNG


async def test_a_redirect_is_followed_where_it_may_lead(host: PictureHost) -> None:
    host.redirects |= {"/1": "/2", "/2": host.url("/3"), "/3": "3/../4", "/4": "/a.png"}
    assert (await fetch(host.url("/1"), limits(host))).content == PNG


async def test_cookies_and_proxies_are_left_alone(host: PictureHost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    host.redirects["/1"] = "/a.png"
    host.headers["/a.png"] = {"Set-Cookie": "a=b"}
    await fetch(host.url("/1"), limits(host))
    await fetch(host.url("/a.png"), limits(host))
    assert all("cookie" not in headers for _, headers in host.asked)


async def test_an_address_can_be_the_picture_itself() -> None:
    upload = await fetch("base64://" + base64.b64encode(PNG).decode(), Limits(max_bytes=len(PNG)))
    assert upload.content == PNG
    # that of every JPEG begins with a slash
    jpeg = b"\xff\xd8\xff\xe0"
    assert (await fetch("base64://" + base64.b64encode(jpeg).decode(), Limits())).content == jpeg
    assert (await refused("base64://" + "A" * 400, Limits(max_bytes=100))).reason == "too_large"
    assert (await refused("base64://not base64!")).reason == "not_a_picture"


def test_qqs_hosts_are_offered_the_ciphers_that_they_know_and_are_verified_all_the_same() -> None:
    context = _qq_tls()
    names = {cipher["name"] for cipher in context.get_ciphers()}
    assert {"AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "TLS_AES_128_GCM_SHA256"} <= names
    assert not any("NULL" in name or "CBC" in name or name.endswith("-SHA") for name in names)
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


# ---------------------------------------------------------------------------------------------------------------------
# Where it does not go

ADDRESSES = """
http://127.0.0.1/ https://127.0.0.1/ https://localhost/ http://[::1]/ https://[::ffff:127.0.0.1]/ https://0.0.0.0/
https://[64:ff9b::7f00:1]/ https://169.254.169.254/latest/meta-data/ https://10.0.0.1/ https://[fe80::1%25lo]/
https://2130706433/ https://0x7f000001/ https://0x7f.1/ https://127.1/ https://0177.0.0.1/ https://127.0.0.1./
http://example.org/a.png https://example.org:8443/ https://user:password@example.org/ ftp://example.org/ file:///etc/passwd
data:image/png;base64,AAAA javascript:alert(1) gopher://127.0.0.1/ //example.org/ /a.png A.png https:// https:///a
https://[::1 https://example.org:99999/
"""


@pytest.mark.parametrize("address", ["", " ", "https://example.org/" + "a" * 5000, *ADDRESSES.split()])
async def test_an_address_that_is_not_allowed_is_not_asked(address: str) -> None:
    assert (await refused(address)).reason == "not_allowed"


async def test_a_port_that_is_not_allowed_is_not_asked(host: PictureHost) -> None:
    async with PictureHost() as other:
        assert (await refused(other.url("/a.png"), limits(host))).reason == "not_allowed"
        assert other.asked == []


@pytest.mark.parametrize("ip", ["127.0.0.1", "10.0.0.9", "169.254.169.254", "::1", "fd00::1", "::ffff:127.0.0.1"])
async def test_a_name_that_leads_inside_is_refused(ip: str) -> None:
    error = await refused("https://pictures.example.org/a.png", resolver=Names(pictures_example_org=[[ip]]))
    assert error.reason == "not_allowed"
    assert "a.png" not in str(error)  # addresses have keys in them, and this goes into the log


async def test_a_name_with_one_address_inside_is_not_connected_to_there(host: PictureHost) -> None:
    """Whichever comes first, and whether or not the others answer."""
    given = limits(host)
    for ips in (["127.0.0.2", "127.0.0.1"], ["127.0.0.1", "127.0.0.2"]):
        upload = await fetch(f"http://two.test:{host.port}/a.png", given, resolver=Names(two_test=[ips]))
        assert upload.content == PNG
    async with PictureHost() as inside:
        url = f"http://two.test:{inside.port}/a.png"
        error = await refused(url, given, resolver=Names(two_test=[["127.0.0.1", "127.0.0.2"]]))
        assert error.reason == "not_allowed"
        assert inside.asked == []


async def test_a_name_that_changes_its_mind_is_checked_each_time(host: PictureHost) -> None:
    """DNS rebinding: the second look-up of the name leads elsewhere."""
    async with PictureHost() as inside:
        inside.files["/a.png"] = b"secret"
        host.redirects["/1"] = f"http://twice.test:{inside.port}/a.png"
        names = Names(twice_test=[["127.0.0.1"], ["127.0.0.1"]])
        assert (await refused(f"http://twice.test:{host.port}/1", limits(host), resolver=names)).reason == "not_allowed"
        assert len(host.asked) == 1
        assert inside.asked == []


async def test_a_redirect_from_an_allowed_host_is_checked_like_any_address(host: PictureHost) -> None:
    async with PictureHost() as inside:
        inside.files["/a.png"] = b"secret"
        leads = [
            inside.url("/a.png"),
            "https://127.0.0.1/",
            "https://localhost/",
            "file:///etc/passwd",
            "http://example.org/",
            "base64://AAAA",
        ]
        for lead in leads:
            host.redirects["/1"] = lead
            assert (await refused(host.url("/1"), limits(host))).reason == "not_allowed", lead
        assert inside.asked == []


# ---------------------------------------------------------------------------------------------------------------------
# What does not come in


async def test_redirects_end(host: PictureHost) -> None:
    host.redirects |= {"/loop": "/loop", "/nowhere": ""}
    assert (await refused(host.url("/loop"), limits(host))).reason == "unreachable"
    assert len(host.asked) == 5
    assert (await refused(host.url("/nowhere"), limits(host))).reason == "unreachable"


@pytest.mark.parametrize("path", ["/silent", "/drip"])
async def test_what_takes_too_long_is_given_up(host: PictureHost, path: str) -> None:
    assert (await refused(host.url(path), limits(host, seconds=0.3))).reason == "too_slow"


async def test_the_time_is_for_all_steps_together(host: PictureHost) -> None:
    host.redirects |= {"/1": "/2", "/2": "/drip"}
    assert (await refused(host.url("/1"), limits(host, seconds=0.3))).reason == "too_slow"


async def test_a_name_that_is_never_found_out_is_given_up() -> None:
    class Silent(Names):
        async def resolve(self, *_: Any, **__: Any) -> list[Any]:
            await asyncio.Event().wait()
            return []

    assert (await refused("https://example.org/", Limits(seconds=0.1), resolver=Silent())).reason == "too_slow"


async def test_what_never_ends_is_cut_off_at_the_limit(host: PictureHost) -> None:
    tracemalloc.start()
    try:
        assert (await refused(host.url("/endless"), limits(host, max_bytes=1_000_000))).reason == "too_large"
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


async def test_headers_that_never_end_are_cut_off(host: PictureHost) -> None:
    assert (await refused(host.url("/endless-headers"), limits(host))).reason == "unreachable"


async def test_what_is_announced_as_too_large_is_not_even_begun(host: PictureHost) -> None:
    host.raw["/huge"] = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"
    assert (await refused(host.url("/huge"), limits(host))).reason == "too_large"


async def test_an_announcement_is_not_believed(host: PictureHost) -> None:
    host.raw |= {
        "/more": b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + PNG,
        "/negative": b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" + PNG,
        "/both": b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n" + PNG,
        "/chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"400\r\n" + b"x" * 1024 + b"\r\n" + b"9",
    }
    for path in ("/more", "/negative", "/both", "/chunks"):
        assert (await refused(host.url(path), limits(host))).reason == "unreachable", path


async def test_what_is_packed_is_not_unpacked(host: PictureHost) -> None:
    bomb = gzip.compress(bytes(20_000_000))
    host.files["/bomb"], host.headers["/bomb"] = bomb, {"Content-Encoding": "gzip"}
    tracemalloc.start()
    try:
        assert (await refused(host.url("/bomb"), limits(host))).reason == "not_a_picture"
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
async def test_an_expired_address_is_called_so(host: PictureHost, status: int) -> None:
    host.statuses["/old"] = status
    assert (await refused(host.url("/old"), limits(host))).reason == "gone"


@pytest.mark.parametrize("status", [201, 204, 206, 304, 418, 429, 500, 503])
async def test_any_other_trouble_is_called_unreachable(host: PictureHost, status: int) -> None:
    host.statuses["/a.png"] = status
    assert (await refused(host.url("/a.png"), limits(host))).reason == "unreachable"


async def test_nobody_there_is_unreachable(host: PictureHost) -> None:
    given = limits(host)
    await host.__aexit__()
    assert (await refused(host.url("/a.png"), given)).reason == "unreachable"


# ---------------------------------------------------------------------------------------------------------------------
# What the host said


@pytest.mark.parametrize("status", [404, 429, 503])
async def test_who_asks_is_told_the_status_and_the_headers(host: PictureHost, status: int) -> None:
    host.statuses["/a.png"] = status
    host.headers["/a.png"] = {"Retry-After": "120"}
    answer = await ask(host.url("/a.png"), limits(host))
    assert (answer.status, answer.headers["retry-after"], answer.content) == (status, "120", b"")


async def test_who_asks_gets_what_is_there(host: PictureHost) -> None:
    host.files["/posts.json"], host.types["/posts.json"] = b"[]", "application/json"
    answer = await ask(host.url("/posts.json"), limits(host))
    assert (answer.status, answer.media_type, answer.content) == (200, "application/json", b"[]")


async def test_a_body_that_ends_too_early_is_no_answer(host: PictureHost) -> None:
    host.raw["/cut"] = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + PNG
    with pytest.raises(IntakeError) as caught:
        await ask(host.url("/cut"), limits(host))
    assert caught.value.reason == "unreachable"


@pytest.mark.parametrize(
    "address", ["https://127.0.0.1/", "http://example.org/", "base64://AAAA", "file:///etc/passwd"]
)
async def test_who_asks_gets_no_further_than_who_fetches(address: str, host: PictureHost) -> None:
    host.redirects["/1"] = address
    for first in (address, host.url("/1")):
        with pytest.raises(IntakeError) as caught:
            await ask(first, limits(host), headers={"User-Agent": "crawler"})
        assert caught.value.reason == "not_allowed"


async def test_a_key_is_shown_to_the_host_that_it_is_for_and_to_no_other(host: PictureHost) -> None:
    async with PictureHost() as other:
        other.files["/b.png"] = PNG
        host.redirects |= {"/1": "/2", "/2": other.url("/b.png")}
        given = {"User-Agent": "crawler", "Authorization": "Basic a2V5"}
        answer = await ask(host.url("/1"), limits(host, other), headers=given)
        assert answer.content == PNG
        assert [headers.get("authorization") for _, headers in host.asked] == ["Basic a2V5"] * 2
        assert [headers.get("authorization") for _, headers in other.asked] == [None]
        assert {headers["user-agent"] for _, headers in [*host.asked, *other.asked]} == {"crawler"}
