"""From tags and from what networks see to one word an attribute, with a probability."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from data.drawn.color import RGB
from data.labelling.tags import MEANINGS, TOLD_WHERE_TRUE, VOCABULARY, Tag, several
from data.labels import color_values, values

RELIED_ON = 0.99  # of a tag: how seldom it is wrong
OF_SOMEBODY = 0.7  # likewise of the tags of a picture with several people: they may be about another one
UNTAGGED = 0.2  # what is left of a word that people would have tagged
SHADES = 1.0  # sigma of the distance between measured hair and a word's colour, in units of a label vector
DOUBTED = 0.25  # of what a network says where somebody else speaks, too: it is surer of drawings than it is right


class Word(NamedTuple):
    """One attribute of one face."""

    word: str
    by: str  # "tags" where they left no choice, "tags+seen" where they left some, else "seen"
    confidence: float  # 0…1


def decided(
    choices: Mapping[str, Sequence[float]], tags: Iterable[Tag] = (), hair: RGB | None = None, heads: int = 1
) -> dict[str, Word]:
    """A word for each attribute of `VOCABULARY` that something is known of.

    `choices`: attribute -> what a network gives its words, in their order. `tags` are those of the whole picture, in
    which `heads` were found. `hair` is its colour as measured.
    """
    tags = list(tags)
    trust = OF_SOMEBODY if heads > 1 or several(tags) else RELIED_ON
    said = _said(tags)
    found: dict[str, Word] = {}
    for attribute, words in VOCABULARY.items():
        seen = choices.get(attribute)
        chances = [1.0] * len(words) if seen is None else _doubted(seen) if tags else list(seen)
        possible, sure = said.get(attribute, (frozenset(), 0.0))
        if attribute == "hair" and hair is not None:
            near = _nearness(hair, possible or words)
            chances = [p * near.get(word, 1.0) for p, word in zip(chances, words, strict=True)]
        if possible:
            chances = [p if w in possible else p * (1 - trust * sure) for p, w in zip(chances, words, strict=True)]
        elif tags:
            rare = TOLD_WHERE_TRUE.get(attribute, frozenset())
            chances = [p * UNTAGGED if w in rare else p for p, w in zip(chances, words, strict=True)]
        if seen is None and not possible and not (tags and attribute in TOLD_WHERE_TRUE):
            continue
        best = max(range(len(words)), key=chances.__getitem__)
        by = "seen" if words[best] not in possible else "tags" if len(possible) == 1 else "tags+seen"
        if seen is None and not possible:
            by = "tags"  # by what they do not say
        found[attribute] = Word(words[best], by, round(chances[best] / (sum(chances) or 1), 3))
    return found


def _doubted(chances: Sequence[float]) -> list[float]:
    return [(1 - DOUBTED) * p + DOUBTED / len(chances) for p in chances]


def _said(tags: Sequence[Tag]) -> dict[str, tuple[frozenset[str], float]]:
    """Attribute -> the words that tags leave possible, and how sure the surest of them is."""
    found: dict[str, tuple[frozenset[str], float]] = {}
    for tag in tags:
        for attribute, words in MEANINGS.get(tag.name, ()):
            before, sure = found.get(attribute, (frozenset[str](), 0.0))
            found[attribute] = before | words, max(sure, min(max(tag.confidence, 0.0), 1.0))
    return found


def _nearness(hair: RGB, among: Iterable[str]) -> dict[str, float]:
    """How well each of some words fits the hair that was measured; 1 for the one that fits best."""
    measured = color_values("hair", hair)
    far = {
        word: sum((measured[name] - value) ** 2 for name, value in values("hair", word).items())
        for word in sorted(among)
    }
    return {word: math.exp((min(far.values()) - distance) / (2 * SHADES**2)) for word, distance in far.items()}
