"""The disk under STORAGE_DIR."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bot.doctor.finding import Finding, bad, good, warn

if TYPE_CHECKING:
    from bot.settings import Settings

LITTLE, NOTHING = 3_000_000_000, 200_000_000  # bytes free: below, something should be done; must be done
NEARLY = 0.9  # of the cap


async def check_disk(settings: Settings) -> list[Finding]:
    """STORAGE_DIR can be written to and has room."""
    return await asyncio.to_thread(_disk, settings.storage_dir.absolute(), settings.storage_cap_gb * 1e9)


def _disk(folder: Path, cap: float) -> list[Finding]:
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir():
        return [bad("disk", "no_folder", folder=folder, file=there)]
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        return [bad("disk", "not_writable", folder=there, words=error.strerror or error)]
    free = shutil.disk_usage(there).free
    values = {"folder": folder, "free": f"{free / 1e9:.1f}", "cap": f"{cap / 1e9:g}"}
    if free < LITTLE:
        return [(bad if free < NOTHING else warn)("disk", "little", **values)]
    if there != folder:
        return [good("disk", "new", **values)]
    used = _size(folder)
    values |= {"used": f"{used / 1e9:.2f}"}
    if used > NEARLY * cap:
        return [warn("disk", "full" if used >= cap else "nearly_full", **values)]
    return [good("disk", "room", **values)]


def _size(folder: Path) -> int:
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += Path(parent, name).lstat().st_size
            except OSError:  # gone since, or not ours to see
                continue
    return total
