"""A fake host of pictures, and of what hostile ones serve in their place. Loopback only.

async with PictureHost() as host:
    host.files["/a.png"] = png                  # served as image/png
    host.statuses["/old.png"] = 404
    host.redirects["/elsewhere"] = "http://127.0.0.1:1/"
    host.raw["/lies"] = b"HTTP/1.1 200 OK\r\n..."   # these bytes, then the end of the connection
    host.url("/endless")                        # never ends; "/drip" a byte now and then; "/silent" nothing
    host.address                                # "127.0.0.1:40123", for INTAKE_ALLOW
    host.asked                                  # (path, headers) of every request
"""

from __future__ import annotations

import asyncio
import contextlib

DRIP = 0.02  # seconds between two bytes


class PictureHost:
    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.types: dict[str, str] = {}
        self.statuses: dict[str, int] = {}
        self.redirects: dict[str, str] = {}
        self.headers: dict[str, dict[str, str]] = {}
        self.raw: dict[str, bytes] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.at_once = 0  # the most connections that were open at one time
        self.gate: asyncio.Event | None = None  # nothing is answered before it is set
        self.arrived = asyncio.Event()
        self.port = 0
        self._open: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> PictureHost:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        return f"http://{self.address}{path}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        self.at_once = max(self.at_once, len(self._open))
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            path = head[0].split(" ")[1]
            headers = dict(line.split(": ", 1) for line in head[1:] if line)
            self.asked.append((path, {name.lower(): value for name, value in headers.items()}))
            self.arrived.set()
            if self.gate is not None:
                await self.gate.wait()
            await self._answer(path.split("?")[0], writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open.discard(writer)
            with contextlib.suppress(ConnectionError):
                writer.close()

    async def _answer(self, path: str, writer: asyncio.StreamWriter) -> None:
        if path in self.raw:
            writer.write(self.raw[path])
        elif path in self.redirects:
            writer.write(self._head(302, {"Location": self.redirects[path], "Content-Length": "0"}))
        elif path == "/endless":
            writer.write(self._head(200, {"Content-Type": "image/png"}))
            while True:
                writer.write(b"\x89PNG" * 16384)
                await writer.drain()
        elif path == "/drip":
            writer.write(self._head(200, {"Content-Type": "image/png"}))
            while True:
                writer.write(b"\x89")
                await writer.drain()
                await asyncio.sleep(DRIP)
        elif path == "/endless-headers":
            writer.write(b"HTTP/1.1 200 OK\r\n")
            for number in range(10**9):
                writer.write(b"X-%d: y\r\n" % number)
                await writer.drain()
        elif path == "/silent":
            await asyncio.Event().wait()
        else:
            content = self.files.get(path, b'{"retcode":-5503007,"retmsg":"download url has expired"}')
            status = self.statuses.get(path, 200 if path in self.files else 404)
            told = {"Content-Type": self.types.get(path, "image/png"), "Content-Length": str(len(content))}
            writer.write(self._head(status, told | self.headers.get(path, {})) + content)
        await writer.drain()

    @staticmethod
    def _head(status: int, headers: dict[str, str]) -> bytes:
        lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in headers.items())]
        return ("\r\n".join([*lines, "Connection: close"]) + "\r\n\r\n").encode("latin-1")
