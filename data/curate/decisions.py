"""What becomes of each picture, a line of JSON each: written by the program, edited by a person.

`keep` is what counts, and a person changes it. That somebody did is seen by comparing it with `verdict`, and from then
on the line is that person's (`"person": true`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from data import durable

FILE = "decisions.jsonl"
GOOD = "good"
MAX_LINE = 100_000  # bytes


class CurateError(Exception):
    """Pictures cannot be chosen; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Decision:
    file: str
    keep: bool
    verdict: str  # the program's: good, duplicate, blurred, tiny, no head, two heads, lettering, monochrome, …
    why: str = ""  # of which picture it is a copy, what is wrong with the file
    width: int = 0
    height: int = 0
    sharpness: float = 0.0
    colour: float = 0.0
    head: float = 0.0  # how sure the face finder is of the head, and of a second one
    second: float = 0.0
    lettering: float = 0.0  # share of the picture
    nsfw: float | None = None  # how sure a classifier is that it is questionable or explicit; None: none has looked
    person: bool = False  # a person has decided, and no run changes `keep` any more

    @property
    def seen(self) -> Decision:
        """The same, known for a person's where it is."""
        return replace(self, person=self.person or self.keep != (self.verdict == GOOD))


def read(path: Path) -> dict[str, Decision]:
    """By file name; {} where there is no such file. Raises CurateError for a line that means nothing."""
    found: dict[str, Decision] = {}
    try:
        with path.open("rb") as lines:
            number = 0
            while line := lines.readline(MAX_LINE):
                number += 1
                if line.strip():
                    decision = _parsed(line, f"line {number} of {path}")
                    found[decision.file] = decision.seen
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise CurateError(f"{path} cannot be read: {error.strerror or error}") from error
    return found


def write(path: Path, decisions: Sequence[Decision]) -> None:
    # As it is read best, but for names that are no text in any encoding.
    lines = (json.dumps(asdict(d), ensure_ascii=not (d.file + d.why).isprintable()) for d in decisions)
    durable.write_text(path, "".join(line + "\n" for line in lines))


def _parsed(line: bytes, where: str) -> Decision:
    try:
        value: dict[str, Any] = json.loads(line)
        decision = Decision(**value)
    except (ValueError, TypeError, RecursionError) as error:
        raise CurateError(f"{where} is no decision: {error}") from error
    if (
        not isinstance(decision.file, str)
        or not isinstance(decision.keep, bool)
        or not isinstance(decision.verdict, str)
    ):
        raise CurateError(f"{where} is no decision: file and verdict are texts, keep is true or false")
    return decision
