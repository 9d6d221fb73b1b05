"""A PostgreSQL server of the tests' own: in a temporary folder, on a Unix socket, without fsync."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import asyncpg

from bot.settings import Settings
from bot.store import Store

DEBIAN = Path("/usr/lib/postgresql")  # keeps the server's programs out of PATH, a folder a version
TEMPLATE = "migrated"
PATIENCE = 120  # seconds that a program of the server may take on a busy machine


class NoServer(Exception):
    """Why there is no PostgreSQL on this machine."""


class Server:
    """A running server. `stop` and `start` keep what is in it."""

    def __init__(self, folder: Path, programs: Path, user: str | None) -> None:
        """Runs in `folder`, as the system's `user` (None: as who we are)."""
        self._folder = folder
        self._programs = programs
        self._user = user

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://postgres@/{database}?host={self._folder}"

    def create(self) -> None:
        # Far more than a test needs: a test may hold several stores open, each with its pool.
        self._run("initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = {"listen_addresses": "''", "unix_socket_directories": f"'{self._folder}'", "fsync": "off"}
        options |= {"full_page_writes": "off", "max_connections": "200", "shared_buffers": "'32MB'"}
        with (Path(self._data) / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = {value}\n" for name, value in options.items())

    def start(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-l", str(self._folder / "log"), "-w", "start")

    def stop(self, mode: str = "fast") -> None:
        """ "fast" cuts every connection off, "immediate" is a crash."""
        self._run("pg_ctl", "-D", self._data, "-m", mode, "-w", "stop")

    @asynccontextmanager
    async def database(self, *, migrated: bool = True) -> AsyncIterator[str]:
        """A fresh database; its address. A migrated one is a copy, which is quick."""
        name = f"test_{uuid.uuid4().hex}"
        await self._execute(f"CREATE DATABASE {name} TEMPLATE {await self._template() if migrated else 'template0'}")
        try:
            yield self.url(name)
        finally:
            await self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    async def _template(self) -> str:
        if not await self._execute(f"SELECT 1 FROM pg_database WHERE datname = '{TEMPLATE}'"):
            await self._execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
            folder = Path(tempfile.mkdtemp(dir=self._folder))
            settings = Settings(_env_file=None, storage_dir=folder, database_url=self.url(TEMPLATE))  # type: ignore[call-arg]
            await (await Store.open(settings)).close()
        return TEMPLATE

    async def _execute(self, statement: str) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(user="postgres", database="postgres", host=str(self._folder))
        try:
            return await connection.fetch(statement)
        finally:
            await connection.close()

    @contextmanager
    def outlived_by_nothing(self) -> Iterator[None]:
        """The server and its folder go when the block ends, or when this process dies: a shell waits for either."""
        end = shlex.join([*self._command("pg_ctl"), "-D", self._data, "-m", "immediate", "stop"])
        script = f"cat; {end}; rm -rf {shlex.quote(str(self._folder))}"
        quiet = subprocess.DEVNULL
        # Of a session of its own, so that ^C does not end it before it has done its work.
        with subprocess.Popen(
            ["sh", "-c", script], cwd="/tmp", stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, start_new_session=True
        ):  # whose end closes the pipe that `cat` reads, and waits
            yield

    def _command(self, program: str) -> list[str]:
        as_user = ["runuser", "-u", self._user, "--"] if self._user else []
        return [*as_user, str(self._programs / program)]

    def _run(self, program: str, *arguments: str) -> None:
        # Its output goes to a file: the server keeps what it inherits open for as long as it runs.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                [*self._command(program), *arguments],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                timeout=PATIENCE,
            )
            output.seek(0)
            if done.returncode:
                raise RuntimeError(f"{program} failed: {output.read().decode(errors='replace')}")


@contextmanager
def serve() -> Iterator[Server]:
    """A server, gone with everything in it when the block ends. Raises `NoServer`."""
    if os.name != "posix":
        raise NoServer("the tests' PostgreSQL needs Unix sockets and users")
    programs = _programs()
    user = "postgres" if os.geteuid() == 0 else None  # which refuses to run as root
    folder = Path(tempfile.mkdtemp(prefix="nijigen-postgres-", dir="/tmp"))  # a socket's path is short
    server = Server(folder, programs, user)
    with server.outlived_by_nothing():
        if user:
            shutil.chown(folder, user)
        server.create()
        server.start()
        yield server


def _programs() -> Path:
    """The folder of the newest server's programs."""
    versions = [folder for folder in DEBIAN.glob("*/bin") if (folder / "initdb").exists()]
    if versions:
        return max(versions, key=lambda folder: float(folder.parent.name))
    found = shutil.which("initdb")
    if found is None:
        raise NoServer("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    return Path(found).resolve().parent
