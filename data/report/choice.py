"""What was left out of a set and why, as one page: for the person who has the last word."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from data.curate.decisions import FILE, GOOD, Decision
from data.dataset.reading import Reader
from data.dataset.source import Source
from data.report.markup import document, figures, quiet, section, text
from data.report.thumbnails import Shown, shown

MOST = 240  # pictures of a section; the rest is in the file
# Verdict -> what it means, and the score that it goes by: those nearest to the limit come first.
VERDICTS = {
    "no head": ("The face finder sees no head, or is less sure of one than --min-head.", "head"),
    "two heads": ("It sees a second head, and is surer of it than --max-second.", "second"),
    "lettering": ("Share of the picture that letters take up: more than --max-lettering.", "lettering"),
    "monochrome": ("How far the colours are spread: less than --min-colour.", "colour"),
    "blurred": ("1 / width of the outlines in px: less than --min-sharpness.", "sharpness"),
    "tiny": ("The shorter side in px: less than --min-side.", "width"),
    "duplicate": ("Copies of a better one.", ""),
    "rating": ("Of another rating than --rating, as their site has it, else as a classifier sees it.", ""),
    "nsfw": (
        "A classifier is surer than --max-nsfw that it is questionable or explicit; nobody has rated it so.",
        "nsfw",
    ),
}
_FALLING = ("head", "colour", "sharpness", "width")  # the higher, the nearer to the limit


def choice_page(source: Source, decisions: Sequence[Decision]) -> str:
    """HTML that needs nothing from elsewhere. `source` is what the pictures are chosen from. Raises DatasetError."""
    sections: list[str] = []
    with Reader(source) as reader:
        for verdict, (meaning, score) in VERDICTS.items():
            left = [d for d in decisions if d.verdict == verdict and not d.keep and not d.person]
            left.sort(key=lambda d: ((-1 if score in _FALLING else 1) * getattr(d, score or "width") or 0, d.file))
            sections.append(_section(reader, f"Left out: {verdict}", meaning, left, score))
        persons = [d for d in decisions if d.person]
        sections.append(_section(reader, "Decided by a person", "", persons, ""))
    kept = sum(d.keep for d in decisions)
    broken = sum(d.verdict == "unreadable" for d in decisions)
    facts = [
        ("pictures", len(decisions)), ("kept", kept), ("left out", len(decisions) - kept - broken),
        ("unreadable", broken),
    ]  # fmt: skip
    told = quiet(
        f'Change "keep" in {FILE}, which lies beside this page, and run curate again: what a person decided stays. '
        "Those nearest to a limit come first."
    )
    counts = "".join(f"<div><b>{count:,}</b> {name}</div>" for name, count in facts)
    title = f"{Path(source.path).name}: what was left out"
    return document(title, f'<h1>{text(title)}</h1>{told}<div class="facts">{counts}</div>{"".join(sections)}')


def _section(reader: Reader, title: str, meaning: str, left: Sequence[Decision], score: str) -> str:
    if not left:
        return ""
    pictures: list[Shown] = [
        shown(reader, decision.file, _caption(decision, score), title=f"{decision.file} {decision.why}".strip())
        for decision in left[:MOST]
    ]
    more = quiet(f"and {len(left) - MOST:,} more") if len(left) > MOST else ""
    return section(f"{title} ({len(left):,})", quiet(meaning) + figures(pictures) + more)


def _caption(decision: Decision, score: str) -> str:
    if decision.person:
        return "kept" if decision.keep else f"dropped{'' if decision.verdict == GOOD else ', ' + decision.verdict}"
    return f"{getattr(decision, score):.4g}" if score else Path(decision.file).name
