"""The shots of a video, one frame of each: the sharpest that has settled. Needs PyAV, and runs in `decoder`.

The file is read by us and its format is one of a list: what FFmpeg would open by itself (playlists, concatenations)
could name other files and addresses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from av.error import FFmpegError

from data.curate.picture import sharpness
from data.pictures.types import Pixels

PER_SECOND = 8  # frames that are looked at
CUT = 0.1  # mean difference, 0…1, of two frames that are looked at one after the other, and of two shots
DRIFT = 0.18  # from the first frame of a shot, after which it is another picture: the camera moves
LONGEST = 20.0  # seconds of a shot; a longer one has more to show
PLAIN = 6.0  # standard deviation of a frame's grey, 0…255, below which there is nothing on it
LOOKED_AT = 256  # px of the longer side
MOST_FRAMES = 5_000_000  # two days
MOST_ERRORS = 200  # packets one after the other that cannot be decoded

_FORMATS = (
    "matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,m4v,avi,mpegts,mpeg,mpegvideo,h264,hevc,obu,flv,ogg,asf,rm,nut,ivf,dv,gif"
)
_UNSPECIFIED = 2  # AVCOL_SPC_UNSPECIFIED


class NoVideo(Exception):
    """There is nothing to see; the message is the end of a sentence that begins with the file's name."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A frame of a shot, and where the next shot begins."""

    pixels: Pixels  # (H, W, 3)
    at: float  # seconds
    after: float  # seconds; inf: it was the last one


@dataclass(frozen=True, slots=True)
class At:
    """How far it is, now and then."""

    seconds: float


def shots(path: Path, start: float, max_pixels: int) -> Iterator[Shot | At]:
    """The shots that begin at `start` seconds or later. Raises NoVideo where there is none, or the rest is damaged."""
    try:
        with path.open("rb") as file, _opened(file) as container:
            yield from _shots(container, start, max_pixels)
    except OSError as error:
        raise NoVideo(f"cannot be read: {error.strerror or error}") from error
    except MemoryError as error:
        raise NoVideo("wants more memory than it may have") from error


def _opened(file: Any) -> Any:
    try:
        return av.open(
            file, "r", container_options={"format_whitelist": _FORMATS, "protocol_whitelist": "none"}, io_open=_refuse,
            metadata_errors="replace",
        )  # fmt: skip
    except (FFmpegError, ValueError, OSError) as error:
        raise NoVideo("is no video that FFmpeg can read") from error


def _refuse(*_: Any) -> Any:
    raise PermissionError("a video may not open other files")


def _shots(container: Any, start: float, max_pixels: int) -> Iterator[Shot | At]:
    aspect = _aspect(container)
    shot: _Shot | None = None
    count, end, looked, damaged = 0, start, -1.0, False
    for frame in _frames(container, start, max_pixels):
        if frame is None:
            damaged = True
            break
        count += 1
        if count > MOST_FRAMES:
            break
        if count % 200 == 0:
            yield At(frame.time)
        if frame.time < start or 0 <= frame.time - looked < 1 / PER_SECOND - 1e-3:
            continue
        end = looked = frame.time
        thumb = _thumb(frame)
        if shot is not None and shot.ends(thumb, frame.time):
            yield from shot.shown(frame.time, aspect)
            shot = None
        if shot is None:
            shot = _Shot(frame.time, thumb)
        shot.look(frame, thumb)
    if count == 0 and start == 0:
        raise NoVideo("holds no frame that can be decoded")
    if shot is not None:
        yield from shot.shown(end if damaged else float("inf"), aspect)
    if damaged:
        raise NoVideo(f"is damaged from {end:.0f} s on")


def _frames(container: Any, start: float, max_pixels: int) -> Iterator[Any]:
    """Frames with a time, from the key frame before `start` on; None where nothing more can be decoded."""
    streams = container.streams.video
    if not streams:
        raise NoVideo("holds no video")
    stream = streams[0]
    _check(stream.codec_context.width, stream.codec_context.height, max_pixels)
    stream.thread_type = "AUTO"
    if start > 0:
        try:
            container.seek(int(start * 1_000_000))
        except FFmpegError:
            container.seek(0)
    packets, errors = container.demux(stream), 0
    while True:
        try:
            packet = next(packets)
            frames = packet.decode()
        except StopIteration:
            return
        except (FFmpegError, ValueError):
            errors += 1
            if errors >= MOST_ERRORS:
                yield None
                return
            continue
        errors = 0 if frames else errors
        for frame in frames:
            _check(frame.width, frame.height, max_pixels)
            if frame.time is not None:
                yield frame


def _check(width: int, height: int, max_pixels: int) -> None:
    if width * height > max_pixels:
        raise NoVideo(f"has frames of {width}x{height} pixels, more than INTAKE_MAX_PIXELS")


class _Shot:
    """One that is under way."""

    def __init__(self, start: float, thumb: np.ndarray) -> None:
        self._start, self._first, self._last = start, thumb, thumb
        self._begun = False
        self._best: Any = None
        self._worth = -1.0

    def ends(self, thumb: np.ndarray, at: float) -> bool:
        """Whether a frame belongs to the next one."""
        cut = _distance(thumb, self._last) > CUT
        return cut or _distance(thumb, self._first) > DRIFT or at - self._start > LONGEST

    def look(self, frame: Any, thumb: np.ndarray) -> None:
        """The frame may be the one that is shown: it is sharp, and little moves (no fading, no blur)."""
        # The first one is often half of the shot before it.
        moved = _distance(thumb, self._last) if self._begun else CUT / 2
        self._last, self._begun = thumb, True
        if cv2.cvtColor(thumb, cv2.COLOR_RGB2GRAY).std() < PLAIN:
            return
        scale = LOOKED_AT / max(frame.width, frame.height)
        size = {"width": max(2, round(frame.width * scale)), "height": max(2, round(frame.height * scale))}
        worth = sharpness(frame.to_ndarray(format="gray", **size)) * max(0.1, 1 - moved / CUT)
        if worth > self._worth:
            self._best, self._worth = frame, worth

    def shown(self, after: float, aspect: float) -> Iterator[Shot]:
        if self._best is not None:
            yield Shot(_pixels(self._best, aspect), self._best.time, after)


def _thumb(frame: Any) -> np.ndarray:
    return frame.to_ndarray(format="rgb24", width=64, height=36)


def _distance(one: np.ndarray, other: np.ndarray) -> float:
    return float(cv2.absdiff(one, other).mean()) / 255


def _aspect(container: Any) -> float:
    """Of a pixel: width to height."""
    for stream in container.streams.video[:1]:
        ratio = float(stream.codec_context.sample_aspect_ratio or 1)
        return ratio if 0.3 < ratio < 3 else 1.0
    return 1.0


def _pixels(frame: Any, aspect: float) -> Pixels:
    """Upright, with square pixels, in the colours that were meant."""
    # Where nothing is said, high definition has the colours of BT.709; FFmpeg would take those of BT.601.
    colours = {"src_colorspace": "itu709"} if frame.colorspace == _UNSPECIFIED and frame.height >= 720 else {}
    pixels = frame.to_ndarray(format="rgb24", **colours)
    if aspect != 1:
        width = max(1, round(frame.width * aspect))
        pixels = cv2.resize(pixels, (width, frame.height), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(np.rot90(pixels, round(frame.rotation / 90) % 4))
