"""The one HTTP server: its socket, its signals, and the line that says where it is."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import threading
import webbrowser
from types import FrameType

import uvicorn
from loguru import logger

from bot.settings import Settings


class CannotStart(Exception):
    """Why the bot cannot start, in one sentence."""


def listen(settings: Settings) -> socket.socket:
    """The server's socket, bound before anything else is started. Raises `CannotStart`."""
    try:
        family, _, _, _, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        sock = socket.socket(family)
        if os.name != "nt":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        sock.setblocking(False)
    except OSError as error:
        raise CannotStart(
            f"cannot listen on {settings.host}:{settings.port} ({error.strerror or error}); "
            "another program may use the port: set PORT to another number in .env"
        ) from error
    return sock


def announce(settings: Settings, sock: socket.socket) -> None:
    """Say where the page is, and open it on a desktop."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    url = f"http://{f'[{host}]' if ':' in host else host}:{sock.getsockname()[1]}/"
    logger.info("ready: {} ", url)
    if settings.open_browser and settings.loopback and sys.stdout.isatty() and _desktop():
        threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()


def _desktop() -> bool:
    """Whether a browser would open in a window; in a terminal it would take the log's place."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


class Server(uvicorn.Server):
    """uvicorn that leaves stopping to us: by itself it closes every connection at the first signal, before the
    answers in flight are sent."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._stop = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._signals = 0

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._signals += 1
        self._loop.call_soon_threadsafe(self._stop.set)
        if self._signals > 1 and sig == signal.SIGINT:  # asked again, impatiently
            self.should_exit = self.force_exit = True

    async def until_started(self, serving: asyncio.Task[None]) -> None:
        """Raises `CannotStart` where the server ends instead."""
        while not self.started:
            if serving.done():
                raise CannotStart("the HTTP server could not start; the log above says why")
            await asyncio.sleep(0.005)

    async def asked_to_stop(self, serving: asyncio.Task[None]) -> None:
        """Until a signal comes, or the server ends by itself."""
        stop = asyncio.create_task(self._stop.wait())
        await asyncio.wait({stop, serving}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
