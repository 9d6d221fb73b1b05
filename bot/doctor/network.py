"""Why a connection did not come about, in words that help."""

from __future__ import annotations

import ssl

from bot.doctor.finding import Phrase

PATIENCE = 8.0  # seconds that one peer has to answer; the check around it has a little more


def trouble(error: Exception, host: str) -> Phrase:
    """A piece of a sentence about `host`, for an error of aiohttp, asyncio or the system."""
    import aiohttp

    match error:
        case TimeoutError():
            word = "slow"
        case aiohttp.ClientConnectorCertificateError() | ssl.SSLCertVerificationError():
            word = "certificate"
        case aiohttp.ClientSSLError() | ssl.SSLError():
            word = "tls"
        case aiohttp.ClientProxyConnectionError() | aiohttp.ClientHttpProxyError():
            word = "proxy"
        case aiohttp.ClientConnectorDNSError():
            word = "name"
        case aiohttp.InvalidURL() | ValueError():
            word = "address"
        case ConnectionRefusedError() | aiohttp.ClientConnectorError():
            word = "nobody"
        case _:
            word = "broke"
    return Phrase(f"trouble.{word}", {"host": host, "error": type(error).__name__})
