"""Pickle's machine without its arms: it can call, import and look up nothing. `instructions.py` drives it.

A pickle is a program for a machine with a stack (CPython's Lib/pickletools.py describes every instruction). Python's
own machine imports what the program names, and calls it. This one knows a list of names (`vocabulary.py`), and what
each stands for is a value made of plain containers, numbers and pieces of the file; any other name ends the reading.
Byte strings stay in the file: what is read is as large as what is there, never as large as what it claims to be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from models.foreign.arrays import Array, DType
from models.foreign.errors import Asks, Forbidden, Unreadable, named

MAX_STEPS = 2_000_000  # instructions; the largest training file of a 1024 px network has some 20,000
MAX_STACK = 100_000  # values, and marks
MAX_DEPTH = 100  # containers within containers
MAX_TEXT = 256_000_000  # bytes of text in all
MAX_DIGITS = 100  # of a number

Call = Callable[["Machine", tuple[Any, ...]], Any]


@dataclass(frozen=True, slots=True)
class Name:
    """What a pickle calls by its module and its name. It is never looked up."""

    module: str
    name: str

    def __str__(self) -> str:
        return named(f"{self.module}.{self.name}")


@dataclass(slots=True, eq=False)
class Record:
    """An object of a class that is only a name: what it would have been made from, and the state it would have got."""

    name: Name
    arguments: tuple[Any, ...] = ()
    state: Any = None


@dataclass(slots=True)
class Budget:
    """What is left to one file, the pickles inside its pickles included."""

    steps: int = MAX_STEPS
    text: int = MAX_TEXT

    def spend(self, text: int) -> None:
        """Raises Forbidden."""
        self.text -= text
        if self.text < 0:
            raise Forbidden(f"holds more than {MAX_TEXT:,} bytes of text")


class Machine:
    """The stack, the memo, and what one instruction may do to them.

    `calls` is all that can be called, `names` all that can be named besides. `persistent` answers for what a pickle
    keeps outside itself (torch's storages), `inner` reads a file of torch's that it holds; without them there is no
    such thing.
    """

    def __init__(
        self,
        data: memoryview,
        calls: Mapping[Name, Call],
        names: frozenset[Name],
        budget: Budget,
        persistent: Callable[[Any], Any] | None = None,
        inner: Callable[[memoryview], Any] | None = None,
    ) -> None:
        self.data = data.toreadonly()
        self.budget = budget
        self.inner = inner
        self._calls, self._names, self._persistent = calls, names, persistent
        self.at = 0  # of the next byte
        self._stack: list[Any] = []
        self._marks: list[int] = []  # heights of the stack
        self._memo: dict[int, Any] = {}
        self._depths: dict[int, int] = {}  # id -> how many containers deep
        self._placed: set[int] = set()  # ids of those that are in another one
        self._containers: list[Any] = []  # kept, so that no id in `_depths` comes to mean another one

    def begin(self, at: int) -> None:
        """Start with the pickle at `at`."""
        self.at = at
        self._stack, self._marks, self._memo = [], [], {}

    def instruction(self) -> int:
        """The next one. Raises Forbidden where there were too many."""
        self.budget.steps -= 1
        if self.budget.steps < 0:
            raise Forbidden(f"has more than {MAX_STEPS:,} instructions")
        return self.take(1)[0]

    def take(self, count: int) -> memoryview:
        """The next bytes. Raises Unreadable where there are not so many."""
        if not 0 <= count <= len(self.data) - self.at:
            raise Unreadable("ends in the middle: it was not copied or downloaded whole")
        self.at += count
        return self.data[self.at - count : self.at]

    # The stack.

    def push(self, value: Any) -> None:
        if len(self._stack) >= MAX_STACK:
            raise Forbidden(f"keeps more than {MAX_STACK:,} values waiting")
        self._stack.append(value)

    def pop(self) -> Any:
        if len(self._stack) <= (self._marks[-1] if self._marks else 0):
            raise Unreadable("is damaged: it takes what is not there")
        return self._stack.pop()

    def top(self) -> Any:
        value = self.pop()
        self._stack.append(value)
        return value

    def mark(self) -> None:
        if len(self._marks) >= MAX_STACK:
            raise Forbidden(f"keeps more than {MAX_STACK:,} values waiting")
        self._marks.append(len(self._stack))

    def to_mark(self) -> list[Any]:
        if not self._marks:
            raise Unreadable("is damaged: it takes what is not there")
        height = self._marks.pop()
        taken = self._stack[height:]
        del self._stack[height:]
        return taken

    # Numbers and texts.

    def unsigned(self, size: int) -> int:
        return int.from_bytes(self.take(size), "little")

    def signed(self, size: int) -> int:
        return int.from_bytes(self.take(size), "little", signed=True)

    def long(self, size: int) -> int:
        """Of a length that is given first."""
        count = self.unsigned(size)
        if count > MAX_DIGITS:
            raise Forbidden("holds a number that is too long to be one")
        return self.signed(count)

    def line(self, most: int = 10_000) -> str:
        """Up to the end of the line."""
        line = bytes(self.data[self.at : self.at + most])
        end = line.find(b"\n")
        if end < 0:
            raise Unreadable("ends in the middle, or is no checkpoint")
        self.take(end + 1)
        self.budget.spend(end)
        return line[:end].decode("latin-1")

    def text(self, size: int, encoding: str = "utf-8") -> str:
        content = self.take(self.unsigned(size))
        self.budget.spend(len(content))
        return str(content, encoding, "replace")

    def raw(self, size: int) -> memoryview:
        return self.take(self.unsigned(size))

    def decimal(self) -> int | bool:
        line = self.line(MAX_DIGITS + 3)
        if line in ("00", "01"):
            return line == "01"
        try:
            return int(line.removesuffix("L"))
        except ValueError:
            raise Unreadable("is damaged, or no checkpoint: its numbers make no sense") from None

    def real(self) -> float:
        try:
            return float(self.line(MAX_DIGITS))
        except ValueError:
            raise Unreadable("is damaged, or no checkpoint: its numbers make no sense") from None

    def quoted(self) -> str:
        line = self.line()
        if len(line) < 2 or line[0] not in "'\"" or line[-1] != line[0] or "\\" in line:
            raise Unreadable("holds a text that cannot be read")
        return line[1:-1]

    def escaped(self) -> str:
        return self.line(1_000_000).encode("latin-1").decode("raw-unicode-escape", "replace")

    # Containers.

    def contained(self, container: Any, parts: Any) -> Any:
        """`container`, now that it holds `parts`. Raises Forbidden where that makes it too deep.

        Pickles fill a container before they put it into another. One that does otherwise could dig without end.
        """
        key = id(container)
        if key in self._placed and type(container) is not tuple:
            raise Forbidden("changes what is already in its place")
        if key not in self._depths:
            self._containers.append(container)
        within = [id(part) for part in parts if id(part) in self._depths]
        self._placed.update(within)
        depth = 1 + max((self._depths[part] for part in within), default=0)
        self._depths[key] = max(depth, self._depths.get(key, 0))
        if self._depths[key] > MAX_DEPTH:
            raise Forbidden(f"holds containers within containers, more than {MAX_DEPTH} deep")
        return container

    def make_tuple(self, parts: list[Any]) -> None:
        self.push(self.contained(tuple(parts), parts))

    def discard(self) -> None:
        """The topmost value, or the mark that lies there instead."""
        if self._marks and len(self._stack) == self._marks[-1]:
            self._marks.pop()
        else:
            self.pop()

    def last(self, count: int) -> list[Any]:
        return [self.pop() for _ in range(count)][::-1]

    def append(self, parts: list[Any]) -> None:
        target = self.top()
        if type(target) is not list:
            raise Unreadable("is damaged: it appends to what is no list")
        target += parts
        self.contained(target, parts)

    def add(self, parts: list[Any]) -> None:
        target = self.top()
        if type(target) is not set:
            raise Unreadable("is damaged: it adds to what is no set")
        target.update(map(key_of, parts))

    def set_items(self, parts: list[Any]) -> None:
        target = self.top()
        if type(target) is not dict or len(parts) % 2:
            raise Unreadable("is damaged: it sets what it cannot")
        target.update(zip(map(key_of, parts[::2]), parts[1::2], strict=True))
        self.contained(target, parts[1::2])

    def make_dict(self) -> None:
        parts = self.to_mark()
        self.push({})
        self.set_items(parts)

    def make_list(self) -> None:
        parts = self.to_mark()
        self.push(self.contained(parts, parts))

    # The memo.

    def keep(self, key: int | None = None) -> None:
        """The topmost value, under the next number where none is given."""
        self._memo[len(self._memo) if key is None else key] = self.top()

    def fetch(self, key: int) -> None:
        if key not in self._memo:
            raise Unreadable("is damaged: it remembers what never was")
        self.push(self._memo[key])

    # Names, and what would be calls.

    def global_(self, module: Any, name: Any) -> None:
        if type(module) is not str or type(name) is not str:
            raise Forbidden("asks for something that has no name")
        found = Name(module, name)
        if found not in self._calls and found not in self._names:
            raise Asks(f"asks for {found}, which no weights need; nothing in it was run")
        self.push(found)

    def call(self) -> None:
        arguments, function = self.pop(), self.pop()
        if type(arguments) is not tuple or type(function) is not Name or function not in self._calls:
            shown = function if type(function) is Name else "something that is no function"
            raise Forbidden(f"calls {shown}, which no weights need; nothing in it was run")
        result = self._calls[function](self, arguments)
        if isinstance(result, list | dict | tuple | Record):
            self.contained(result, arguments)
        self.push(result)

    def build(self) -> None:
        """State for an object: kept beside a record, filled into an array, and of no meaning to containers."""
        state, target = self.pop(), self.top()
        if type(target) is Record:
            target.state = state
            self.contained(target, (state,))
        elif type(target) is DType or type(target) is Array:
            target.restore(state)
        elif type(target) is not dict:
            raise Forbidden("changes something that has no state")

    def outside(self) -> None:
        if self._persistent is None:
            raise Forbidden("asks for something outside itself")
        self.push(self._persistent(self.pop()))

    def refuse(self) -> None:
        raise Forbidden("has instructions that no weights need; nothing in it was run")


def key_of(value: Any) -> Any:
    """What may be a key. No tuples: the hash of one that holds itself twice, a hundred deep, is never done."""
    if type(value) not in (str, int, float, bool, type(None)):
        raise Unreadable("has a key that is neither a text nor a number")
    return value
