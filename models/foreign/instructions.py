"""The instructions of a pickle. CPython's Lib/pickletools.py says of each what it is meant to do."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from models.foreign.errors import Unreadable
from models.foreign.machine import Machine, key_of

STOP = ord(".")


def run(machine: Machine, at: int = 0) -> tuple[Any, int]:
    """The value of the pickle that begins at `at` in the machine's data, and where it ends.

    Raises Unreadable, Forbidden.
    """
    machine.begin(at)
    while (code := machine.instruction()) != STOP:
        step = STEPS.get(code)
        if step is None:
            raise Unreadable("is damaged, or no checkpoint: its instructions make no sense")
        step(machine)
    return machine.pop(), machine.at


def _version(number: int) -> None:
    if number > 5:
        raise Unreadable("is damaged, or no checkpoint: there is no such version of a pickle")


def _frame(machine: Machine) -> None:
    if machine.unsigned(8) > len(machine.data) - machine.at:
        raise Unreadable("ends in the middle: it was not copied or downloaded whole")


STEPS: dict[int, Callable[[Machine], object]] = {
    # The pickle's version, and how it is cut into frames: of no matter here.
    0x80: lambda m: _version(m.take(1)[0]),
    0x95: _frame,
    # Values.
    ord("N"): lambda m: m.push(None),
    0x88: lambda m: m.push(True),
    0x89: lambda m: m.push(False),
    ord("K"): lambda m: m.push(m.unsigned(1)),
    ord("M"): lambda m: m.push(m.unsigned(2)),
    ord("J"): lambda m: m.push(m.signed(4)),
    0x8A: lambda m: m.push(m.long(1)),
    0x8B: lambda m: m.push(m.long(4)),
    ord("I"): lambda m: m.push(m.decimal()),
    ord("L"): lambda m: m.push(m.decimal()),
    ord("F"): lambda m: m.push(m.real()),
    ord("G"): lambda m: m.push(struct.unpack(">d", m.take(8))[0]),
    ord("X"): lambda m: m.push(m.text(4)),
    0x8C: lambda m: m.push(m.text(1)),
    0x8D: lambda m: m.push(m.text(8)),
    ord("V"): lambda m: m.push(m.escaped()),
    ord("S"): lambda m: m.push(m.quoted()),
    ord("T"): lambda m: m.push(m.text(4, "latin-1")),
    ord("U"): lambda m: m.push(m.text(1, "latin-1")),
    ord("B"): lambda m: m.push(m.raw(4)),
    ord("C"): lambda m: m.push(m.raw(1)),
    0x8E: lambda m: m.push(m.raw(8)),
    0x96: lambda m: m.push(m.raw(8)),
    # Containers.
    ord("("): Machine.mark,
    ord(")"): lambda m: m.make_tuple([]),
    0x85: lambda m: m.make_tuple(m.last(1)),
    0x86: lambda m: m.make_tuple(m.last(2)),
    0x87: lambda m: m.make_tuple(m.last(3)),
    ord("t"): lambda m: m.make_tuple(m.to_mark()),
    ord("]"): lambda m: m.push(m.contained([], ())),
    ord("l"): Machine.make_list,
    ord("a"): lambda m: m.append(m.last(1)),
    ord("e"): lambda m: m.append(m.to_mark()),
    ord("}"): lambda m: m.push(m.contained({}, ())),
    ord("d"): Machine.make_dict,
    ord("s"): lambda m: m.set_items(m.last(2)),
    ord("u"): lambda m: m.set_items(m.to_mark()),
    0x8F: lambda m: m.push(set()),
    0x90: lambda m: m.add(m.to_mark()),
    0x91: lambda m: m.push(frozenset(map(key_of, m.to_mark()))),
    # The stack and the memo.
    ord("0"): Machine.discard,
    ord("1"): Machine.to_mark,
    ord("2"): lambda m: m.push(m.top()),
    ord("p"): lambda m: m.keep(m.decimal()),
    ord("q"): lambda m: m.keep(m.unsigned(1)),
    ord("r"): lambda m: m.keep(m.unsigned(4)),
    0x94: lambda m: m.keep(),
    ord("g"): lambda m: m.fetch(m.decimal()),
    ord("h"): lambda m: m.fetch(m.unsigned(1)),
    ord("j"): lambda m: m.fetch(m.unsigned(4)),
    # What Python's own machine would import, look up or call.
    ord("c"): lambda m: m.global_(m.line(), m.line()),
    0x93: lambda m: m.global_(*m.last(2)),
    ord("R"): Machine.call,
    0x81: Machine.call,
    ord("b"): Machine.build,
    ord("Q"): Machine.outside,
    ord("P"): Machine.refuse,
    ord("i"): lambda m: (m.global_(m.line(), m.line()), m.refuse()),
    ord("o"): Machine.refuse,
    0x82: Machine.refuse,
    0x83: Machine.refuse,
    0x84: Machine.refuse,
    0x92: Machine.refuse,
    0x97: Machine.refuse,
    0x98: Machine.refuse,
}
