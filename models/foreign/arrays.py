"""Numbers in a file: where they lie and what shape they have. They are copied out of it when they are asked for."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from models.foreign.errors import Unreadable

MAX_DIMENSIONS = 8

# Of torch's types -> bytes each, and numpy's type for them. numpy has no bfloat16; see `_numbers`.
TYPES: dict[str, np.dtype] = {
    "float64": np.dtype("<f8"),
    "float32": np.dtype("<f4"),
    "float16": np.dtype("<f2"),
    "bfloat16": np.dtype("<u2"),
    "int64": np.dtype("<i8"),
    "int32": np.dtype("<i4"),
    "int16": np.dtype("<i2"),
    "int8": np.dtype("i1"),
    "uint8": np.dtype("u1"),
    "bool": np.dtype("?"),
}


class Numbers(Protocol):
    """An array that is still in its file."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    def array(self) -> np.ndarray:
        """float32, in an array of its own. Raises Unreadable."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Storage:
    """torch's: numbers in a row. `content` is a piece of the file."""

    dtype: str  # one of TYPES
    content: memoryview = field(repr=False)

    @property
    def count(self) -> int:
        return len(self.content) // TYPES[self.dtype].itemsize


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """torch's: a view of a storage. Raises Unreadable where it would reach beyond it, or be larger than it.

    The second is what a bomb does: a stride of 0 makes of four bytes as many numbers as one likes.
    """

    storage: Storage = field(repr=False)
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def __post_init__(self) -> None:
        numbers = (self.offset, *self.shape, *self.strides)
        if not all(type(n) is int and 0 <= n < 2**40 for n in numbers) or len(self.shape) > MAX_DIMENSIONS:
            raise Unreadable("holds a tensor of an impossible shape")
        if len(self.shape) != len(self.strides):
            raise Unreadable("holds a tensor whose strides do not fit its shape")
        count = math.prod(self.shape)
        last = self.offset + sum((n - 1) * s for n, s in zip(self.shape, self.strides, strict=True))
        if count and (last >= self.storage.count or count > self.storage.count):
            raise Unreadable("holds a tensor that is larger than what is stored of it")

    def array(self) -> np.ndarray:
        """float32, in an array of its own."""
        flat = _numbers(self.storage.content, self.storage.dtype)
        strides = tuple(s * flat.itemsize for s in self.strides)
        if not math.prod(self.shape):
            return np.zeros(self.shape, np.float32)
        view = np.lib.stride_tricks.as_strided(flat[self.offset :], self.shape, strides, writeable=False)
        return _float32(view)


@dataclass(slots=True, eq=False)
class DType:
    """numpy's, as a pickle makes it: by its code at first, its byte order comes later."""

    code: str
    order: str = "<"

    def restore(self, state: object) -> None:
        """Its pickled state: (version, byte order, …, None three times for what is no structure, …)."""
        if not isinstance(state, tuple) or len(state) < 5 or state[1] not in ("<", ">", "|", "=") or any(state[2:5]):
            raise Unreadable("holds an array of something else than numbers")
        self.order = state[1]

    def numpy(self) -> np.dtype:
        """Raises Unreadable for anything but numbers."""
        if self.code not in ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"):
            raise Unreadable("holds an array of something else than numbers")
        return np.dtype(self.order + self.code)


@dataclass(slots=True, eq=False)
class Array:
    """numpy's. Empty until the pickle has said what it is."""

    dtype: DType | None = None
    shape: tuple[int, ...] = ()
    fortran: bool = False
    content: memoryview = field(default_factory=lambda: memoryview(b""), repr=False)

    def fill(self, dtype: object, shape: object, fortran: object, content: object) -> None:
        """Raises Unreadable where the parts do not fit together."""
        if not isinstance(dtype, DType) or not isinstance(shape, tuple) or not isinstance(content, memoryview):
            raise Unreadable("holds an array of something else than numbers")
        if len(shape) > MAX_DIMENSIONS or not all(type(n) is int and 0 <= n < 2**40 for n in shape):
            raise Unreadable("holds an array of an impossible shape")
        if math.prod(shape) * dtype.numpy().itemsize != len(content):
            raise Unreadable("holds an array whose numbers do not fit its shape")
        self.dtype, self.shape, self.fortran, self.content = dtype, shape, bool(fortran), content

    def restore(self, state: object) -> None:
        """Its pickled state: (version, shape, dtype, whether in Fortran's order, the numbers)."""
        if not isinstance(state, tuple) or len(state) != 5:
            raise Unreadable("holds an array of something else than numbers")
        _, shape, dtype, fortran, content = state
        self.fill(dtype, shape, fortran, content)

    def array(self) -> np.ndarray:
        """float32, in an array of its own. Raises Unreadable for one that was never filled."""
        return _float32(self.exact())

    def exact(self) -> np.ndarray:
        """In its own type, a view of the file. Raises Unreadable for one that was never filled."""
        if self.dtype is None:
            raise Unreadable("holds an array without numbers")
        flat = np.frombuffer(self.content, self.dtype.numpy())
        return flat.reshape(self.shape, order="F" if self.fortran else "C")


def _numbers(content: memoryview, dtype: str) -> np.ndarray:
    kind = TYPES[dtype]
    flat = np.frombuffer(content, kind, count=len(content) // kind.itemsize)
    if dtype == "bfloat16":  # the upper half of a float32
        return (flat.astype(np.uint32) << 16).view(np.float32)
    return flat


def _float32(view: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):  # a float64 that is too large becomes inf, which is refused where weights are
        return np.array(view, np.float32, order="C")
