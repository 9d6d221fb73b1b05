"""Whether two machines have the same nijigen: what runs in a worker, and the weights that ship with it."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
_ROOMS = ("bot/pool", "models", "data")
_SUFFIXES = frozenset([".py", ".json", ".safetensors"])
_END = 1 << 16  # bytes at either end of a weights file: training changes all of them


@lru_cache(maxsize=1)
def fingerprint(root: Path = ROOT) -> str:
    """The same where the code of workers and the starters are the same; 16 hexadecimal digits. Reads some megabytes."""
    digest = hashlib.sha256()
    files = (path for room in _ROOMS for path in (root / room).rglob("*") if path.suffix in _SUFFIXES)
    for path in sorted(files):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + _content(path))
    return digest.hexdigest()[:16]


def _content(path: Path) -> bytes:
    if path.suffix != ".safetensors":
        return path.read_bytes().replace(b"\r\n", b"\n")  # git may have made lines end as Windows likes it
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_END)
        file.seek(max(0, size - _END))
        return str(size).encode() + head + file.read()
