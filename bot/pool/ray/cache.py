"""A node's own copies of the bot's models: files on its disk, believed by their sha256."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from data import durable

_DAY = 86400.0
KEPT = 7 * _DAY  # seconds that a model which nobody asks for stays on a node


def home() -> Path:
    """The folder for copies: the user's cache, or a temporary one where that cannot be written."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "nijigen"
    try:
        base.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.mkdtemp(prefix="nijigen-"))
    return base if os.access(base, os.W_OK) else Path(tempfile.mkdtemp(prefix="nijigen-"))


class Cache:
    """Copies in `root/models/<name>/<version>/`, which is laid out as the bot's `STORAGE_DIR/models` is."""

    def __init__(self, root: Path) -> None:
        self.models = root / "models"

    def has(self, model: str, sums: Mapping[str, str]) -> bool:
        """Whether all files of `rei@20260131T101500-1a2b3c` are here, with these sha256; reads them."""
        folder = self._folder(model)
        try:
            same = all(hashlib.sha256((folder / name).read_bytes()).hexdigest() == sums[name] for name in sums)
            if same:
                os.utime(folder)  # asked for now
        except OSError:
            return False
        return same

    def store(self, model: str, contents: Mapping[str, bytes], sums: Mapping[str, str]) -> None:
        """Keep a copy. Raises `ValueError` where it is not what was sent, and `OSError`."""
        for name, content in contents.items():
            if hashlib.sha256(content).hexdigest() != sums[name]:
                raise ValueError(f"{name} of {model} arrived damaged")
        if self.has(model, sums):  # another worker of this node was quicker
            return
        try:
            with durable.replacing_folder(self._folder(model)) as fresh:
                for name, content in contents.items():
                    (fresh / name).write_bytes(content)
        except OSError:
            if not self.has(model, sums):  # the same, a moment later
                raise

    def forget(self, now: float | None = None) -> None:
        """Remove what nobody has asked for in `KEPT` seconds."""
        limit = (time.time() if now is None else now) - KEPT
        for folder in self.models.glob("*/*"):
            try:
                if folder.stat().st_mtime < limit:
                    shutil.rmtree(folder, ignore_errors=True)
            except FileNotFoundError:  # another worker tidies too
                continue

    def _folder(self, model: str) -> Path:
        name, _, version = model.partition("@")
        return self.models / name / version
