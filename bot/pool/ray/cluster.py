"""The bot's end of the driver: starts it when it is first needed and whenever it has died, and knows its door."""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from multiprocessing.connection import Client, Connection
from multiprocessing.process import BaseProcess
from typing import Any

from loguru import logger

from bot.pool.ray import driver
from bot.pool.ray.driver import Joining
from bot.pool.wire import MAX_MESSAGE, Malformed, failure_text, hear

_FAREWELL = 10.0  # seconds for a cluster of our own to end


class CannotJoin(Exception):
    """There is no cluster to work on; the message says why."""


class _Driver:
    """One driver process, and the thread that listens to it."""

    def __init__(self, joining: Joining, key: bytes, told: Callable[[int], object]) -> None:
        self.door: Future[str] = Future()  # the address where workers are hired
        self._joining = joining
        self._key = key
        self._told = told
        self._process: BaseProcess | None = None
        self._leaving = threading.Event()
        self._gone = threading.Event()
        self._lock = threading.Lock()
        self._ours: Connection | None = None
        self._thread = threading.Thread(target=self._live, name="ray", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        return not self._gone.is_set()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def end(self) -> None:
        """Let it leave the cluster; kill it where that takes too long."""
        with self._lock:
            self._leaving.set()
            if self._ours is not None:
                with contextlib.suppress(OSError):
                    self._ours.send_bytes(b"")  # anything: it only looks whether something is there
        self._thread.join(_FAREWELL)
        if self._process is not None and self._thread.is_alive():
            self._process.kill()
            self._thread.join(1.0)

    def _live(self) -> None:
        context = multiprocessing.get_context("spawn")
        atexit.register(self.end)
        ours, theirs = context.Pipe()
        reason = "Ray's driver has died"
        try:
            process = context.Process(target=driver.main, args=(theirs, self._joining, self._key), daemon=True)
            process.start()
            theirs.close()
            with self._lock:
                self._process, self._ours = process, ours
                if self._leaving.is_set():
                    ours.send_bytes(b"")
            while True:
                self._hear(ours.recv_bytes(MAX_MESSAGE))
        except (EOFError, OSError):
            pass
        except CannotJoin as error:
            reason = str(error)
        except Exception as error:
            reason = failure_text(error)
        self._gone.set()
        if not self.door.done():
            self.door.set_exception(CannotJoin(reason))
        elif not self._leaving.is_set():
            logger.error("{}; another is started, and Ray with it where it runs on this machine only", reason)
        with self._lock:
            self._ours = None
        ours.close()
        if self._process is not None:
            self._process.join(_FAREWELL)
            self._process.kill()
        atexit.unregister(self.end)

    def _hear(self, data: bytes) -> None:
        match hear(data):
            case {"door": str(address), "gpus": int(gpus)}:
                self._told(gpus)
                self.door.set_result(address)
            case {"gpus": int(gpus)}:
                self._told(gpus)
            case {"failed": str(text)}:
                raise CannotJoin(text)
            case message:
                raise Malformed(str(message)[:80])


class Cluster:
    """A Ray cluster: that at `address` ("10.0.0.5:6379", "auto"), else one that is started on this machine.

    `cpus` and `gpus` are what the latter may use. Several pools may share it; whoever made it ends it.
    """

    def __init__(self, address: str | None = None, *, cpus: int = 1, gpus: int = 0) -> None:
        self.gpus: int | None = None  # of all nodes; None until they have been counted
        self._joining = Joining(address, cpus, gpus)
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._driver: _Driver | None = None
        self._watchers: list[Callable[[int], object]] = []
        self._ended = False

    @property
    def pid(self) -> int | None:
        """The driver's process id, once there is one."""
        driver = self._driver
        return driver.pid if driver is not None else None

    def watch(self, told: Callable[[int], object]) -> Callable[[], None]:
        """Have `told` called, in another thread, with the number of GPUs of all nodes, now and when it changes; until
        what is returned is called."""
        self._watchers.append(told)
        if self.gpus is not None:
            told(self.gpus)
        return lambda: self._watchers.remove(told)

    def connect(self, given_up: Future[Any]) -> Connection:
        """A new worker's pipe; blocks until the driver is there, or `given_up` is done. Raises `CannotJoin`."""
        with self._lock:
            if self._ended:
                raise CannotJoin("the pool is shutting down")
            if self._driver is None or not self._driver.alive:
                self._driver = _Driver(self._joining, self._key, self._tell)
            door = self._driver.door
        wait((door, given_up), return_when=FIRST_COMPLETED)
        if not door.done():
            raise CannotJoin("nobody wants to any more")
        return Client(door.result(), authkey=self._key)

    def end(self) -> None:
        """Leave the cluster, or end it where it was started here; blocks for some seconds."""
        with self._lock:
            self._ended = True
            driver = self._driver
        if driver is not None:
            driver.end()

    def _tell(self, gpus: int) -> None:
        self.gpus = gpus
        for told in list(self._watchers):
            with contextlib.suppress(RuntimeError):  # its loop is closed
                told(gpus)
