"""The one door for what comes from outside by an address: the bot's pictures and the crawler's.

`fetch` is for who wants a picture or a reason, `ask` for who has to know what the host said.

Every connection is checked when it is opened, by the address that it really goes to, so that neither a name that
resolves to somewhere inside, nor one that resolves differently the second time (DNS rebinding), nor a redirect gets
past. Bytes, time and redirects are bounded; nothing is unpacked, decoded or written to disk here.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from data.addresses import Allowance, Destination
from data.pictures.types import Upload

Reason = Literal["not_allowed", "too_large", "too_slow", "gone", "unreachable", "not_a_picture"]

BASE64 = "base64://"  # OneBot v11, message/segment.md: a file that stands in its own address

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GONE = frozenset({400, 401, 403, 404, 410})  # QQ says 400 and -5503007 once an address has expired
_MOST_ADDRESS = 4096  # characters of an http address
_CHUNK = 1 << 16
_HEADERS = {"Accept": "image/*, */*;q=0.5", "Accept-Encoding": "identity", "User-Agent": "nijigen"}


class IntakeError(Exception):
    """What was asked for is not let in. `reason` stands for a sentence, `detail` is for the log."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason: Reason = reason
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.reason} ({self.detail})" if self.detail else self.reason


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is let in."""

    max_bytes: int = 20_000_000
    seconds: float = 20.0  # for all of it: names, connections, redirects, bytes
    redirects: int = 4
    allowance: Allowance = field(default_factory=Allowance)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a host answered, whatever its status; for who has to know more of it than a picture, such as a crawler."""

    status: int
    host: str  # the last one asked
    headers: Mapping[str, str]  # its own; names in lower case
    content: bytes = field(repr=False)  # b"" unless the status is 200
    media_type: str


async def ask(
    address: str,
    limits: Limits,
    *,
    headers: Mapping[str, str] | None = None,
    resolver: AbstractResolver | None = None,
) -> Answer:
    """The answer of what is at an http or https address, redirects followed. Raises `IntakeError`, not for a status.

    `headers` go before the door's own; `Authorization` is for the first host only and does not follow a redirect to
    another one. `resolver` looks names up in place of the system.
    """
    try:
        async with asyncio.timeout(limits.seconds):
            return await _follow(_url(address), limits, headers or {}, resolver or aiohttp.ThreadedResolver())
    except TimeoutError:
        raise IntakeError("too_slow", f"not there after {limits.seconds:g} s") from None


async def fetch(address: str, limits: Limits, *, origin: str = "", resolver: AbstractResolver | None = None) -> Upload:
    """What is at an http, https or `base64://` address, in memory. Raises `IntakeError`.

    `origin` goes into the `Upload`; `resolver` looks names up in place of the system.
    """
    if address.startswith(BASE64):
        return _in_place(address, limits, origin)
    answer = await ask(address, limits, resolver=resolver)
    if answer.status in _GONE:
        raise IntakeError("gone", f"{answer.host}: HTTP {answer.status}")
    if answer.status != 200:
        raise IntakeError("unreachable", f"{answer.host}: HTTP {answer.status}")
    return Upload(answer.content, answer.media_type, origin)


def _in_place(address: str, limits: Limits, origin: str) -> Upload:
    text = address.removeprefix(BASE64)
    if len(text) // 4 * 3 > limits.max_bytes + 2:
        raise IntakeError("too_large", f"{len(text)} characters of base64")
    try:
        return Upload(base64.b64decode(text, validate=True), "application/octet-stream", origin)
    except (binascii.Error, ValueError):
        raise IntakeError("not_a_picture", "not base64") from None


async def _follow(url: URL, limits: Limits, headers: Mapping[str, str], resolver: AbstractResolver) -> Answer:
    first = (url.scheme, url.raw_host, url.port)
    for _ in range(limits.redirects + 1):
        if (url.scheme, url.raw_host, url.port) != first:  # what opens one host's door is nobody else's
            headers = {name: value for name, value in headers.items() if name.lower() != "authorization"}
        answer = await _ask(url, limits, headers, resolver)
        if isinstance(answer, Answer):
            return answer
        url = answer
    raise IntakeError("unreachable", f"more than {limits.redirects} redirects")


