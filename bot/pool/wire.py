"""Answers on their way out of a worker: JSON says what they are, shared memory holds the bytes in them.

Workers decode strangers' bytes, so the bot believes nothing that they say: no pickle in this direction, every
offset, shape and type is checked, and what is read is copied out before the worker gets its next batch.

A JSON scalar or list stands for itself; every object has one key that says what it is:
{"array": [offset, dtype, shape]}, {"bytes": [offset, size]}, {"encoded": [offset, size, media type, width, height]},
{"dict": {...}}, {"failure": text}. Offsets and sizes are in bytes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from bot.pool.events import Failure
from data.pictures import Encoded

MAX_MESSAGE = 1 << 20  # bytes of JSON; anything big belongs into arrays
_ALIGNMENT = 64
# Of fixed size and without meaning beyond their bits: above all no objects.
_DTYPES = frozenset(
    ["bool", "float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
)
_MAX_DIMENSIONS, _MAX_ITEMS = 8, 1 << 32


class Malformed(Exception):
    """What no worker in its right mind would say."""


class Blocks(Protocol):
    """Bytes for the shared memory."""

    @property
    def size(self) -> int:
        """Bytes needed."""
        ...

    def write(self, memory: memoryview) -> None:
        """Copy all to their places; `memory` has at least `size` bytes."""
        ...


class Packing:
    """The blocks of bytes of one batch of answers, each with its place in the shared memory."""

    def __init__(self) -> None:
        self.size = 0  # bytes needed
        self._blocks: list[tuple[int, np.ndarray]] = []

    def pack(self, value: Any) -> Any:
        """The JSON for an answer. Raises `TypeError` for what cannot travel."""
        match value:
            case np.generic():
                return self.pack(value.item())
            case None | bool() | int() | float() | str():
                return value
            case np.ndarray():
                if value.dtype.name not in _DTYPES:
                    raise TypeError(f"an answer cannot hold an array of {value.dtype}")
                return {"array": [self._add(value), value.dtype.name, list(value.shape)]}
            case bytes() | bytearray() | memoryview():
                return {"bytes": self._add_bytes(value)}
            case Encoded(content, media_type, width, height):
                return {"encoded": [*self._add_bytes(content), media_type, width, height]}
            case Mapping():
                if not all(isinstance(key, str) for key in value):
                    raise TypeError("the keys of an answer are strings")
                return {"dict": {key: self.pack(item) for key, item in value.items()}}
            case list() | tuple():
                return [self.pack(item) for item in value]
            case BaseException():
                return {"failure": failure_text(value)}
            case _:
                raise TypeError(f"an answer cannot hold a {type(value).__name__}")

    def _add(self, block: np.ndarray) -> int:
        offset = self.size
        self._blocks.append((offset, block))
        self.size = -(-(offset + block.nbytes) // _ALIGNMENT) * _ALIGNMENT
        return offset

    def _add_bytes(self, content: bytes | bytearray | memoryview) -> list[int]:
        block = np.frombuffer(content, np.uint8)
        return [self._add(block), block.nbytes]

    def write(self, memory: memoryview) -> None:
        """Copy all blocks to their places; `memory` has at least `size` bytes."""
        for offset, block in self._blocks:
            if block.nbytes:
                # In native byte order, whatever the block's own: a dtype's name does not tell.
                place = np.ndarray(block.shape, np.dtype(block.dtype.name), memory, offset)
                place[...] = block


class Unpacking:
    """Reads answers out of shared memory that a worker has written, and may still be writing."""

    def __init__(self, memory: memoryview | None) -> None:
        self._memory = memory
        self._left = len(memory) if memory is not None else 0  # bytes that may still be copied: no block twice

    def unpack(self, value: Any) -> Any:
        """The answer that JSON stands for, all of it copied. Raises `Malformed`."""
        if isinstance(value, list):
            return [self.unpack(item) for item in value]
        if not isinstance(value, dict):
            return value
        match value:
            case {"array": [offset, str(dtype), [*shape]], **rest} if not rest and dtype in _DTYPES:
                return self._array(offset, np.dtype(dtype), tuple(shape))
            case {"bytes": [offset, size], **rest} if not rest:
                return bytes(self._block(offset, size))
            case {"encoded": [offset, size, str(media_type), width, height], **rest} if not rest:
                if not (_is_size(width) and _is_size(height)):
                    raise Malformed(f"a picture of {width} x {height}")
                return Encoded(bytes(self._block(offset, size)), media_type, width, height)
            case {"dict": dict(items), **rest} if not rest:
                return {key: self.unpack(item) for key, item in items.items()}
            case {"failure": str(text), **rest} if not rest:
                return Failure(text)
        raise Malformed(f"not an answer: {str(value)[:80]}")

    def _array(self, offset: Any, dtype: np.dtype, shape: tuple[Any, ...]) -> np.ndarray:
        sides = [max(1, n) for n in shape if _is_size(n)]
        if len(sides) < len(shape) or len(shape) > _MAX_DIMENSIONS or math.prod(sides) > _MAX_ITEMS:
            raise Malformed(f"an array of shape {str(shape)[:80]}")
        block = self._block(offset, math.prod(shape) * dtype.itemsize)
        return np.frombuffer(block, dtype).reshape(shape).copy() if 0 not in shape else np.zeros(shape, dtype)

    def _block(self, offset: Any, size: Any) -> memoryview:
        if not (_is_size(offset) and _is_size(size)):
            raise Malformed(f"{str(size)[:40]} bytes at {str(offset)[:40]}")
        if size == 0:
            return memoryview(b"")
        if self._memory is None or offset + size > len(self._memory) or size > self._left:
            raise Malformed(f"{size} bytes at {offset}, where there are none")
        self._left -= size
        return self._memory[offset : offset + size]


def _is_size(value: Any) -> bool:
    return type(value) is int and value >= 0


def failure_text(error: BaseException) -> str:
    """An exception in one line, for the log."""
    return f"{type(error).__name__}: {error}"[:500]


def say(**message: Any) -> bytes:
    """A control message as bytes. Raises `ValueError` where it would be longer than `MAX_MESSAGE`."""
    data = json.dumps(message, separators=(",", ":")).encode()
    if len(data) > MAX_MESSAGE:
        raise ValueError(f"{len(data)} bytes of JSON; big values belong into arrays")
    return data


def hear(data: bytes) -> dict[str, Any]:
    """A control message from bytes. Raises `Malformed`."""
    try:
        message = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not JSON: {failure_text(error)[:80]}") from None
    if not isinstance(message, dict):
        raise Malformed("not a message")
    return message
