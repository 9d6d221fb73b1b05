"""Builds the bot from Settings, runs it, and takes it down again: every order of things stands here.

Start: pool, store, dispatcher, server, surfaces. Stop: no new commands, answers in flight, surfaces, pool, store.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import signal
import socket
import sys
import threading
import webbrowser
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import nonebot
import uvicorn
from loguru import logger

import plugins
from bot.commands import Commands
from bot.dispatch import Dispatcher
from bot.gate import Gate
from bot.locale import Catalogue
from bot.monitoring.metrics import Metrics
from bot.pool.lane import LaneSpec
from bot.pool.local import LocalPool
from bot.schedule import Schedule
from bot.services import Services
from bot.settings import Settings
from bot.store import Store
from bot.surfaces.qq import QQSurface
from bot.surfaces.web import WebSurface, guard_onebot
from models.registry import Registry

if TYPE_CHECKING:
    from fastapi import FastAPI

DRAIN = 5.0  # seconds that answers in flight have once the bot is asked to stop
SWITCH = 0.0005  # seconds that a thread may keep the interpreter while others want it
CPU_WORKERS = 2  # where there is no GPU
PICTURE_WORKERS = 2  # so that one slow or hostile picture does not hold up everybody's
PICTURE_MEMORY = 1 << 30  # bytes that a picture may take while it is worked on
CLOSE = 2.0  # seconds that connections and workers have after that


class CannotStart(Exception):
    """Why the bot cannot start, in one sentence."""


def start(settings: Settings) -> None:
    """Run the bot until it is asked to stop. Raises `CannotStart`, and `bot.store.StoreError`."""
    # Answers hop between the event loop and the threads of database and pipes: at Python's 5 ms a hop that adds up.
    sys.setswitchinterval(SWITCH)
    sock = _listen(settings)
    app = _nonebot(settings)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve(settings, app, sock))


async def _serve(settings: Settings, app: FastAPI, sock: socket.socket) -> None:
    metrics = Metrics()
    pool = LocalPool(lanes(settings), limit=settings.pool_queue, observe=metrics.batch)
    await pool.start()  # first of all: torch loads while the rest is built
    try:
        store = await Store.open(settings)
    except BaseException:
        await pool.stop(grace=0)
        raise
    services = _services(settings, store, pool, metrics)
    services.dispatcher = Dispatcher(services)
    web = WebSurface(services, app)
    qq = QQSurface(services)
    services.surfaces = {"web": web, "qq": qq}
    services.metrics.watch(services.pool, services.surfaces)
    web.attach()
    guard_onebot(app, settings)
    qq.register(nonebot.get_driver())
    schedule = Schedule(settings, store)
    server = _Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            ws_max_size=16 * 1024 * 1024,
            ws_ping_interval=10.0,  # a connection that was cut is found before its client is refused as a double
            ws_ping_timeout=10.0,
            proxy_headers=False,
            timeout_graceful_shutdown=int(CLOSE),
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[sock]), name="server")
    try:
        await server.until_started(serving)
        for surface in services.surfaces.values():
            try:
                await surface.start()
            except Exception:
                logger.exception("{} did not start; the rest goes on", surface.name)
        schedule.start()
        _announce(settings, sock)
        await server.asked_to_stop(serving)
        schedule.stop()
        logger.info("stopping: no new commands, {:g} s for what is in flight", DRAIN)
        await services.dispatcher.drain(DRAIN)
        for surface in services.surfaces.values():
            try:
                await surface.stop()
            except Exception:
                logger.exception("{} did not stop cleanly", surface.name)
    finally:
        server.should_exit = True
        await services.pool.stop(grace=1.0)
        await asyncio.gather(serving, return_exceptions=True)
        await store.close()
        logger.info("stopped")


def _services(settings: Settings, store: Store, pool: LocalPool, metrics: Metrics) -> Services:
    return Services(
        settings=settings,
        catalogue=Catalogue.load(),
        commands=Commands.discover(plugins),
        store=store,
        models=Registry(settings.storage_dir / "models"),
        pool=pool,
        gate=Gate(settings, store),
        metrics=metrics,
    )


def lanes(settings: Settings) -> list[LaneSpec]:
    """The pool's lanes: networks, one process a GPU or two on the CPU, and pixel work.

    Two CPU workers share the cores between them: they draw more than one with all the threads, take turns so that
    somebody's one face seldom waits for a whole batch, and suffer less from a busy machine (docs/performance.md).
    """
    devices = _devices(settings)
    cores = os.cpu_count() or 1
    threads = max(1, cores // len(devices)) if settings.pool_threads == "auto" else settings.pool_threads
    storage = settings.storage_dir.resolve()
    return [
        LaneSpec(
            lane="model",
            factory="models.runner:Runner",
            kwargs={"models_dir": storage / "models", "cache_dir": storage / "cache"},
            devices=devices,
            threads=threads,
            start_method="forkserver",
            warm_up=("waifu",),
            # Drawing fills every core there is. Chat, store and pictures need little, but at once.
            nice=0 if devices[0].startswith("cuda") else 10,
            pieces=3,
        ),
        LaneSpec(
            lane="picture",
            factory="data.pictures.lane:PictureRunner",
            workers=PICTURE_WORKERS,
            first_batch=1,
            batch_limit=20.0,
            memory_limit=PICTURE_MEMORY,
        ),
    ]


def _devices(settings: Settings) -> tuple[str, ...]:
    """`POOL_DEVICES` as a tuple. "auto" takes every NVIDIA GPU that the driver shows, else the CPU; torch is not asked,
    since this process must not import it."""
    if settings.pool_devices != "auto":
        return tuple(d.strip() for d in settings.pool_devices.split(",") if d.strip()) or ("cpu",)
    cards = sorted(Path("/proc/driver/nvidia/gpus").glob("*")) if sys.platform == "linux" else []
    if cards:
        return tuple(f"cuda:{i}" for i in range(len(cards)))
    return ("cpu",) * min(CPU_WORKERS, os.cpu_count() or 1)


def _nonebot(settings: Settings) -> FastAPI:
    """Initialise nonebot2, whose server is the bot's one HTTP server."""
    token = settings.onebot_access_token
    nonebot.init(
        driver="~fastapi+~aiohttp",
        host="127.0.0.1",  # must be an address for nonebot2, which listens nowhere: the socket below is ours
        port=settings.port,
        command_start=set(settings.command_start),
        onebot_access_token=token.get_secret_value() if token else None,
        onebot_ws_urls=set(settings.onebot_ws_urls),
        fastapi_openapi_url=None,
        fastapi_docs_url=None,
        fastapi_redoc_url=None,
        log_level=settings.log_level,
    )
    return nonebot.get_app()


def _listen(settings: Settings) -> socket.socket:
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


def _announce(settings: Settings, sock: socket.socket) -> None:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    url = f"http://{f'[{host}]' if ':' in host else host}:{sock.getsockname()[1]}/"
    logger.info("ready: {} ", url)
    if settings.open_browser and settings.loopback and sys.stdout.isatty() and _desktop():
        threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()


def _desktop() -> bool:
    """Whether a browser would open in a window; in a terminal it would take the log's place."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _loop_factory() -> Any:
    """uvloop where it is installed: the chat's latency halves (docs/performance.md)."""
    if importlib.util.find_spec("uvloop") is None:
        return None
    import uvloop

    return uvloop.new_event_loop


class _Server(uvicorn.Server):
    """uvicorn would close every connection at the first signal, before the answers in flight are sent."""

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
