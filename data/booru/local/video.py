"""Pictures of a video: one frame a shot, and none that is nearly the one of another shot.

Shots of a conversation come again and again; drawings are filmed for seconds. The decoder is another process, because
videos come from strangers: it may crash, and is ended when it is silent for too long.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import threading
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from data.booru.local.source import Found, Place, Said, SourceError, clean, stamp
from data.pictures.decode import decode
from data.pictures.opening import Unreadable

ENDINGS = ("jpg", "png", "webp")  # that frames are written as, the first one that is wanted
SILENCE = 120.0  # seconds after which the decoder is ended
ALIKE = 24  # of 256 bits: two hashes that differ in no more are one picture (`data.curate.likeness`)

_ROOT = Path(__file__).parents[3]
_MOST_LINE, _MOST_BYTES = 10_000, 400_000_000


def place(file: Path) -> Place:
    """Raises `SourceError`, where PyAV is missing too."""
    base = stamp(file)
    if not file.is_file():
        raise SourceError(f"{file} is no file")
    if importlib.util.find_spec("av") is None:
        raise SourceError('a video needs PyAV: pip install "nijigen[video]"')
    return Place("video", base, grows=False)


def pictures(
    file: Path, cursor: str, max_pixels: int, ending: str, kept: Iterable[Path] = (), silence: float = SILENCE
) -> Generator[Found, None, None]:
    """One frame a shot as a file of type `ending`. `kept` are the frames of it that an earlier run has taken.

    A cursor is the seconds at which the next shot begins. Raises `SourceError`, for the damaged rest of a video too.
    """
    from data.curate.picture import hashes

    known = _Known()
    for path in kept:
        if (grey := _grey(path.read_bytes() if path.is_file() else b"", max_pixels)) is not None:
            known.add(hashes(grey)[0])
    name = clean(file.name)
    address = file.resolve().as_uri()
    asked = {"path": str(file), "start": float(cursor or 0), "max_pixels": max_pixels, "ending": ending}
    for said, content in _decoded(asked, name, silence):
        at, after = float(said["at"]), repr(float(said["after"]))
        where = f"{name} at {timedelta(seconds=round(at))}"
        grey = _grey(content, max_pixels)
        if grey is None or not known.add(*hashes(grey)):
            continue
        yield Found(where, after, f"{address}#t={at:.3f}", content, Said(source=where))


class _Known:
    """Hashes of the frames that were taken."""

    def __init__(self) -> None:
        self._hashes = np.empty((64, 4), np.uint64)
        self._count = 0

    def add(self, text: str, mirrored: str = "") -> bool:
        """Whether it is a new one."""
        known = self._hashes[: self._count]
        for other in filter(None, (text, mirrored)):
            if len(known) and np.bitwise_count(known ^ _bits(other)).sum(1, dtype=np.uint16).min() <= ALIKE:
                return False
        if self._count == len(self._hashes):
            self._hashes = np.concatenate([self._hashes, np.empty_like(self._hashes)])
        self._hashes[self._count] = _bits(text)
        self._count += 1
        return True


def _bits(text: str) -> np.ndarray:
    return np.frombuffer(bytes.fromhex(text), np.uint64)


def _grey(content: bytes, max_pixels: int) -> np.ndarray | None:
    import cv2

    try:
        return cv2.cvtColor(decode(content, max_pixels, 512).pixels, cv2.COLOR_RGB2GRAY)
    except Unreadable:
        return None


def _decoded(asked: dict[str, Any], name: str, silence: float) -> Iterator[tuple[dict[str, Any], bytes]]:
    with _decoder(asked) as process, _watched(process, silence) as heard:
        assert process.stdout is not None
        while line := process.stdout.readline(_MOST_LINE):
            said = json.loads(line)
            if "refused" in said:
                raise SourceError(f"{name} {said['refused']}")
            if "done" in said:
                return
            content = process.stdout.read(min(int(said.get("bytes", 0)), _MOST_BYTES))
            heard()
            if content:
                yield said, content
        if heard.late:
            raise SourceError(f"{name} was decoded for {silence:g} s without a frame, and was given up")
        raise SourceError(f"{name} made its decoder crash; what was taken of it stays")


@contextmanager
def _decoder(asked: dict[str, Any]) -> Iterator[subprocess.Popen[bytes]]:
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    process = subprocess.Popen(
        [sys.executable, "-m", "data.booru.local.decoder"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert process.stdin is not None
        process.stdin.write(json.dumps(asked).encode() + b"\n")
        process.stdin.close()
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


class _Heard:
    """Ends a process that has said nothing for some time."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self._process, self._seconds = process, seconds
        self.late = False
        self._timer: threading.Timer | None = None
        self()

    def __call__(self) -> None:
        self.stop()
        self._timer = threading.Timer(self._seconds, self._end)
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _end(self) -> None:
        self.late = True
        self._process.kill()


@contextmanager
def _watched(process: subprocess.Popen[bytes], seconds: float) -> Iterator[_Heard]:
    heard = _Heard(process, seconds)
    try:
        yield heard
    finally:
        heard.stop()
