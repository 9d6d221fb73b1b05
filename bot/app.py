"""Builds the bot from Settings, runs it, and takes it down again: every order of things stands here.

Start: pool, store, dispatcher, server, surfaces. Stop: no new commands, answers in flight, surfaces, pool, store.
"""

from __future__ import annotations

import asyncio
import importlib.util
import socket
import sys
from typing import TYPE_CHECKING, Any

import nonebot
import uvicorn
from loguru import logger

import plugins
from bot.characters.notices import Notices
from bot.commands import Commands
from bot.dispatch import Dispatcher
from bot.gate import Gate
from bot.likeness.pictures import PictureFolder
from bot.locale import Catalogue
from bot.monitoring.metrics import Metrics
from bot.monitoring.watch import Watch
from bot.pool.base import Pool
from bot.schedule import Schedule
from bot.server import Server, announce, listen
from bot.services import Services
from bot.settings import Settings
from bot.store import Store
from bot.surfaces.discord import DiscordSurface
from bot.surfaces.qq import QQSurface
from bot.surfaces.web import WebSurface, guard_onebot
from bot.workers import pool_of, training_devices
from models.registry import Registry

if TYPE_CHECKING:
    from fastapi import FastAPI

DRAIN = 5.0  # seconds that answers in flight have once the bot is asked to stop
SWITCH = 0.0005  # seconds that a thread may keep the interpreter while others want it
CLOSE = 2.0  # seconds that connections and workers have after that


def start(settings: Settings) -> None:
    """Run the bot until it is asked to stop. Raises `CannotStart`, and `bot.store.StoreError`."""
    # Answers hop between the event loop and the threads of database and pipes: at Python's 5 ms a hop that adds up.
    sys.setswitchinterval(SWITCH)
    sock = listen(settings)
    app = _nonebot(settings)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve(settings, app, sock))


async def _serve(settings: Settings, app: FastAPI, sock: socket.socket) -> None:
    metrics = Metrics()
    pool = pool_of(settings, metrics.batch)
    await pool.start()  # first of all: torch loads while the rest is built
    try:
        store = await Store.open(settings, exclusive=True)
    except BaseException:
        await pool.stop(grace=0)
        raise
    services = _services(settings, store, pool, metrics)
    services.dispatcher = Dispatcher(services)
    web = WebSurface(services, app)
    qq = QQSurface(services)
    services.surfaces = {"web": web, "qq": qq, "discord": DiscordSurface(services)}
    services.metrics.watch(services.pool, services.surfaces, store.database.connections)
    web.attach()
    guard_onebot(app, settings)
    qq.register(nonebot.get_driver())
    schedule = Schedule(settings, store, metrics.job)
    pictures = None if settings.twin_data is None else PictureFolder(services, settings.twin_data)
    schedule.train(services.trainings, services.scheduling, store.characters.all)
    services.scheduling.changed = lambda character: schedule.look()
    watch, notices = Watch(services), Notices(services)
    server = Server(
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
        notices.start()
        await services.trainings.start(training_devices(settings))
        schedule.start()
        watch.start()
        if pictures is not None:
            pictures.start()
        announce(settings, sock)
        await server.asked_to_stop(serving)
        schedule.stop()
        await watch.stop()
        if pictures is not None:
            await pictures.stop()
        logger.info("stopping: no new commands, {:g} s for what is in flight", DRAIN)
        await asyncio.gather(services.dispatcher.drain(DRAIN), services.trainings.stop())
        for surface in services.surfaces.values():
            try:
                await surface.stop()
            except Exception:
                logger.exception("{} did not stop cleanly", surface.name)
    finally:
        server.should_exit = True
        await services.trainings.stop(grace=0.0)
        await notices.stop()
        await services.pool.stop(grace=1.0)
        await asyncio.gather(serving, return_exceptions=True)
        await store.close()
        logger.info("stopped")


def _services(settings: Settings, store: Store, pool: Pool, metrics: Metrics) -> Services:
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


def _loop_factory() -> Any:
    """uvloop where it is installed: the chat's latency halves (docs/performance.md)."""
    if importlib.util.find_spec("uvloop") is None:
        return None
    import uvloop

    return uvloop.new_event_loop
