"""A checkpoint of somebody else's becomes a model: read in a process of its own, put where models are kept."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from models.versions import NoRoom, add_version

ROOT = Path(__file__).parents[2]
SECONDS = 120.0  # to read a file in, and more for a large one:
BYTES_A_SECOND = 5_000_000

# What the process that reads may know of this one. Tokens and passwords are in the environment too.
ENVIRONMENT = (
    "PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "TEMP", "TMP", "HOME", "USERPROFILE", "SYSTEMROOT", "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS",
)  # fmt: skip


class NotImported(Exception):
    """A file was refused; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Done:
    version: str  # of the model
    folder: Path
    said: tuple[str, ...]  # sentences on what was imported


def import_file(file: Path, name: str, models_dir: Path, use: str = "G_ema", room: int | None = None) -> Done:
    """Make a new version of the model `name` in `models_dir` from a checkpoint, whole or not at all.

    `use` is the generator that draws, "G_ema" or "G"; at most `room` bytes are added. The file is read in a process
    with limits on its memory and time, and never again. Raises NotImported, OSError.
    """
    said: list[str] = []
    try:
        folder = add_version(models_dir, name, lambda fresh: said.extend(_read(file, fresh, use)), room)
    except NoRoom as error:
        raise NotImported(f"the model of {file} {error}") from error
    return Done(folder.name, folder, tuple(said))


def environment() -> dict[str, str]:
    """What the process that reads is started with."""
    known = {key: value for key, value in os.environ.items() if key.upper() in ENVIRONMENT}
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**known, "PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"}


def _read(file: Path, folder: Path, use: str) -> tuple[str, ...]:
    """Let a process of its own read `file` and write the model's folder."""
    asked = {"file": str(file.absolute()), "folder": str(folder.absolute()), "use": use}
    try:
        size = file.stat().st_size
    except OSError:
        size = 0  # which the reader will say better
    try:
        done = subprocess.run(
            [sys.executable, "-m", "bot.importing.reader"],
            input=json.dumps(asked).encode(),
            capture_output=True,
            timeout=SECONDS + size / BYTES_A_SECOND,
            env=environment(),
        )
    except subprocess.TimeoutExpired:
        raise NotImported(f"{file} takes too long to read, and was given up") from None
    try:
        answer = json.loads(done.stdout.decode("utf-8", "replace").strip().splitlines()[-1])
        if done.returncode == 0 and "said" in answer:
            return tuple(str(sentence) for sentence in answer["said"])
        reason = str(answer["refused"])
    except (ValueError, LookupError, TypeError):
        reason = f"could not be read: the process that tried ended with status {done.returncode}"
    raise NotImported(f"{file} {reason}")
