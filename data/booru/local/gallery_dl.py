"""Pictures that the program gallery-dl brings: from Pixiv, Twitter and hundreds of other sites that it knows.

It is another process, given an address and a folder of its own; what it leaves there is looked at like a stranger's
files, and moved. Its record of what it brought (`--download-archive`) lies beside them: what lies in the folder when
either is killed is taken next time, and nothing is fetched twice. Its own settings hold (accounts, cookies, waits).
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Collection, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from yarl import URL

from data.booru.local import sidecar
from data.booru.local.folder import read
from data.booru.local.source import Found, Place, SourceError, clean

PROGRAM = "gallery-dl"
FOLDER = ".gallery-dl"  # below that of the pictures
ADDRESS = "nijigen_url"  # the key under which it writes down the address of a file

_RECORD, _LOG = "record.sqlite3", "log.txt"
_MOST_LINE, _MOST_LOG = 10_000, 4000
_UNKNOWN, _UNALLOWED = 64, 16  # bits of its exit status: an address of no site that it knows; an account is needed


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be brought."""

    address: str
    types: frozenset[str]
    max_bytes: int
    per_second: float  # files


def place(address: str) -> Place:
    """Raises `SourceError`, where the program is missing too."""
    try:
        url = URL(address)
        host = url.raw_host or ""
    except ValueError:
        url, host = URL(), ""
    if url.scheme not in ("http", "https") or not re.fullmatch(r"[\w-][\w.:-]*", host) or not address.isprintable():
        raise SourceError(f"{address[:200]!r} is no http or https address")
    if _program() is None:
        raise SourceError(f"{PROGRAM} is not installed: pip install {PROGRAM}")
    return Place(PROGRAM, address, grows=True, host=host if url.is_default_port() else f"{host}:{url.port}")


def pictures(order: Order, outdir: Path, key: str) -> Generator[Found, None, None]:
    """What comes from an address that `place` has allowed. `key` tells one search in `outdir` from another, because
    what one does not want another may. Raises `SourceError`."""
    name = hashlib.sha256(f"{order.address} {key}".encode()).hexdigest()[:16]
    staging = outdir / FOLDER / name
    staging.mkdir(parents=True, exist_ok=True)
    desk = _Desk(staging, order)
    yield from desk.brought()  # what lay there when an earlier run was killed
    with _running(order, staging) as process:
        assert process.stdout is not None
        named: Path | None = None
        over: set[Path] = set()  # those that it is no longer at work on
        while line := process.stdout.readline(_MOST_LINE):
            if named is not None:
                desk.clear(named)  # it speaks of another one: by now its record has this one
                over.add(named)
            named = Path(os.fsdecode(line).strip().removeprefix("# "))  # the mark of one that it has already
            yield from desk.brought(over - {named})
        status = process.wait()
    yield from desk.brought()
    desk.clear()
    if status:
        raise SourceError(_complaint(order.address, status, staging / _LOG))


def _program() -> list[str] | None:
    if (path := shutil.which(PROGRAM)) is not None:
        return [path]
    if importlib.util.find_spec("gallery_dl") is not None:  # in an environment that is not on the PATH
        return [sys.executable, "-m", "gallery_dl"]
    return None


def _arguments(order: Order, staging: Path) -> list[str]:
    endings = sorted(order.types | ({"jpeg"} if "jpg" in order.types else set()))
    options = (f"metadata-url={ADDRESS}", "downloader.part=true", "archive-event=file,skip", "output.mode=pipe")
    return [
        "--destination", str(staging), "--write-metadata", "--download-archive", str(staging / _RECORD),
        "--filter", f"not extension or extension in {(*endings, '')!r}", "--filesize-max", str(order.max_bytes),
        "--sleep", f"{1 / order.per_second:.3f}", "--no-input", "--no-colors", "--no-mtime",
        *(word for option in options for word in ("--option", option)), "--", order.address,
    ]  # fmt: skip


@contextmanager
def _running(order: Order, staging: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (staging / _LOG).open("wb") as log:
        process = subprocess.Popen(
            [*(_program() or [PROGRAM]), *_arguments(order, staging)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


class _Desk:
    """The folder that the program fills. A file is taken once, and lies there until the record has it: of what is
    neither there nor in the record, the program would fetch another copy."""

    def __init__(self, staging: Path, order: Order) -> None:
        self._staging, self._order = staging, order
        self._taken: dict[Path, Path | None] = {}  # with what is written of each

    def brought(self, among: Collection[Path] | None = None) -> Iterator[Found]:
        """The files that are whole and new, among these or all, with what is written of them; links and the like are
        left alone."""
        for path in sorted(_files(self._staging)):
            if path in self._taken or (among is not None and path not in among):
                continue
            beside = self._taken[path] = _sidecar(path)
            name = clean(path.relative_to(self._staging).as_posix())
            try:
                content = read(path, self._order.max_bytes)
                about = beside.read_bytes()[: sidecar.MOST] if beside else b""
            except OSError as error:
                yield Found(name, "", trouble=f"cannot be read: {error.strerror or error}")
                continue
            if isinstance(content, str):
                yield Found(name, "", trouble=content)
                continue
            known = sidecar.json_of(about)
            said = sidecar.of(known)
            url = known.get(ADDRESS)
            yield Found(
                name, "", url if isinstance(url, str) else "", content,
                replace(said, source=said.source or self._order.address), file=path,
            )  # fmt: skip

    def clear(self, path: Path | None = None) -> None:
        """Away with a file that was taken; with all of them."""
        for one in [path] if path is not None else list(self._taken):
            if one in self._taken:
                beside = self._taken.pop(one)
                one.unlink(missing_ok=True)
                if beside is not None:
                    beside.unlink(missing_ok=True)


def _files(staging: Path) -> Iterator[Path]:
    for root, _, names in os.walk(staging):
        for name in names:
            path = Path(root, name)
            ours = path.parent == staging and name.startswith((_RECORD, _LOG))
            if not ours and not name.endswith((".part", ".json")) and not path.is_symlink():
                yield path


def _sidecar(path: Path) -> Path | None:
    """It keeps the ending that the site stated, also where the file turned out to be of another type."""
    exact = path.with_name(f"{path.name}.json")
    others = (path.with_name(f"{path.stem}.{ending}.json") for ending in ("jpg", "jpeg", "png", "webp", "gif", "avif"))
    return next((one for one in (exact, *others) if one.is_file() and not one.is_symlink()), None)


def _complaint(address: str, status: int, log: Path) -> str:
    if status & _UNKNOWN:
        return f"{PROGRAM} knows no site at {address[:200]}"
    said = ""
    with contextlib.suppress(OSError):
        lines = log.read_bytes()[-_MOST_LOG:].decode("utf-8", "replace").strip().splitlines()
        errors = [line for line in lines if "[error]" in line] or lines
        said = clean(errors[-1])[:300] if errors else ""
    account = "; an account may be needed, which is one of its own settings" if status & _UNALLOWED else ""
    return f"{PROGRAM} gave up ({said or f'exit status {status}'}){account}; the same command again goes on"
