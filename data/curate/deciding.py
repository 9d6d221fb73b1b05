"""From measures to decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.curate.decisions import GOOD, Decision
from data.curate.likeness import duplicates
from data.curate.picture import Measured


@dataclass(frozen=True, slots=True)
class Limits:
    """What is left out is below one of these."""

    min_side: int = 64  # px of the shorter side
    min_sharpness: float = 0.25  # outlines four px wide at 512 px
    min_colour: float = 0.05
    keep_duplicates: bool = False


def decide(pictures: Sequence[Measured], limits: Limits, earlier: Mapping[str, Decision]) -> list[Decision]:
    """One a picture, in order. What a person decided `earlier` stays, and goes before all else among copies: those of
    a picture that a person dropped are dropped with it. Otherwise the one with most detail stays."""
    persons = {file: decision.keep for file, decision in earlier.items() if decision.person}
    verdicts = [_verdict(picture, limits) for picture in pictures]
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
        person = persons.get(picture.file)
        keep = verdict == GOOD if person is None else person and not picture.error
        scores = (picture.width, picture.height, picture.sharpness, picture.colour)
        decisions.append(Decision(picture.file, keep, verdict, why, *scores, person=person is not None))
    return decisions


def _verdict(picture: Measured, limits: Limits) -> str:
    if picture.error:
        return "unreadable"
    if picture.side < limits.min_side:
        return "tiny"
    if picture.sharpness < limits.min_sharpness:
        return "blurred"
    return "monochrome" if picture.colour < limits.min_colour else GOOD


def _rank(person: bool | None) -> int:
    return {True: 0, False: 1, None: 2}[person]
