"""Which addresses on the network may be spoken to on a stranger's behalf.

By default public ones only, by https; plain http on QQ's picture hosts, whose addresses come so. An operator can allow
more (`INTAKE_ALLOW`). Whether an address is public is decided by the number that is connected to, never by its name.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network

QQ_PICTURE_HOSTS = ("qpic.cn", "qq.com.cn", "qlogo.cn")
"""What lies below one of these may be fetched by plain http."""

_PORTS = {"http": 80, "https": 443}

# IANA IPv4 and IPv6 Special-Purpose Address Registries, spelt out because Python's `is_global` changes with its
# versions: here is what is not public. Of IPv6 only 2000::/3 is handed out at all, which leaves out loopback,
# link-local, multicast, IPv4-mapped (::ffff:0:0/96) and NAT64 (64:ff9b::/96) without naming them.
_NOT_PUBLIC_V4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",  # this host
            "10.0.0.0/8",
            "100.64.0.0/10",  # behind a carrier's NAT
            "127.0.0.0/8",
            "169.254.0.0/16",  # link-local: the metadata service of every cloud
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",  # 6to4 relays
            "192.168.0.0/16",
            "198.18.0.0/15",  # benchmarks; proxies with "fake-ip" answer with these, docs/security.md
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, broadcast
        ),
    )
)
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_V6 = tuple(
    map(
        ipaddress.IPv6Network,
        (
            "2001::/23",  # IETF protocols; Teredo carries an IPv4 address inside
            "2001:db8::/32",
            "2002::/16",  # 6to4 carries an IPv4 address inside
            "3fff::/20",
        ),
    )
)


def is_public(ip: IPAddress) -> bool:
    """Whether an address is somewhere out on the internet, and not a way of writing one that is not."""
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in network for network in _NOT_PUBLIC_V4)
    return ip in _PUBLIC_V6 and not any(ip in network for network in _NOT_PUBLIC_V6)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is allowed beyond the default, by http and https: hosts by name, whatever their address, and networks.

    A port of None stands for every port.
    """

    hosts: frozenset[tuple[str, int | None]] = frozenset()
    suffixes: frozenset[tuple[str, int | None]] = frozenset()  # `*.example.org` without the star
    networks: frozenset[tuple[_Network, int | None]] = frozenset()

    @classmethod
    def parse(cls, entries: Iterable[str]) -> Self:
        """From entries such as `127.0.0.1:8765`, `10.0.0.0/8`, `[::1]:8765`, `example.org`, `*.example.org:8080`.

        Raises `ValueError` with a sentence that names the entry.
        """
        hosts, suffixes, networks = set(), set(), set()
        for entry in entries:
            text = entry.strip().lower()
            host, port = _host_and_port(text)
            if (network := _network(host)) is not None:
                networks.add((network, port))
            elif re.fullmatch(r"(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?", host):
                name = host.rstrip(".")
                (suffixes if name.startswith("*.") else hosts).add((name.removeprefix("*"), port))
            else:
                raise ValueError(
                    f"{entry!r} is neither a host nor a network; examples are 127.0.0.1:8765, 10.0.0.0/8, example.org"
                )
        return cls(frozenset(hosts), frozenset(suffixes), frozenset(networks))

    def names(self, host: str, port: int) -> bool:
        """Whether a host is allowed by its name."""
        if {(host, port), (host, None)} & self.hosts:
            return True
        return any(host.endswith(suffix) and p in (port, None) for suffix, p in self.suffixes)

    def holds(self, ip: IPAddress, port: int) -> bool:
        """Whether an address lies in an allowed network."""
        return any(p in (port, None) and ip.version == n.version and ip in n for n, p in self.networks)


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an address leads before anybody has looked its name up."""

    scheme: str  # "http", "https"
    host: str  # lower case, without a final dot
    port: int

    def hopeless(self, allowance: Allowance) -> bool:
        """Whether no address that the host may have could make this right: then its name need not be looked up."""
        ports = {port for _, port in allowance.networks}
        return not (self._usual or allowance.names(self.host, self.port) or ports & {self.port, None})

    def may_connect(self, ip: IPAddress, port: int, allowance: Allowance) -> bool:
        """Whether a connection to `ip`, which the host's name stands for, may be opened."""
        if allowance.names(self.host, self.port) or allowance.holds(ip, port):
            return True
        return self._usual and port == self.port and is_public(ip)

    @property
    def is_qqs(self) -> bool:
        """Whether it is one of QQ's picture hosts."""
        return self.host.endswith(tuple(f".{h}" for h in QQ_PICTURE_HOSTS))

    @property
    def _usual(self) -> bool:
        """What is right for everybody, as far as scheme, port and name can tell."""
        if self.port != _PORTS.get(self.scheme):
            return False
        return self.scheme == "https" or self.is_qqs


def _host_and_port(text: str) -> tuple[str, int | None]:
    """`host`, `host:port`, `[v6]:port`; a bare IPv6 address has no port. Raises `ValueError`."""
    match = re.fullmatch(r"\[(?P<v6>[0-9a-f:.]+)\](?::(?P<p6>\d{1,5}))?|(?P<host>[^:\[\]]+):(?P<port>\d{1,5})", text)
    if match is None:
        return text, None
    port = match["p6"] or match["port"]
    if port is not None and not 0 < int(port) < 65536:
        raise ValueError(f"{text!r} has no port that exists")
    return match["v6"] or match["host"], None if port is None else int(port)


def _network(host: str) -> _Network | None:
    try:
        return ipaddress.ip_network(host, strict=False)
    except ValueError:
        return None