async def _ask(url: URL, limits: Limits, headers: Mapping[str, str], resolver: AbstractResolver) -> Answer | URL:
    """What the host of `url` answers, or where it says that one has to ask instead."""
    guard = _Guard(_destination(url), limits.allowance)
    if guard.destination.hopeless(limits.allowance):
        raise IntakeError("not_allowed", guard.shown)
    # A connection of its own for each step: the guard knows which name it was opened for.
    connector = aiohttp.TCPConnector(
        resolver=resolver, use_dns_cache=False, socket_factory=guard.open_socket, limit=1, force_close=True
    )
    session = aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,  # a few kilobytes of gzip unpack to gigabytes
        trust_env=False,
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=limits.seconds),
        headers=_HEADERS | dict(headers),
    )
    try:
        tls = _qq_tls() if guard.destination.is_qqs else True
        async with session, session.get(url, allow_redirects=False, ssl=tls) as response:
            if response.status in _REDIRECTS:
                return _redirect(url, response.headers.get("Location", ""))
            return await _read(response, limits)
    except TimeoutError:
        raise
    except aiohttp.InvalidURL:  # such as 2130706433, which the system would take for 127.0.0.1
        raise IntakeError("not_allowed", guard.shown) from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        if guard.refused:
            raise IntakeError("not_allowed", f"{guard.shown} is at {guard.refused}") from None
        raise IntakeError("unreachable", f"{guard.shown}: {type(error).__name__}") from None


@cache
def _qq_tls() -> ssl.SSLContext:
    """For QQ's picture hosts: multimedia.nt.qq.com.cn knows TLS 1.2 with RSA key exchange only, which Python has not
    offered since 3.10. Certificates are verified as anywhere."""
    context = ssl.create_default_context()
    context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20:kRSA+AESGCM")
    return context


async def _read(response: aiohttp.ClientResponse, limits: Limits) -> Answer:
    told = {name.lower(): value for name, value in response.headers.items()}
    if response.status != 200:
        return Answer(response.status, response.host, told, b"", response.content_type)
    if (response.content_length or 0) > limits.max_bytes:
        raise IntakeError("too_large", f"{response.host}: {response.content_length} bytes announced")
    if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise IntakeError("not_a_picture", f"{response.host}: packed, though not asked for")
    content = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        if len(content) + len(chunk) > limits.max_bytes:
            raise IntakeError("too_large", f"{response.host}: more than {limits.max_bytes} bytes")
        content += chunk
    return Answer(response.status, response.host, told, bytes(content), response.content_type)


def _redirect(url: URL, location: str) -> URL:
    if not location:
        raise IntakeError("unreachable", f"{url.host}: a redirect to nowhere")
    return url.join(_url(location, relative=True))


def _url(address: str, *, relative: bool = False) -> URL:
    try:
        if len(address) > _MOST_ADDRESS:
            raise ValueError
        url = URL(address)
        if not relative and not url.raw_host:
            raise ValueError
    except ValueError:
        raise IntakeError("not_allowed", "not an address") from None
    return url


def _destination(url: URL) -> Destination:
    host, port = url.raw_host, url.port
    if url.scheme not in ("http", "https") or not host or port is None or url.user is not None:
        raise IntakeError("not_allowed", f"{url.scheme[:10]} address")
    return Destination(url.scheme, host.lower().rstrip("."), port)


class _Guard:
    """Opens the sockets of one request, to addresses that may be spoken to."""

    def __init__(self, destination: Destination, allowance: Allowance) -> None:
        self.destination = destination
        self.refused = ""  # the last address that was not connected to
        self._allowance = allowance

    @property
    def shown(self) -> str:
        """For the log: addresses of pictures have keys in their queries."""
        return f"{self.destination.scheme}://{self.destination.host}:{self.destination.port}"

    def open_socket(self, info: Any) -> socket.socket:
        """A socket for one of `getaddrinfo`'s answers. Raises `PermissionError`."""
        family, kind, protocol, _, (host, port, *_) = info
        ip = ipaddress.ip_address(str(host).partition("%")[0])
        if not self.destination.may_connect(ip, port, self._allowance):
            self.refused = str(ip)
            raise PermissionError(f"{ip} may not be connected to")
        return socket.socket(family, kind, protocol)
