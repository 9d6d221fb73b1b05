"""The lines of a `labels.jsonl`: words, numbers, and whence each word is, so that a person's stay.

`{"file": "a.png", "hair": "pink", …, "numbers": {"yaw": 0.1, …}, "by": {"hair": ["pink", "tags", 0.98], …}}`. A word
that `by` does not have, or has another of, is a person's: nothing changes it any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from data.curate.picture import Measured
from data.labelling.tags import VOCABULARY, Tag
from data.labelling.words import decided
from data.labels import NAMES, color_values

MOST = 2.5  # of a number that a network reads: a drawn face's lie within
DRAWN = "hair_rgb"  # only the drawing program says this, and then everything


def labelled(
    picture: Measured, tags: Iterable[Tag] = (), heads: int = 1, *earlier: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The line of a picture, of whose whole `tags` are said. Of `earlier` lines, the first ones go first, a person's
    words stay."""
    written: dict[str, Any] = {}
    for line in reversed([line for line in earlier if line]):
        if DRAWN in line:
            return {**line, "file": picture.file}
        written |= persons(line)
    hair: Any = tuple(picture.hair) if picture.hair else None
    tagger = [Tag(name, sure) for name, sure in sorted(picture.tags.items())]
    found = decided(picture.choices, tags, hair, heads, tagger)
    words = {attribute: word.word for attribute, word in found.items()}
    by = {attribute: list(word) for attribute, word in found.items() if attribute not in written}
    return {"file": picture.file, **words, **written, "numbers": _numbers(picture), "by": by}


def persons(line: Mapping[str, Any]) -> dict[str, Any]:
    """What a person, or another program, has written into a line: all that is no word of ours."""
    by = line.get("by") if isinstance(line.get("by"), dict) else {}
    ours = ("file", "numbers", "by") if "by" in line else ("file",)
    return {
        name: value
        for name, value in line.items()
        if name not in ours and not (name in VOCABULARY and _is_ours(by, name, value))
    }


def _is_ours(by: Any, name: str, value: Any) -> bool:
    said = by.get(name)
    return isinstance(said, list) and bool(said) and said[0] == value


def _numbers(picture: Measured) -> dict[str, float]:
    """In the units of a label vector; the hair's colour as measured, where it is known."""
    numbers = {name: min(max(value, -MOST), MOST) for name, value in picture.numbers.items() if name in NAMES}
    if picture.hair:
        numbers |= {name: round(value, 3) for name, value in color_values("hair", tuple(picture.hair)).items()}  # type: ignore[arg-type]
    return numbers
