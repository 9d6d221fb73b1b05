"""Who is at the other end of a connection, as far as the connection itself tells.

A web site that somebody visits can reach `localhost` from inside their browser, by a name of its own that it points
there (DNS rebinding) or by a WebSocket, which no same-origin policy holds back. A reverse proxy makes every stranger
look local. Each of these leaves a trace in the headers.
"""

import ipaddress
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "cf-connecting-ip", "true-client-ip")
_DEFAULT_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}


def is_loopback(address: str) -> bool:
    """Whether an IP address, IPv4 inside IPv6 too, is this machine's own."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(ip, "ipv4_mapped", None)
    return (mapped or ip).is_loopback


def from_loopback(connection: HTTPConnection) -> bool:
    """Whether the bytes came from this machine and nothing says that they were passed on for somebody else."""
    client = connection.client
    return client is not None and is_loopback(client.host) and not forwarded(connection)


def forwarded(connection: HTTPConnection) -> bool:
    """Whether a proxy says that it stands between."""
    return any(name in connection.headers for name in _FORWARDED)


def asks_for_loopback(connection: HTTPConnection) -> bool:
    """Whether the Host header is a name of this machine that nobody else can own."""
    host = _host_and_port(connection.headers.get("host", ""), "http")
    return host is not None and (host[0] == "localhost" or is_loopback(host[0]))


def same_origin(connection: HTTPConnection) -> bool:
    """Whether the page that asks came from the host that it asks. Browsers send Origin with every WebSocket and POST,
    so that one without is refused too."""
    try:
        origin = urlsplit(connection.headers.get("origin", ""))
    except ValueError:
        return False
    if origin.scheme not in ("http", "https"):
        return False
    here = _host_and_port(connection.headers.get("host", ""), origin.scheme)
    return here is not None and here == _host_and_port(origin.netloc, origin.scheme)


def network_of(connection: HTTPConnection) -> str:
    """What attempts are counted by: the IPv4 address, or the /64 that one household gets of IPv6."""
    if connection.client is None:
        return "unknown"
    try:
        ip = ipaddress.ip_address(connection.client.host.partition("%")[0])
    except ValueError:
        return connection.client.host
    if ip.version == 6 and ip.ipv4_mapped is None:
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(getattr(ip, "ipv4_mapped", None) or ip)


def _host_and_port(netloc: str, scheme: str) -> tuple[str, int] | None:
    try:
        parts = urlsplit(f"//{netloc}")
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname or parts.username is not None or parts.path or parts.query or parts.fragment:
        return None
    return parts.hostname.rstrip(".").lower(), port or _DEFAULT_PORTS[scheme]
