"""Files of `torch.save`: a zip archive since torch 1.6, a row of pickles and storages before, and in NVIDIA's files."""

from __future__ import annotations

import sys
from typing import Any

from models.foreign.arrays import TYPES, Storage
from models.foreign.errors import Forbidden, Unreadable
from models.foreign.instructions import run
from models.foreign.machine import Budget, Machine, Name
from models.foreign.vocabulary import CALLS, NAMES, STORAGES, UNTYPED
from models.foreign.zipped import members

MAGIC = 0x1950A86A20F9469CFC6C  # torch.serialization.MAGIC_NUMBER
PROTOCOL = 1001
FIRST = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."  # MAGIC as a pickle, with which a legacy file begins
BYTES = "uint8"  # type of a storage that does not say


def read_pickle(data: memoryview, budget: Budget) -> Any:
    """What was pickled without torch.save; torch puts a small file of its own there for every tensor.

    Raises Unreadable, Forbidden.
    """

    def inner(content: memoryview) -> Storage:
        storage = read_legacy(content, budget)
        if not isinstance(storage, Storage):
            raise Unreadable("is damaged: what should be a tensor is none")
        return storage

    value, _ = run(Machine(data, CALLS, NAMES, budget, inner=inner))
    return value


def read_zip(data: memoryview, budget: Budget) -> Any:
    """What was saved, out of a zip archive. Raises Unreadable, Forbidden."""
    found = members(data)
    tops = {name.partition("/")[0] for name in found}
    pickles = [name for name in found if name.count("/") == 1 and name.endswith("/data.pkl")]
    if any(name.endswith("/constants.pkl") for name in found):
        raise Unreadable("is a TorchScript program, not weights: save the state_dict of the network instead")
    if len(pickles) != 1 or len(tops) != 1:
        raise Unreadable("is a zip archive, but none of torch.save")
    top = tops.pop()
    order = found.get(f"{top}/byteorder", memoryview(b"little"))
    if bytes(order[:6]) != b"little":
        raise Unreadable("was saved on a big-endian machine, which cannot be read here")

    def stored(reference: Any) -> Storage:
        dtype, key, count = _reference(reference)
        content = found.get(f"{top}/data/{key}")
        if content is None or len(content) < count * TYPES[dtype].itemsize:
            raise Unreadable("is a damaged archive: numbers are missing")
        return Storage(dtype, content[: count * TYPES[dtype].itemsize])

    value, _ = run(Machine(found[f"{top}/data.pkl"], CALLS, NAMES, budget, stored))
    return value


def read_legacy(data: memoryview, budget: Budget) -> Any:
    """What was saved, out of the row of pickles. Raises Unreadable, Forbidden.

    Magic number, protocol, the machine that wrote it; the value; the keys of its storages; each storage as its length
    (8 bytes) and its numbers. The value is read before the storages that it is made of, so they are found by going
    over the rest of the file twice.
    """
    if bytes(data[: len(FIRST)]) != FIRST:
        raise Unreadable("is damaged: what should be a tensor is none")

    def pickled(at: int, stored: Any = None) -> tuple[Any, int]:
        return run(Machine(data, CALLS, NAMES, budget, stored), at)

    protocol, at = pickled(len(FIRST))
    system, at = pickled(at)
    if protocol != PROTOCOL or not isinstance(system, dict):
        raise Unreadable("was saved by a torch that is too old or too new")
    if system.get("little_endian") is False:
        raise Unreadable("was saved on a big-endian machine, which cannot be read here")
    wanted: dict[str, tuple[str, int]] = {}

    def noted(reference: Any) -> Storage:
        dtype, key, count = _reference(reference)
        wanted[key] = dtype, count
        return _Whole(dtype)

    value_at = at
    _, at = pickled(value_at, noted)
    keys, at = pickled(at)
    contents = _contents(data, at, keys, wanted)

    def stored(reference: Any) -> Storage:
        dtype, key, count = _reference(reference)
        view = reference[5] if len(reference) > 5 else None
        begin = 0
        if view is not None:  # a part of the storage: (its own key, where it begins, how long it is)
            if not (isinstance(view, tuple) and len(view) == 3 and all(type(n) is int and n >= 0 for n in view[1:])):
                raise Unreadable("is damaged: a tensor is a part of nothing")
            begin, count = view[1:]
        size = TYPES[dtype].itemsize
        if key not in contents or (begin + count) * size > len(contents[key]):
            raise Unreadable("is damaged: numbers are missing")
        return Storage(dtype, contents[key][begin * size : (begin + count) * size])

    value, _ = pickled(value_at, stored)
    return value


class _Whole(Storage):
    """A storage that is not yet known and may be as large as a tensor wants."""

    def __init__(self, dtype: str) -> None:
        super().__init__(dtype, memoryview(b""))

    @property
    def count(self) -> int:
        return sys.maxsize


def _contents(data: memoryview, at: int, keys: Any, wanted: dict[str, tuple[str, int]]) -> dict[str, memoryview]:
    """The storages that follow at `at`, by their keys."""
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys) or set(keys) != set(wanted):
        raise Unreadable("is damaged: its list of numbers does not fit what it holds")
    contents: dict[str, memoryview] = {}
    for key in keys:
        if at + 8 > len(data):
            raise Unreadable("ends in the middle: it was not copied or downloaded whole")
        count = int.from_bytes(data[at : at + 8], "little", signed=True)
        size = count * TYPES[wanted[key][0]].itemsize
        if count < 0 or at + 8 + size > len(data):
            raise Unreadable("ends in the middle: it was not copied or downloaded whole")
        contents[key] = data[at + 8 : at + 8 + size]
        at += 8 + size
    return contents


def _reference(reference: Any) -> tuple[str, str, int]:
    """The type, the key and the length of a storage. Raises Unreadable, Forbidden for any other reference."""
    if not isinstance(reference, tuple) or len(reference) < 5 or reference[0] != "storage":
        raise Forbidden("asks for something outside itself")
    _, kind, key, _, count = reference[:5]
    dtype = None
    if isinstance(kind, Name):
        dtype = BYTES if kind in UNTYPED else STORAGES.get(kind)
    if dtype is None or not isinstance(key, str) or type(count) is not int or not 0 <= count < 2**40:
        raise Unreadable("holds a tensor of something else than numbers")
    return dtype, key, count
