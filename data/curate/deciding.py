"""From measures to decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.booru.post import RATINGS
from data.curate.decisions import GOOD, Decision
from data.curate.likeness import duplicates
from data.curate.picture import Measured

MOSTLY, SURELY = 0.5, 0.5  # a set of which such a share shows heads, by such a score, is one of heads
SCORES = ("width", "height", "sharpness", "colour", "head", "second", "lettering", "nsfw")  # that a decision carries
ADULT = frozenset("qe")  # ratings


@dataclass(frozen=True, slots=True)
class Limits:
    """What is left out is below one of these, or above."""

    min_side: int = 64  # px of the shorter side
    min_sharpness: float = 0.25  # outlines four px wide at 512 px
    min_colour: float = 0.05
    keep_duplicates: bool = False
    heads: bool | None = None  # whether each is to show a head; None: where most do
    min_head: float = 0.5  # score of the face finder
    max_second: float = 0.55  # likewise, of another head
    max_lettering: float = 0.01  # share of the picture
    ratings: frozenset[str] | None = None  # that are wanted, where one is known
    max_nsfw: float = 0.5  # probability of ADULT, of pictures that nobody has rated so and nobody asked to be so


def are_heads(pictures: Sequence[Measured], limits: Limits) -> bool:
    """Whether pictures are judged as heads: as asked for, or because most of them are."""
    if limits.heads is not None:
        return limits.heads
    shown = [picture.head >= SURELY for picture in pictures if not picture.error]
    return bool(shown) and sum(shown) / len(shown) >= MOSTLY


def decide(
    pictures: Sequence[Measured],
    limits: Limits,
    earlier: Mapping[str, Decision],
    ratings: Mapping[str, str] | None = None,
) -> list[Decision]:
    """One a picture, in order; `ratings` are those that people have given, by file. They go before a classifier's.

    What a person decided `earlier` stays, and goes before all else among copies: those of a picture that a person
    dropped are dropped with it. Otherwise the one with most detail stays.
    """
    persons = {file: decision.keep for file, decision in earlier.items() if decision.person}
    heads = are_heads(pictures, limits)
    stated = [(ratings or {}).get(picture.file, "") for picture in pictures]
    verdicts = [_verdict(picture, limits, heads, rating) for picture, rating in zip(pictures, stated, strict=True)]
    compared = [
        i for i, picture in enumerate(pictures)
        if not picture.error and (verdicts[i] == GOOD or picture.file in persons)
    ]  # fmt: skip
    compared.sort(key=lambda i: (_rank(persons.get(pictures[i].file)), -pictures[i].detail, pictures[i].file))
    originals: dict[int, str] = {}
    if not limits.keep_duplicates:
        copies = duplicates([pictures[i] for i in compared])
        originals = {
            i: pictures[compared[copy]].file for i, copy in zip(compared, copies, strict=True) if copy is not None
        }
    decisions = []
    for i, picture in enumerate(pictures):
        verdict, why = verdicts[i], picture.error
        if verdict == GOOD and i in originals:
            verdict, why = "duplicate", f"of {originals[i]}"
        elif verdict == "rating":
            why = _rated(stated[i], picture)
        person = persons.get(picture.file)
        keep = verdict == GOOD if person is None else person and not picture.error
        scores = {name: getattr(picture, name) for name in SCORES}
        decisions.append(Decision(picture.file, keep, verdict, why, **scores, person=person is not None))
    return decisions


def _verdict(picture: Measured, limits: Limits, heads: bool, rating: str) -> str:
    if picture.error:
        return "unreadable"
    if limits.ratings is not None and (known := rating or picture.rating) and known not in limits.ratings:
        return "rating"
    asked_for = rating in ADULT or (limits.ratings is not None and limits.ratings & ADULT)
    if not asked_for and picture.nsfw is not None and picture.nsfw > limits.max_nsfw:
        return "nsfw"
    if picture.side < limits.min_side:
        return "tiny"
    if picture.sharpness < limits.min_sharpness:
        return "blurred"
    if heads and picture.head < limits.min_head:
        return "no head"
    if heads and picture.second > limits.max_second:
        return "two heads"
    if heads and picture.lettering > limits.max_lettering:
        return "lettering"
    return "monochrome" if picture.colour < limits.min_colour else GOOD


def _rank(person: bool | None) -> int:
    return {True: 0, False: 1, None: 2}[person]


def _rated(stated: str, picture: Measured) -> str:
    if stated:
        return f"it is rated {RATINGS.get(stated, stated)}"
    return f"nobody has rated it, and it looks {RATINGS.get(picture.rating, picture.rating)}"
