"""One ONNX file, opened and run within bounds."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import numpy as np

MAX_BYTES = 2_000_000_000  # what a protobuf can hold; the largest taggers have 1.3 GB
SECONDS = 120.0  # of one run; the largest takes five on two cores
MOST_VALUES = 50_000_000  # of an answer
MOST_SIDE = 2048  # px of the picture that it is shown

_DEVICES = ("CUDAExecutionProvider", "CPUExecutionProvider")
_TYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16}


class OnnxUnavailable(Exception):
    """A network cannot be had, or answers what it should not; the message is one sentence."""


class Session:
    """An ONNX file of one input and one output that counts. Raises OnnxUnavailable.

    onnxruntime is given its bytes: so no part of it can lie in another file, and what is read is what was measured.
    """

    def __init__(self, file: Path, threads: int = 0) -> None:
        """`threads` are those of one run; 0: as many as there are cores."""
        try:
            import onnxruntime
        except ImportError:
            raise OnnxUnavailable(f'{file} needs onnxruntime: pip install "nijigen[onnx]"') from None
        self.file = file
        content = _content(file)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4  # its complaints come as exceptions
        options.intra_op_num_threads = threads or int(os.environ.get("OMP_NUM_THREADS") or 0)
        devices = [name for name in _DEVICES if name in onnxruntime.get_available_providers()]
        try:
            self._session = onnxruntime.InferenceSession(content, options, providers=devices)
            (given,) = self._session.get_inputs()
            self.shape: tuple[int | None, ...] = tuple(_number(side) for side in given.shape)
            if any((side or 0) > MOST_SIDE for side in self.shape):
                raise ValueError
            self._type, self._name = _TYPES[given.type], given.name
            self._output = self._session.get_outputs()[0].name
        except (ValueError, KeyError) as error:
            raise OnnxUnavailable(f"{file} does not take one picture of floats, of {MOST_SIDE} px at most") from error
        except Exception as error:  # onnxruntime has classes of its own, and none above them
            raise OnnxUnavailable(f"{file} cannot be run by onnxruntime: {_first(error)}") from error

    @property
    def about(self) -> dict[str, str]:
        """What the file says of itself."""
        return dict(self._session.get_modelmeta().custom_metadata_map)

    def run(self, pictures: np.ndarray) -> np.ndarray:
        """float32 as the input is shaped -> float32, what the first output is; finite. Raises OnnxUnavailable."""
        import onnxruntime

        options = onnxruntime.RunOptions()
        options.log_severity_level = 4
        timer = threading.Timer(SECONDS, setattr, (options, "terminate", True))  # a loop in it may have no end
        timer.daemon = True
        timer.start()
        try:
            given = {self._name: pictures.astype(self._type)}
            answer: Any = self._session.run([self._output], given, options)[0]
        except Exception as error:
            why = f"no answer after {SECONDS:g} s" if options.terminate else _first(error)
            raise OnnxUnavailable(f"{self.file} does not take a picture of {pictures.shape}: {why}") from error
        finally:
            timer.cancel()
        if not isinstance(answer, np.ndarray) or answer.dtype.kind != "f" or answer.size > MOST_VALUES:
            raise OnnxUnavailable(f"{self.file} answers something else than numbers")
        answer = answer.astype(np.float32)
        if not np.isfinite(answer).all():
            raise OnnxUnavailable(f"{self.file} answers numbers that are not finite")
        return answer


def _content(file: Path) -> bytes:
    try:
        if not file.is_file():
            raise OnnxUnavailable(f"{file} is no file")
        if file.stat().st_size > MAX_BYTES:
            raise OnnxUnavailable(f"{file} is larger than {MAX_BYTES:,} bytes")
        return file.read_bytes()
    except OSError as error:
        raise OnnxUnavailable(f"{file} cannot be read: {error.strerror or error}") from error


def _number(side: object) -> int | None:
    return side if isinstance(side, int) and side > 0 else None


def _first(error: Exception) -> str:
    """What onnxruntime says, without its code and in one line."""
    line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return "".join(char if char.isprintable() else " " for char in line.rpartition("] : ")[2])[:200]
