"""Photographs that a person has described and no run learns from, and how far others agree with that person.

The labels ship (`benchmarks/held_out_photos.json`), the photographs do not: they are known by their SHA-256.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data.vision.people.looking import Look
from data.vision.people.meaning import family, lightness
from data.vision.requests import Seen

HELD_OUT = Path(__file__).parents[2] / "benchmarks" / "held_out_photos.json"
ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "lightness": ("dark", "mid", "light"),  # of the hair
    "hair": ("black", "brown", "blond", "red", "grey", "other"),
    "look": ("left", "front", "right"),
    "mouth": ("closed", "open"),
    "glasses": ("yes", "no"),
    "skin": ("light", "medium", "dark"),
}
"""What is described, in these words; left and right are the viewer's."""

_SKIN = {"pale": "light", "tan": "medium", "dark": "dark"}
_OPEN = 0.15  # of a label value, from which on a mouth is open
MAX_BYTES = 20_000_000  # of a file


class NoLabels(Exception):
    """There is nothing to be compared with; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """One photograph: what is in the file, and what a person said of it; what was not clear is missing."""

    name: str
    content: bytes = field(repr=False)
    said: Mapping[str, str]


def names(labels: Path = HELD_OUT) -> frozenset[str]:
    """The files that no run learns from. Raises NoLabels."""
    return frozenset(str(entry["file"]) for entry in _entries(labels))


def held_out(folder: Path, labels: Path = HELD_OUT) -> tuple[list[HeldOut], list[str]]:
    """Those that are in a folder, and the names of those that are not, or are others there. Raises NoLabels."""
    found, missing = [], []
    for entry in _entries(labels):
        name = str(entry["file"])
        content = _content(folder / name)
        if content is None or hashlib.sha256(content).hexdigest() != entry["sha256"]:
            missing.append(name)
            continue
        said = {key: str(entry[key]) for key, words in ATTRIBUTES.items() if entry.get(key) in words}
        found.append(HeldOut(name, content, said))
    return found, missing


def _content(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES)
    except OSError:
        return None


def _entries(labels: Path) -> list[dict[str, Any]]:
    try:
        entries = json.loads(labels.read_text(encoding="utf-8"))["photos"]
        if not all(isinstance(entry["file"], str) and isinstance(entry["sha256"], str) for entry in entries):
            raise ValueError("a photograph without a name or a SHA-256")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NoLabels(f"{labels} describes no photographs: {error!r}") from error
    return list(entries)


def of_look(look: Look) -> dict[str, str]:
    """What was seen in a photograph, in the words of ATTRIBUTES."""
    words = {name: look.words[name] for name in ("look", "mouth", "glasses") if name in look.words}
    if "hair" in look.words:
        words |= {"hair": family(look.words["hair"]), "lightness": lightness(look.numbers["hair_l"])}
    if "skin" in look.words:
        words["skin"] = _SKIN[look.words["skin"]]
    return words


def of_seen(seen: Seen) -> dict[str, str]:
    """What the features network has seen in a drawing, in the same words."""
    return {
        "hair": family(seen.word("hair")),
        "lightness": lightness(seen.numbers["hair_l"]),
        "look": seen.word("look"),
        "mouth": "open" if seen.numbers["mouth_opening"] > _OPEN else "closed",
        "glasses": seen.word("glasses"),
        "skin": _SKIN[seen.word("skin")],
    }


def agreement(said: Sequence[Mapping[str, str]], seen: Sequence[Mapping[str, str]]) -> dict[str, dict[str, Any]]:
    """Attribute -> `agree`, the share of those of which both speak; `of`, how many; `taken`, how often what was taken
    for what. `said` is a person's, `seen` the other's.
    """
    report: dict[str, dict[str, Any]] = {}
    for attribute, words in ATTRIBUTES.items():
        both = [
            (one[attribute], other[attribute])
            for one, other in zip(said, seen, strict=True)
            if attribute in one and attribute in other
        ]
        taken = {word: {w: both.count((word, w)) for w in words if (word, w) in both} for word in words}
        agree = round(sum(a == b for a, b in both) / len(both), 3) if both else None
        report[attribute] = {"agree": agree, "of": len(both), "taken": {w: row for w, row in taken.items() if row}}
    return report
