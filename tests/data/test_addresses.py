"""What may be spoken to."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.addresses import Allowance, Destination, is_public

NOTHING_MORE = Allowance()

INSIDE = """
0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.8 192.0.2.1
192.88.99.1 192.168.1.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.255 240.0.0.1
255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::1 100::1
2001::1 2001:0:4136:e378::1 2001:db8::1 2002:7f00:1::1 2002:808:808::1 3fff::1 5f00::1 fc00::1 fd12::1 fe80::1 fec0::1
ff02::1
"""
OUTSIDE = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1 172.15.0.1 172.32.0.1
192.167.1.1 198.17.0.1 198.20.0.1 223.255.255.255 2400:3200::1 2606:4700::1111 2a00:1450:4001::1
"""


@pytest.mark.parametrize("ip", INSIDE.split())
def test_what_is_not_out_on_the_internet_is_not_public(ip: str) -> None:
    assert not is_public(ipaddress.ip_address(ip))


@pytest.mark.parametrize("ip", OUTSIDE.split())
def test_the_rest_is(ip: str) -> None:
    assert is_public(ipaddress.ip_address(ip))


@given(st.ip_addresses(v=4))
def test_no_way_of_writing_an_ipv4_address_in_ipv6_is_public(ip: ipaddress.IPv4Address) -> None:
    number = int(ip)
    written = [number, 0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80]
    assert not any(is_public(ipaddress.IPv6Address(w)) for w in written)


@given(st.ip_addresses())
def test_python_calls_private_nothing_that_is_public_here(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if is_public(ip):
        assert ip.is_global
        assert not any((ip.is_multicast, ip.is_loopback, ip.is_link_local, ip.is_reserved))


def _may(url: str, ip: str, allowance: Allowance = NOTHING_MORE) -> bool:
    scheme, _, rest = url.partition("://")
    host, _, port = rest.rpartition(":")
    to = Destination(scheme, host, int(port))
    may = to.may_connect(ipaddress.ip_address(ip), int(port), allowance)
    assert not (may and to.hopeless(allowance))
    return may


def test_public_addresses_are_spoken_to_by_https() -> None:
    assert _may("https://example.org:443", "8.8.8.8")
    assert not _may("http://example.org:80", "8.8.8.8")
    assert not _may("https://example.org:22", "8.8.8.8")
    assert not _may("https://example.org:443", "10.0.0.1")


@pytest.mark.parametrize("host", ["gchat.qpic.cn", "multimedia.nt.qq.com.cn", "q1.qlogo.cn"])
def test_qqs_picture_hosts_are_spoken_to_by_plain_http_too(host: str) -> None:
    assert _may(f"http://{host}:80", "8.8.8.8")
    assert not _may(f"http://{host}:80", "127.0.0.1")
    assert not _may(f"http://{host}:8080", "8.8.8.8")


@pytest.mark.parametrize("host", ["qpic.cn", "evilqpic.cn", "qpic.cn.evil.org", "q1.qlogo.cn.evil.org"])
def test_what_only_looks_like_them_is_not(host: str) -> None:
    assert not _may(f"http://{host}:80", "8.8.8.8")


def test_an_operator_can_allow_more() -> None:
    allowed = Allowance.parse(
        ["127.0.0.1:8765", "10.0.0.0/8", "[::1]:99", "fd00::/8", "Example.org", "a.b:81", "*.cdn.net"]
    )
    for url, ip in (
        ("http://127.0.0.1:8765", "127.0.0.1"),
        ("http://localhost:8765", "127.0.0.1"),
        ("http://nas:80", "10.2.3.4"),
        ("https://nas:444", "10.2.3.4"),
        ("http://::1:99", "::1"),
        ("http://x:80", "fd00::9"),
        ("http://example.org:1234", "192.168.0.1"),
        ("http://a.b:81", "8.8.8.8"),
        ("http://x.cdn.net:80", "172.16.0.1"),
        ("https://elsewhere.org:443", "8.8.8.8"),
    ):
        assert _may(url, ip, allowed), (url, ip)
    for url, ip in (
        ("http://127.0.0.1:8766", "127.0.0.1"),
        ("http://127.0.0.2:8765", "127.0.0.2"),
        ("http://::1:98", "::1"),
        ("http://a.b:82", "8.8.8.8"),
        ("http://not-example.org:80", "8.8.8.8"),
        ("http://www.example.org:80", "8.8.8.8"),
        ("http://cdn.net:80", "8.8.8.8"),
        ("https://elsewhere.org:443", "192.168.0.1"),
    ):
        assert not _may(url, ip, allowed), (url, ip)


def test_an_allowed_ipv4_address_is_not_reached_through_ipv6() -> None:
    assert not _may("http://x:8765", "::ffff:127.0.0.1", Allowance.parse(["127.0.0.1:8765"]))


@pytest.mark.parametrize(
    "entry", ["", "http://example.org", "example.org:99999", "a b", "10.0.0.0/99", "*", "[::1", "x/"]
)
def test_what_is_neither_host_nor_network_is_refused_by_name(entry: str) -> None:
    with pytest.raises(ValueError, match=r"neither a host|no port"):
        Allowance.parse(["example.org", entry])
