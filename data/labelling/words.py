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
SHADES = 0.3  # sigma of hair as measured around its word's colour, in units of a label vector: of drawn heads
TAGGER = 0.95  # likewise of a tagger that is wholly sure
MEANT = 0.35  # confidence from which on a tag counts as said, as the taggers' author takes it
DOUBTED = 0.25  # of what our network says where somebody else speaks, too: it is surer of drawings than it is right
OUTDONE = 0.8  # likewise where a tagger, which has learnt from drawings by hand, speaks of the same attribute


class Word(NamedTuple):
    """One attribute of one face."""

    word: str
    by: str  # "tags", "tagger" or "seen"; "tags+tagger", … where the former left a choice, which the latter made
    confidence: float  # 0…1


def decided(
    choices: Mapping[str, Sequence[float]],
    tags: Iterable[Tag] = (),
    hair: RGB | None = None,
    heads: int = 1,
    tagger: Iterable[Tag] = (),
) -> dict[str, Word]:
    """A word for each attribute of `VOCABULARY` that something is known of.

    `choices`: attribute -> what a network gives its words, in their order. `tags` are what people say of the whole
    picture, in which `heads` were found; `tagger`, what a network says of this head alone. `hair` is its colour as
    measured.
    """
    tags, tagger = list(tags), list(tagger)
    hers = heads == 1 and not several(tags)
    trust = RELIED_ON if hers else OF_SOMEBODY
    said, likely = _said(tags), _likely(tagger)
    found: dict[str, Word] = {}
    for attribute, words in VOCABULARY.items():
        seen = choices.get(attribute)
        possible, sure = said.get(attribute, (frozenset(), 0.0))
        asked = likely.get(attribute, {})
        doubt = OUTDONE if asked else DOUBTED if tags or tagger else 0.0
        chances = [1.0] * len(words) if seen is None else [(1 - doubt) * p + doubt / len(words) for p in seen]
        if attribute == "hair" and hair is not None:
            near = _nearness(hair, possible or words)
            chances = [p * near.get(word, 1.0) for p, word in zip(chances, words, strict=True)]
        # Where people's tags are surely hers, a tagger may only choose among what they leave possible.
        weights = _weights(asked, [w for w in words if w in possible] if possible and hers else words)
        chances = [p * weights.get(w, 1.0) for p, w in zip(chances, words, strict=True)]
        if possible:
            chances = [p if w in possible else p * (1 - trust * sure) for p, w in zip(chances, words, strict=True)]
        elif tags or (tagger and not asked):
            rare = TOLD_WHERE_TRUE.get(attribute, frozenset())
            chances = [p * UNTAGGED if w in rare else p for p, w in zip(chances, words, strict=True)]
        if seen is None and not possible and not asked and not ((tags or tagger) and attribute in TOLD_WHERE_TRUE):
            continue
        best = max(range(len(words)), key=chances.__getitem__)
        by = _by(words[best], possible, asked)
        if by == "seen" and seen is None:
            by = "tags" if tags else "tagger"  # by what they do not say
        found[attribute] = Word(words[best], by, round(chances[best] / (sum(chances) or 1), 3))
    return found


def _by(word: str, possible: frozenset[str], asked: Mapping[str, float]) -> str:
    """Who says that it is this word, and who chose it where there was a choice."""
    surest = {other for other, sure in asked.items() if sure == max(asked.values()) and sure >= MEANT}
    if word in possible:
        return "tags" if len(possible) == 1 else "tags+tagger" if surest & possible == {word} else "tags+seen"
    return "seen" if word not in surest else "tagger" if len(surest) == 1 else "tagger+seen"


def _said(tags: Sequence[Tag]) -> dict[str, tuple[frozenset[str], float]]:
    """Attribute -> the words that tags leave possible, and how sure the surest of them is."""
    found: dict[str, tuple[frozenset[str], float]] = {}
    for tag in tags:
        for attribute, words in MEANINGS.get(tag.name, ()):
            before, sure = found.get(attribute, (frozenset[str](), 0.0))
            found[attribute] = before | words, max(sure, min(max(tag.confidence, 0.0), 1.0))
    return found


def _likely(tagger: Iterable[Tag]) -> dict[str, dict[str, float]]:
    """Attribute -> words that a tagger speaks of, with the confidence of the surest tag that leaves each possible."""
    found: dict[str, dict[str, float]] = {}
    for tag in tagger:
        for attribute, words in MEANINGS.get(tag.name, ()):
            sure = found.setdefault(attribute, {})
            sure |= {word: max(sure.get(word, 0.0), TAGGER * min(max(tag.confidence, 0.0), 1.0)) for word in words}
    return found


def _weights(asked: Mapping[str, float], among: Sequence[str]) -> dict[str, float]:
    """What a tagger's confidences make of each word: what it is not sure of is shared by those it says nothing of."""
    told = {word: asked[word] for word in among if word in asked}
    others = [word for word in among if word not in asked]
    left = (1 - max(told.values(), default=0.0)) / max(1, len(others))
    found = told | dict.fromkeys(others, left) if told else {}
    return {word: weight / max(found.values()) for word, weight in found.items()}


def _nearness(hair: RGB, among: Iterable[str]) -> dict[str, float]:
    """How well each of some words fits the hair that was measured; 1 for the one that fits best."""
    measured = color_values("hair", hair)
    far = {
        word: sum((measured[name] - value) ** 2 for name, value in values("hair", word).items())
        for word in sorted(among)
    }
    return {word: math.exp((min(far.values()) - distance) / (2 * SHADES**2)) for word, distance in far.items()}
