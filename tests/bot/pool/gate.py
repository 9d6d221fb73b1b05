"""Holds a request inside its worker until the test has seen it there."""

from __future__ import annotations

import asyncio
from types import TracebackType


class Gate:
    """`port` goes into the request; `entered` waits until one runs; `open` lets all go, also those who come later."""

    def __init__(self) -> None:
        self._visitors: asyncio.Queue[None] = asyncio.Queue()
        self._opened = asyncio.Event()
        self.port = 0

    async def __aenter__(self) -> Gate:
        self._server = await asyncio.start_server(self._receive, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.open()
        self._server.close()

    async def _receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._visitors.put_nowait(None)
        await self._opened.wait()
        writer.close()

    async def entered(self) -> None:
        await self._visitors.get()

    def open(self) -> None:
        self._opened.set()
