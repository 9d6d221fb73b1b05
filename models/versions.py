"""A new version of a model: put where the registry finds it, whole or not at all, newer than whatever is stored."""

from __future__ import annotations

import hashlib
import shutil
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from data import durable
from models.registry import is_version

TIME = "%Y%m%dT%H%M%S"


class NoRoom(Exception):
    """A model takes more than may be added; the message is the rest of a sentence that names it."""


def add_version(models_dir: Path, name: str, make: Callable[[Path], None], room: int | None = None) -> Path:
    """The folder of a new version of `name`, `models_dir/name/20260131T101500-1a2b3c`.

    `make` writes and syncs the model in the folder that it is given, which does not exist yet; where it raises, nothing
    is left. At most `room` bytes are added. Raises NoRoom, OSError.
    """
    parent = models_dir / name
    parent.mkdir(parents=True, exist_ok=True)
    place = parent / f".{uuid.uuid4().hex[:8]}.part"  # no name of a version: nobody takes it for a model
    fresh = place / "model"
    try:
        place.mkdir()
        make(fresh)
        size = sum(path.stat().st_size for path in fresh.iterdir())
        if room is not None and size > room:
            raise NoRoom(
                f"takes {size / 1e9:.2f} GB, and STORAGE_CAP_GB leaves {max(0, room) / 1e9:.2f}: raise it, or remove "
                "something"
            )
        version = parent / f"{_time(parent):{TIME}}-{sha256_of(fresh)[:6]}"
        durable.move_folder(fresh, version)
        return version
    finally:
        shutil.rmtree(place, ignore_errors=True)
        if not any(parent.iterdir()):
            parent.rmdir()


def sha256_of(folder: Path) -> str:
    """Of a model's weights, in hexadecimal digits."""
    with (folder / "model.safetensors").open("rb") as weights:
        return hashlib.file_digest(weights, "sha256").hexdigest()


def _time(parent: Path) -> datetime:
    """Now, or a second after the newest version: by its time it is known to be the one that is meant."""
    times = [datetime.now(UTC)]
    for folder in parent.iterdir():
        if is_version(folder.name):
            try:
                times.append(datetime.strptime(folder.name[:15], TIME).replace(tzinfo=UTC) + timedelta(seconds=1))
            except (ValueError, OverflowError):  # digits that are no date
                continue
    return max(times)
