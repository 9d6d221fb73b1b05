"""Files that are whole or not there: written beside their place, synced, then renamed into it."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yields a path to write a file to; on leaving without an exception it takes the place of `path` at once."""
    fresh = _beside(path)
    try:
        yield fresh
        fresh.chmod(0o644)  # safetensors makes files that only their owner may read
        _sync(fresh)
        fresh.replace(path)
        _sync(path.parent)
    finally:
        fresh.unlink(missing_ok=True)


@contextmanager
def replacing_folder(folder: Path) -> Iterator[Path]:
    """The same for a folder of files. A folder that stands at `folder` is removed just before the renaming."""
    fresh = _beside(folder)
    fresh.mkdir(parents=True)
    try:
        yield fresh
        for file in fresh.iterdir():
            file.chmod(0o644)
            _sync(file)
        _sync(fresh)
        shutil.rmtree(folder, ignore_errors=True)
        fresh.replace(folder)
        _sync(folder.parent)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def move_folder(folder: Path, to: Path) -> None:
    """To a place where nothing is, on the same disk. Its files have been synced by who wrote them."""
    folder.rename(to)
    _sync(to.parent)


def is_torn(path: Path) -> bool:
    """Whether a kill has left this file or folder half-written, by its name."""
    return path.name.startswith(".") and path.name.endswith(".part")


def is_used(path: Path) -> bool:
    """Whether there is anything but an empty folder, or one with nothing but what a kill left in it."""
    return path.exists() and (not path.is_dir() or not all(map(is_torn, path.iterdir())))


def write_text(path: Path, text: str) -> None:
    """UTF-8 with \\n on every system."""
    with replacing(path) as fresh:
        fresh.write_text(text, encoding="utf-8", newline="\n")


def write_bytes(path: Path, content: bytes) -> None:
    with replacing(path) as fresh:
        fresh.write_bytes(content)


def _beside(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")


def _sync(path: Path) -> None:
    if path.is_dir() and os.name == "nt":  # Windows cannot open a folder to sync it
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
